using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// <c>caCertificate</c>: PEM of the only authorities that a server's certificate may come from, for offices that have their own. Default: the system's.
/// Used by every kind that speaks TLS.
/// </summary>
internal static class SourceAuthorities
{
    public const string Setting = "caCertificate";

    /// <summary>The setting's text, or null where it is absent or is no PEM, which <paramref name="check"/> then says.</summary>
    public static string? Read(SettingsCheck check)
    {
        var pem = check.Optional(Setting);
        try
        {
            if (pem is null || Of(pem).Count > 0)
            {
                return pem;
            }
        }
        catch (CryptographicException)
        {
            // Said below, with no more than that.
        }

        check.Add(Setting, "setting_not_allowed", $"{Setting} phải là chứng thư dạng PEM.", $"{Setting} must be certificates in PEM.");
        return null;
    }

    /// <summary>The same for databases: an authority that nobody looks at would be a false promise.</summary>
    public static string? Read(SettingsCheck check, bool verifies)
    {
        var pem = Read(check);
        if (pem is not null && !verifies)
        {
            check.Add(
                Setting, "setting_not_allowed",
                $"{Setting} chỉ dùng cùng sslMode verify-ca hoặc verify-full.", $"{Setting} goes with sslMode verify-ca or verify-full only.");
        }

        return pem;
    }

    public static X509Certificate2Collection Of(string pem)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPem(pem);
        return found;
    }

    public static X509ChainPolicy PolicyOf(string pem)
    {
        // No revocation list of an office's own authority can be reached from everywhere.
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Of(pem));
        return policy;
    }
}
