using System.Net.Sockets;
using DataHub.Core.Errors;
using Renci.SshNet.Common;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>The one table of SSH's failures; what a server says is never repeated.</summary>
internal static class SftpErrors
{
    public static Exception Translate(Exception e, string source, string what, int seconds) => e switch
    {
        HubErrorException => e,
        SshAuthenticationException or SshPassPhraseNullOrEmptyException => HubErrors.SourceCredentialsRejected(source).ToException(e),
        SftpPathNotFoundException => HubErrors.SourceFileMissing(source, what).ToException(e),
        SftpPermissionDeniedException => HubErrors.SourcePermissionDenied(source, what).ToException(e),
        SshOperationTimeoutException or TimeoutException => HubErrors.SourceTimeout(source, seconds).ToException(e),
        SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.HostUnreachable or SocketError.NetworkUnreachable } =>
            HubErrors.SourceUnreachable(source).ToException(e),
        SocketException or SshConnectionException or ObjectDisposedException => HubErrors.SourceConnectionLost(source).ToException(e),
        SshException => HubErrors.SourceFailed(source, "SSH").ToException(e),
        IOException => HubErrors.SourceConnectionLost(source).ToException(e),
        _ => e,
    };
}
