using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace DataHub.Gateway.Access;

/// <summary>The RSA keys of the token server: made once in the shared keys folder, so that every node accepts every node's tokens.</summary>
internal sealed class HubKeys
{
    private const int KeySize = 3072;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);

    public HubKeys(GatewayOptions options)
    {
        Folder = Path.Combine(options.Home, "keys");
        CreatePrivateFolder(Folder);
        using var held = Lock(Path.Combine(Folder, ".lock"));
        Signing = Load("signing");
        Encryption = Load("encryption");
    }

    public string Folder { get; }

    /// <summary>False when the key files were taken away: this node still works, its next start would make other keys.</summary>
    public bool StillThere => File.Exists(PathOf("signing")) && File.Exists(PathOf("encryption"));

    public RsaSecurityKey Signing { get; }

    public RsaSecurityKey Encryption { get; }

    public static void CreatePrivateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string PathOf(string name) => Path.Combine(Folder, name + ".pem");

    private RsaSecurityKey Load(string name)
    {
        var path = PathOf(name);
        var rsa = RSA.Create();
        if (File.Exists(path))
        {
            rsa.ImportFromPem(File.ReadAllText(path));
        }
        else
        {
            rsa.KeySize = KeySize;
            // Written beside and moved: a crash leaves no half key.
            var draft = path + ".new";
            File.Delete(draft);
            using (var writer = new StreamWriter(Create(draft, FileMode.CreateNew)))
            {
                writer.Write(rsa.ExportPkcs8PrivateKeyPem());
            }

            File.Move(draft, path);
        }

        var key = new RsaSecurityKey(rsa);
        key.KeyId = Base64UrlEncoder.Encode(key.ComputeJwkThumbprint())[..16];
        return key;
    }

    private static FileStream Lock(string path)
    {
        var deadline = DateTime.UtcNow + LockTimeout;
        while (true)
        {
            try
            {
                return Create(path, FileMode.OpenOrCreate);
            }
            catch (IOException) when (DateTime.UtcNow < deadline)
            {
                // Another process holds it while it makes the keys, once in a hub's life; a file lock tells nobody when it is let go.
                Thread.Sleep(50);
            }
        }
    }

    private static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
