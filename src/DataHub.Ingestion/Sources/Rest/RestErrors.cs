using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Microsoft.Security.AntiSSRF;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// What went wrong, said by HTTP status and by the kind of network failure, never by message text or address. The one table of HTTP's
/// errors for sources.
/// </summary>
internal sealed class RestErrors(SourceSettings source, RestLimits limits)
{
    /// <summary>Why a server's certificate was refused last; null when none was.</summary>
    public string? RefusedCertificate { get; set; }

    /// <summary>Before the head of an answer was there.</summary>
    public Exception WhileAsking(Exception e) => e switch
    {
        HubErrorException => e,
        _ when Cause<AntiSSRFException>(e) => HubErrors.SourceAddressDenied(source.Id).ToException(e),
        _ when Cause<AuthenticationException>(e) => RefusedCertificate is { } reasons
            ? HubErrors.SourceCertificateInvalid(source.Id, reasons).ToException(e)
            : HubErrors.SourceTlsFailed(source.Id, "https").ToException(e),
        OperationCanceledException or TimeoutException => HubErrors.SourceTimeout(source.Id, limits.ResponseSeconds).ToException(e),
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            HubErrors.SourceHostUnknown(source.Id).ToException(e),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => HubErrors.SourceUnreachable(source.Id).ToException(e),
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.ConfigurationLimitExceeded
            or HttpRequestError.HttpProtocolError } => HubErrors.SourceProtocolUnexpected(source.Id, "HTTP").ToException(e),
        HttpRequestException or IOException or SocketException => HubErrors.SourceConnectionLost(source.Id).ToException(e),
        _ => e,
    };

    /// <summary>In the middle of an answer.</summary>
    public Exception WhileReading(Exception e) => e switch
    {
        OperationCanceledException or TimeoutException => HubErrors.SourceTimeout(source.Id, limits.SilenceSeconds).ToException(e),
        HttpRequestException or IOException or SocketException or ObjectDisposedException =>
            HubErrors.SourceConnectionLost(source.Id).ToException(e),
        InvalidDataException => HubErrors.SourceProtocolUnexpected(source.Id, "HTTP (Content-Encoding)").ToException(e),
        _ => e,
    };

    /// <summary>An answer that is none of the records.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="what">Resource.</param>
    /// <param name="isFirst">True for the pull's first page: what is not there later is not missing.</param>
    /// <param name="wait">Seconds that the server asks for, or null.</param>
    public HubError Of(HttpStatusCode status, string what, bool isFirst, int? wait)
    {
        var code = FormattableString.Invariant($"HTTP {(int)status}");
        return status switch
        {
            HttpStatusCode.Unauthorized => HubErrors.SourceCredentialsRejected(source.Id),
            HttpStatusCode.Forbidden => HubErrors.SourcePermissionDenied(source.Id, what),
            HttpStatusCode.NotFound or HttpStatusCode.Gone when isFirst => HubErrors.SourceTableMissing(source.Id, what, []),
            HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable when wait is { } seconds =>
                HubErrors.SourceRateLimited(source.Id, seconds),
            HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => HubErrors.SourceBusy(source.Id, code),
            // Asking again is harmless: nothing but GET is ever sent.
            >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented and not HttpStatusCode.HttpVersionNotSupported =>
                HubErrors.SourceBusy(source.Id, code),
            _ => HubErrors.SourceFailed(source.Id, code),
        };
    }

    private static bool Cause<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
        {
            if (e is T)
            {
                return true;
            }
        }

        return false;
    }
}
