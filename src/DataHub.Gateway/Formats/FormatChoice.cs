using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DataHub.Gateway.Formats;

/// <summary>How an answer is written: what the caller asked for by <c>format</c>, else by <c>Accept</c>.</summary>
/// <param name="Format">The format.</param>
/// <param name="NumbersAsText">int64 and decimal as JSON strings (<c>IEEE754Compatible=true</c>).</param>
/// <param name="Bom">A byte order mark before CSV, for Excel.</param>
internal sealed record FormatChoice(RecordFormat Format, bool NumbersAsText, bool Bom)
{
    /// <summary>What makes two answers to one question different; part of the entity tag.</summary>
    public string Identity => $"{Format.Name()},{(NumbersAsText && Format != RecordFormat.Csv ? "text" : "")},{(Bom ? "bom" : "")}";

    /// <summary>Reads the choice of a page; what is wrong with parameters is added to <paramref name="problems"/>.</summary>
    /// <exception cref="HubErrorException">not_acceptable.</exception>
    public static FormatChoice OfPage(HttpRequest request, List<ErrorDetail> problems)
    {
        var accepted = request.GetTypedHeaders().Accept;
        string? named = request.Query["format"];
        return For(request, named is null ? Negotiate(request, accepted) : Find(named, problems), accepted, problems);
    }

    /// <summary>Reads the choice of a file, whose format its address names.</summary>
    public static FormatChoice OfFile(HttpRequest request, RecordFormat format, List<ErrorDetail> problems) =>
        For(request, format, request.GetTypedHeaders().Accept, problems);

    /// <summary>A writer of records with these columns.</summary>
    public RecordWriter Writer(IReadOnlyList<StoreColumn> columns) => Format == RecordFormat.Csv
        ? new CsvRecordWriter(columns, Bom)
        : new JsonRecordWriter(columns, NumbersAsText);

    /// <summary>Whether the caller asked for int64 and decimal as strings.</summary>
    public static bool WantsNumbersAsText(IEnumerable<MediaTypeHeaderValue> accepted) => accepted
        .Any(a => a.Parameters.Any(p => p.Name.Equals("IEEE754Compatible", StringComparison.OrdinalIgnoreCase)
            && p.Value.Equals("true", StringComparison.OrdinalIgnoreCase)));

    private static FormatChoice For(HttpRequest request, RecordFormat format, IList<MediaTypeHeaderValue> accepted, List<ErrorDetail> problems)
    {
        var bom = false;
        string? asked = request.Query["bom"];
        if (asked is not (null or "true" or "false"))
        {
            problems.Add(RequestCodes.FlagInvalid.In("bom") with { Allowed = ["true", "false"] });
        }
        else if (asked == "true")
        {
            bom = format == RecordFormat.Csv;
            if (!bom)
            {
                problems.Add(RequestCodes.BomNeedsCsv.In("bom"));
            }
        }

        return new FormatChoice(format, WantsNumbersAsText(accepted), bom);
    }

    private static RecordFormat Find(string name, List<ErrorDetail> problems)
    {
        foreach (var format in RecordFormats.OfPages)
        {
            if (format.Name() == name)
            {
                return format;
            }
        }

        string[] allowed = [.. RecordFormats.OfPages.Select(f => f.Name())];
        problems.Add(RequestCodes.FormatUnknown.In("format", name, DidYouMean.Clause(name, allowed)) with { Allowed = allowed });
        return RecordFormat.Json;
    }

    private static RecordFormat Negotiate(HttpRequest request, IList<MediaTypeHeaderValue> accepted)
    {
        if (accepted.Count == 0)
        {
            return RecordFormat.Json;
        }

        var best = RecordFormats.OfPages.Select(f => (Format: f, Quality: Quality(f.MediaType(), accepted))).MaxBy(c => c.Quality);
        return best.Quality > 0
            ? best.Format
            : throw HubErrors.NotAcceptable(request.Method, request.Path, [.. RecordFormats.OfPages.Select(f => f.MediaType())]).ToException();
    }

    // RFC 9110 12.5.1: the most specific range decides.
    private static double Quality(string type, IEnumerable<MediaTypeHeaderValue> accepted)
    {
        var offered = new MediaTypeHeaderValue(type);
        var range = accepted.Where(a => offered.IsSubsetOf(new MediaTypeHeaderValue(a.MediaType)))
            .OrderByDescending(a => a.MatchesAllTypes ? 0 : a.MatchesAllSubTypes ? 1 : 2).FirstOrDefault();
        return range is null ? 0 : range.Quality ?? 1;
    }
}
