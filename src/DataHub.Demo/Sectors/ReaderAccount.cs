using System.Security.Cryptography;
using System.Text;

namespace DataHub.Demo.Sectors;

/// <summary>
/// A sector's read-only account. Its password lives in this process and, encrypted, in the hub; the server gets only
/// the SCRAM verifier, so that no statement log can hold it.
/// </summary>
internal sealed class ReaderAccount(string role)
{
    private const int Iterations = 4_096;

    internal string Role { get; } = role;

    internal string Password { get; } = RandomNumberGenerator.GetHexString(40, lowercase: true);

    /// <summary>As pg_authid stores it (RFC 5803).</summary>
    internal string Verifier()
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var salted = Rfc2898DeriveBytes.Pbkdf2(Password, salt, Iterations, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, Encoding.ASCII.GetBytes("Server Key"));
        return FormattableString.Invariant($"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}$")
            + $"{Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
