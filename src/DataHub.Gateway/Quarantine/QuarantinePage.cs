using DataHub.Core.Errors;
using DataHub.Gateway.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DataHub.Gateway.Quarantine;

/// <summary>How a caller wants a list of quarantined records.</summary>
/// <param name="Limit">Entries of a JSON page; CSV holds all.</param>
/// <param name="After">Number of the last entry of the page before, or 0.</param>
/// <param name="AsCsv">The whole list as CSV.</param>
/// <param name="Bom">A byte order mark before CSV, for Excel.</param>
internal sealed record QuarantinePage(int Limit, long After, bool AsCsv, bool Bom)
{
    /// <summary>Reads the parameters; <c>format</c> beats <c>Accept</c>. All problems at once.</summary>
    public static QuarantinePage Read(HttpContext context, string? limit, string? after, int otherwise, int most)
    {
        var request = context.Request;
        var problems = new List<ErrorDetail>();
        string? format = request.Query["format"], bom = request.Query["bom"];
        if (format is not (null or "json" or "csv"))
        {
            problems.Add(RequestCodes.FormatUnknown.In("format", format, new Text("", "")) with { Allowed = ["json", "csv"] });
        }

        var asCsv = format == "csv" || (format is null && PrefersCsv(request));
        if (bom is not (null or "true" or "false"))
        {
            problems.Add(RequestCodes.FlagInvalid.In("bom") with { Allowed = ["true", "false"] });
        }
        else if (bom == "true" && !asCsv && problems.Count == 0)
        {
            problems.Add(RequestCodes.BomNeedsCsv.In("bom"));
        }

        return problems.Count == 0
            ? new QuarantinePage(WholeNumbers.ReadLimit(limit, otherwise, most), WholeNumbers.Read(after, "after", long.MaxValue) ?? 0, asCsv, bom == "true")
            : throw HubErrors.RequestInvalid(problems).ToException();
    }

    private static bool PrefersCsv(HttpRequest request)
    {
        var accepted = request.GetTypedHeaders().Accept;
        return Quality(accepted, "text/csv") > Quality(accepted, "application/json");
    }

    // RFC 9110 12.5.1: the most specific range decides.
    private static double Quality(IList<MediaTypeHeaderValue> accepted, string type)
    {
        var offered = new MediaTypeHeaderValue(type);
        return accepted.Where(a => offered.IsSubsetOf(new MediaTypeHeaderValue(a.MediaType)))
            .OrderByDescending(a => a.MatchesAllTypes ? 0 : a.MatchesAllSubTypes ? 1 : 2).FirstOrDefault() is { } range ? range.Quality ?? 1 : 0;
    }
}
