using System.Globalization;
using System.Text;
using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Storage.Quarantine;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Quarantine;

/// <summary>
/// A list of quarantined records as CSV for the office that must mend them: what is wrong in both languages, then the record's own columns. A person opens it in a spreadsheet,
/// so a text that one would run as a formula is made a text by an apostrophe; the data files of versions are left as they are. Streamed page by page.
/// </summary>
internal sealed class QuarantineCsv(QuarantineStore store, QuarantineQuestion question, DataContract[] contracts, bool bom) : IResult
{
    private const int PageSize = 500;

    private static readonly string[] Head =
        ["id", "status", "run", "position", "key", "first_seen", "last_seen", "count", "stale", "columns", "codes", "reason_vi", "reason_en"];

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var cancellation = httpContext.RequestAborted;
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = $"attachment; filename=\"{contracts[^1].Dataset}-quarantine.csv\"";
        string[] columns = [.. contracts.SelectMany(c => c.Columns).Select(c => c.Name).Distinct(StringComparer.Ordinal)];
        var isPersonal = QuarantineView.Personal(contracts);
        await using var text = new StreamWriter(response.Body, new UTF8Encoding(bom), 32 * 1024, leaveOpen: true);
        await text.WriteAsync(Line([.. Head, .. columns.Select(c => "record_" + c), "record_raw"]).AsMemory(), cancellation);
        var after = 0L;
        while (true)
        {
            var page = await store.ListAsync(question, after, PageSize, cancellation);
            foreach (var entry in page)
            {
                await text.WriteAsync(Line(Fields(entry, columns, isPersonal)).AsMemory(), cancellation);
            }

            if (page.Count < PageSize)
            {
                return;
            }

            after = page[^1].Id;
        }
    }

    /// <summary>One line; every field that needs it in quotes.</summary>
    private static string Line(IEnumerable<string?> fields) => string.Join(',', fields.Select(Field)) + "\r\n";

    private static string Field(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        var safe = IsTakenForFormula(value) ? "'" + value : value;
        return safe.AsSpan().IndexOfAny(",\"\r\n;") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    // OWASP: what a spreadsheet takes for a formula, also behind blanks and controls; a negative number is none.
    private static bool IsTakenForFormula(string value)
    {
        var first = value.TrimStart([' ', '\t', '\r', '\n', '\u00a0', '\ufeff']);
        return value[0] is '\t' or '\r' or '\n'
            || (first.Length > 0 && "=+-@\uff1d\uff0b\uff0d\uff20|%".Contains(first[0], StringComparison.Ordinal)
                && !decimal.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _));
    }

    private static List<string?> Fields(QuarantineEntry entry, string[] columns, Func<string, bool> isPersonal)
    {
        var violations = JsonSerializer.Deserialize<JsonElement>(entry.Violations).EnumerateArray().ToList();
        return
        [
            Number(entry.Id), entry.Status, Number(entry.RunId), entry.Position is { } position ? Number(position) : null, entry.Key, Time(entry.FirstSeen),
            Time(entry.LastSeen), Number(entry.Seen), entry.Stale ? "true" : "false", All("column"), All("code"), All("vi"), All("en"),
            .. columns.Append("raw").Select(c => QuarantineView.Shown(c, entry.Record?.Values.GetValueOrDefault(c), isPersonal)),
        ];

        string All(string name) => string.Join(" | ", violations.Select(v => v.GetProperty(name).GetString()).Where(v => v is not null));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset value) => value.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
