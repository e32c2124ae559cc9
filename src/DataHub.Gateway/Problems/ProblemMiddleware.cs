using System.Text.Json;
using DataHub.Core.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Gateway.Problems;

/// <summary>The one place where an exception becomes an answer, and where a bare status gets its body.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            var error = Translate(e, context.Request);
            if (e is HubErrorException { InnerException: null } && error.IsTransient)
            {
                // Busy is no fault: nobody has to read a stack for it.
                Postponed(log, context.Request.Method, context.Request.Path, error.Code);
            }
            else if (error.Kind.Status >= 500)
            {
                Failed(log, context.Request.Method, context.Request.Path, error.Code, e);
            }

            if (context.Response.HasStarted)
            {
                // Half an answer must not look whole.
                context.Abort();
                return;
            }

            context.Response.Clear();
            await ProblemWriter.WriteAsync(context, error);
            return;
        }

        if (NeedsBody(context))
        {
            await ProblemWriter.WriteAsync(
                context, HubErrors.ForStatus(context.Response.StatusCode, context.Request.Method, context.Request.Path));
        }
    }

    private static bool NeedsBody(HttpContext context) =>
        context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null, ContentLength: null or 0 };

    private static HubError Translate(Exception exception, HttpRequest request) => exception switch
    {
        HubErrorException e => e.Error,
        BadHttpRequestException { InnerException: JsonException json } => JsonProblems.Find(json, request),
        BadHttpRequestException e => HubErrors.ForStatus(e.StatusCode, request.Method, request.Path),
        _ => PostgresErrors.Find(exception) ?? HubErrors.InternalError(),
    };

    [LoggerMessage(4001, LogLevel.Error, "{Method} {Path} failed: {Code}")]
    private static partial void Failed(ILogger log, string method, string path, string code, Exception e);

    [LoggerMessage(4002, LogLevel.Information, "{Method} {Path} must come again: {Code}")]
    private static partial void Postponed(ILogger log, string method, string path, string code);
}

/// <summary>The one table from database errors to refusals, by SqlState.</summary>
internal static class PostgresErrors
{
    public static HubError? Find(Exception? exception) => exception switch
    {
        null => null,
        // Fatal ends the session: refused, shut down, too many; whatever the reason, the store is away.
        PostgresException { InvariantSeverity: "FATAL" or "PANIC" } => HubErrors.StoreUnavailable(),
        PostgresException e => BySqlState(e.SqlState),
        NpgsqlException => HubErrors.StoreUnavailable(),
        _ => Find(exception.InnerException),
    };

    private static HubError BySqlState(string state) => state switch
    {
        "57014" => HubErrors.QueryTimeout(),
        "23505" or "23503" => HubErrors.Conflict(),
        // Character not in repertoire: U+0000, which has come by a way that does not look for it (an address, a header).
        "22021" or "22P05" => HubErrors.RequestInvalid([RequestCodes.CharacterNotAllowed.At("")]),
        "57P01" or "57P02" or "57P03" or "53300" => HubErrors.StoreUnavailable(),
        _ when state.StartsWith("08", StringComparison.Ordinal) => HubErrors.StoreUnavailable(),
        _ => HubErrors.InternalError(),
    };
}
