using System.Diagnostics;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>An office's own certificate authority, made by openssl, and a server's certificate from it.</summary>
internal static class TlsAuthority
{
    /// <summary>Makes <c>NAME.crt</c> and <c>NAME.key</c> of an authority in a folder; the PEM of its certificate.</summary>
    public static string Make(string folder, string name)
    {
        OpenSsl(
            folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", $"/CN={name}",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign", "-keyout", $"{name}.key", "-out", $"{name}.crt");
        return File.ReadAllText(Path.Combine(folder, $"{name}.crt"));
    }

    /// <summary>Makes <c>server.crt</c> and <c>server.key</c> for the name localhost, signed by an authority.</summary>
    public static void SignServer(string folder, string authority)
    {
        OpenSsl(
            folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "server.key", "-out", "server.csr");
        File.WriteAllText(Path.Combine(folder, "server.ext"), "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n");
        OpenSsl(
            folder, "x509", "-req", "-in", "server.csr", "-CA", $"{authority}.crt", "-CAkey", $"{authority}.key", "-set_serial", "7", "-days", "2",
            "-extfile", "server.ext", "-out", "server.crt");
    }

    private static void OpenSsl(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("openssl", arguments)
        {
            WorkingDirectory = folder, RedirectStandardError = true, RedirectStandardOutput = true,
        })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(errors);
        }
    }
}
