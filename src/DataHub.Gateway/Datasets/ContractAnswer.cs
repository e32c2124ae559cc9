using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Datasets;

/// <summary>Contracts in and out: YAML unless the caller prefers JSON.</summary>
internal static class ContractAnswer
{
    private const int LargestDocument = 1 << 20;

    /// <summary>Answers a contract given as YAML text (a proposal, comments included).</summary>
    public static IResult Write(HttpContext context, string yaml) => PrefersJson(context)
        ? Results.Text(ContractWriter.ToJson(ContractReader.Read(yaml).Document!), "application/json", Encoding.UTF8)
        : Results.Text(yaml, "application/yaml", Encoding.UTF8);

    /// <summary>Answers a stored document (JSON).</summary>
    public static IResult WriteDocument(HttpContext context, string document) => PrefersJson(context)
        ? Results.Text(ContractWriter.ToJson(document), "application/json", Encoding.UTF8)
        : Results.Text(ContractWriter.ToYaml(document), "application/yaml", Encoding.UTF8);

    /// <summary>Reads the body as a contract that can be registered; all its problems at once.</summary>
    /// <exception cref="HubErrorException">contract_invalid and its kin.</exception>
    public static async Task<ContractReading> ReadAsync(HttpContext context, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, cancellation)) > 0 && body.Length <= LargestDocument)
        {
            body.Write(buffer, 0, read);
        }

        ContractFormat? format = context.Request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true ? ContractFormat.Json : null;
        var reading = ContractReader.Read(body.GetBuffer().AsSpan(0, (int)body.Length), format);
        if (reading.Contract is null)
        {
            throw HubErrors.ContractInvalid(reading.Errors).ToException();
        }

        return reading;
    }

    private static bool PrefersJson(HttpContext context)
    {
        var accepted = context.Request.GetTypedHeaders().Accept;
        foreach (var accept in accepted.Where(a => a.Quality != 0).OrderByDescending(a => a.Quality ?? 1))
        {
            var type = accept.MediaType.Value ?? "";
            if (accept.MatchesAllTypes || type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
                || type.Equals("application/*", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            if (type.Contains("yaml", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            if (type.Contains("json", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return accepted.Count == 0 ? false
            : throw HubErrors.NotAcceptable(context.Request.Method, context.Request.Path, ["application/yaml", "application/json"]).ToException();
    }
}
