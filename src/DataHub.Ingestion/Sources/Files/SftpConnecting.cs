using System.Text;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// Connects to an SFTP server by its checked address. The server's key is judged before any credential is sent; a key that nobody confirmed is
/// shown and not trusted.
/// </summary>
internal sealed class SftpConnecting(SourceSettings source, FilePlaceOptions place, SourceNetworkPolicy network)
{
    public const int TimeoutSeconds = 30;

    public async Task<SftpClient> ConnectAsync(CancellationToken cancellation)
    {
        var addresses = await network.ResolveAsync(source.Id, place.Host, cancellation);
        Exception? last = null;
        foreach (var address in addresses)
        {
            try
            {
                return await ConnectAsync(address, cancellation);
            }
            catch (HubErrorException e) when (e.Error.Code == "source_unreachable")
            {
                last = e;
            }
        }

        throw last!;
    }

    private async Task<SftpClient> ConnectAsync(string address, CancellationToken cancellation)
    {
        string? seen = null;
        var client = Make(address);
        client.HostKeyReceived += (_, e) =>
        {
            seen = $"SHA256:{e.FingerPrintSHA256.TrimEnd('=')}";
            e.CanTrust = seen == place.HostKey;
        };
        try
        {
            await client.ConnectAsync(cancellation);
            return client;
        }
        catch (Exception e)
        {
            client.Dispose();
            cancellation.ThrowIfCancellationRequested();
            throw seen is null || seen == place.HostKey ? SftpErrors.Translate(e, source.Id, place.Folder, TimeoutSeconds)
                : place.HostKey is null ? HubErrors.SourceHostKeyUnconfirmed(source.Id, seen).ToException(e)
                : HubErrors.SourceHostKeyMismatch(source.Id, seen).ToException(e);
        }
    }

    private SftpClient Make(string address)
    {
        try
        {
            var connection = new ConnectionInfo(address, place.Port, source.Username ?? "", [.. Methods()])
            {
                Timeout = TimeSpan.FromSeconds(TimeoutSeconds), Encoding = Encoding.UTF8,
            };
            return new SftpClient(connection) { OperationTimeout = TimeSpan.FromSeconds(TimeoutSeconds), KeepAliveInterval = TimeSpan.FromSeconds(15) };
        }
        catch (Exception e) when (e is SshException or ArgumentException or FormatException or InvalidOperationException)
        {
            throw HubErrors.SourceCredentialsRejected(source.Id).ToException(e);
        }
    }

    /// <summary>A private key where the secret is one; else a password, also where the server asks for it by keyboard.</summary>
    private IEnumerable<AuthenticationMethod> Methods()
    {
        var (user, secret) = (source.Username ?? "", source.Password ?? "");
        if (secret.StartsWith("-----BEGIN ", StringComparison.Ordinal))
        {
            yield return new PrivateKeyAuthenticationMethod(user, new PrivateKeyFile(new MemoryStream(Encoding.UTF8.GetBytes(secret))));
            yield break;
        }

        yield return new PasswordAuthenticationMethod(user, secret);
        var keyboard = new KeyboardInteractiveAuthenticationMethod(user);
        keyboard.AuthenticationPrompt += (_, e) =>
        {
            foreach (var prompt in e.Prompts.Where(p => !p.IsEchoed))
            {
                prompt.Response = secret;
            }
        };
        yield return keyboard;
    }
}
