using System.Globalization;
using System.Text;
using System.Text.Unicode;
using DataHub.Core.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace DataHub.Gateway.Problems;

/// <summary>
/// Refuses what could only be misread, before anybody reads it: an address that is too long, parameters that are not UTF-8 (the
/// framework would put other characters in their place, and a filter would find nothing), a body in an encoding that nobody knows, a
/// form that cannot be taken apart.
/// </summary>
internal static class ReadableRequests
{
    /// <summary>
    /// Longest address in bytes: a filter of 2,000 Vietnamese letters has 18,000 once it is encoded. The server itself takes twice
    /// this, so that what is longer gets a problem document and no bare status.
    /// </summary>
    public const int LongestAddress = 32 * 1024;

    public static void UseReadableRequests(this IApplicationBuilder app) => app.Use(CheckAsync);

    private static async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpRequestFeature>()?.RawTarget.Length > LongestAddress)
        {
            throw HubErrors.AddressTooLong(LongestAddress).ToException();
        }

        RequireUtf8(request.QueryString.Value ?? "");
        if (request.ContentType is { } type && !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            RequireKnownEncoding(request, type);
            await RequireFormAsync(context, type);
        }

        await next(context);
    }

    private static void RequireUtf8(string query)
    {
        if (!query.Contains('%', StringComparison.Ordinal))
        {
            return;
        }

        var problems = new List<ErrorDetail>();
        foreach (var pair in new QueryStringEnumerable(query))
        {
            if (!IsUtf8(pair.EncodedName.Span) || !IsUtf8(pair.EncodedValue.Span))
            {
                problems.Add(RequestCodes.TextNotUtf8.In(pair.DecodeName().ToString()));
            }
        }

        if (problems.Count > 0)
        {
            throw HubErrors.RequestInvalid(problems).ToException();
        }
    }

    private static bool IsUtf8(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
        {
            return true;
        }

        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length
                && byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes[length++] = value;
                i += 2;
            }
            else
            {
                bytes[length++] = (byte)'x';
            }
        }

        return Utf8.IsValid(bytes.AsSpan(0, length));
    }

    private static void RequireKnownEncoding(HttpRequest request, string type)
    {
        if (!MediaTypeHeaderValue.TryParse(type, out var parsed) || parsed.Charset.Length == 0)
        {
            return;
        }

        try
        {
            Encoding.GetEncoding(HeaderUtilities.RemoveQuotes(parsed.Charset).ToString());
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw HubErrors.ForStatus(StatusCodes.Status415UnsupportedMediaType, request.Method, request.Path).ToException(e);
        }
    }

    // Of the token server, which takes any failure to read one for a fault; the form is kept for it. Other forms are refused unread.
    private static async Task RequireFormAsync(HttpContext context, string type)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments(GatewayEndpoints.BasePath, StringComparison.OrdinalIgnoreCase) || context.GetEndpoint() is null
            || !type.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        try
        {
            await request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException e)
        {
            throw HubErrors.ForStatus(StatusCodes.Status400BadRequest, request.Method, request.Path).ToException(e);
        }
    }
}
