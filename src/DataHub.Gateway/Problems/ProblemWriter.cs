using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DataHub.Core.Errors;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Problems;

/// <summary>Turns a <see cref="HubError"/> into the answer, in the caller's language.</summary>
public static class ProblemWriter
{
    public static async Task WriteAsync(HttpContext context, HubError error)
    {
        var response = context.Response;
        var language = LanguageOf(context.Request);
        response.StatusCode = error.Kind.Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = null;
        response.Headers.ContentLanguage = language;
        response.Headers.CacheControl = "no-store";
        if (error.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        if (error.Location is not null)
        {
            response.Headers.Location = error.Location;
        }

        if (error.Kind.Status == 401)
        {
            // RFC 6750: no error member when no token was sent.
            response.Headers.WWWAuthenticate = error.Code == "token_missing"
                ? "Bearer realm=\"datahub\""
                : $"Bearer realm=\"datahub\", error=\"invalid_token\", error_description=\"{error.Code}\"";
        }
        else if (error.Code == "scope_missing")
        {
            response.Headers.WWWAuthenticate = "Bearer realm=\"datahub\", error=\"insufficient_scope\"";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            var document = Document(context, error, language);
            await JsonSerializer.SerializeAsync(response.Body, document, ProblemJson.Readable.ProblemDocument,
                context.RequestAborted);
        }
    }

    /// <summary>English only where the caller prefers it to Vietnamese.</summary>
    public static string LanguageOf(HttpRequest request)
    {
        var best = request.GetTypedHeaders().AcceptLanguage
            .Where(l => l.Value.StartsWith("vi", StringComparison.OrdinalIgnoreCase)
                || l.Value.StartsWith("en", StringComparison.OrdinalIgnoreCase))
            .OrderByDescending(l => l.Quality ?? 1)
            .Select(l => l.Value.Value)
            .FirstOrDefault();
        return best?.StartsWith("en", StringComparison.OrdinalIgnoreCase) == true ? "en" : "vi";
    }

    private static ProblemDocument Document(HttpContext context, HubError error, string language) => new()
    {
        Type = "urn:datahub:error:" + error.Code,
        Title = error.Kind.Title.In(language),
        Status = error.Kind.Status,
        Detail = error.Detail(language),
        Instance = context.Request.PathBase + context.Request.Path,
        Code = error.Code,
        Origin = error.Kind.Origin.ToString().ToLowerInvariant(),
        Hint = error.Hint(language),
        TraceId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        Errors =
        [
            .. error.Errors.Select(e => new ProblemItem
            {
                Pointer = e.Pointer,
                Parameter = e.Parameter,
                Code = e.Code,
                Message = e.Message.In(language),
                Allowed = e.Allowed,
            }),
        ],
    };
}

/// <summary>A refusal as a typed result.</summary>
public sealed class HubErrorResult(HubError error) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => ProblemWriter.WriteAsync(httpContext, error);
}
