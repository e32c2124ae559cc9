using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>How a page is asked for.</summary>
/// <param name="Format">json, ndjson or csv.</param>
/// <param name="ByAccept">By the Accept header, else by the parameter.</param>
/// <param name="NumbersAsText">int64 and decimal as strings of JSON.</param>
/// <param name="Bom">CSV with a byte order mark.</param>
internal sealed record AnswerForm(string Format, bool ByAccept, bool NumbersAsText, bool Bom)
{
    public static readonly IReadOnlyList<string> Formats = ["json", "ndjson", "csv"];

    public static AnswerForm Any(Random random) => Any(random, Formats[random.Next(3)]);

    public static AnswerForm Any(Random random, string format) =>
        new(format, random.Next(2) == 0, format != "csv" && random.Next(3) == 0, format == "csv" && random.Next(3) == 0);

    public string MediaType => Format switch { "json" => "application/json", "ndjson" => "application/x-ndjson", _ => "text/csv" };

    /// <summary>The parameters, each with &amp; before it.</summary>
    public string Parameters => (ByAccept ? "" : "&format=" + Format) + (Bom ? "&bom=true" : "");

    public string Accept => NumbersAsText ? $"{(ByAccept ? MediaType : "*/*")};IEEE754Compatible=true" : ByAccept ? MediaType : "*/*";
}

/// <summary>A page as a caller's own code reads it in any format; it knows the API's promises and none of the hub's code.</summary>
/// <param name="Records">Its records, column by column.</param>
/// <param name="Next">Address of the next page, or its cursor where the question stood in a body.</param>
/// <param name="Total">Records of the whole answer, where the format and the question give it.</param>
internal sealed partial record AnswerPage(IReadOnlyList<object?[]> Records, string? Next, int? Total)
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>Reads a page with these columns and requires all that its format promises of it.</summary>
    public static async Task<AnswerPage> ReadAsync(
        HttpResponseMessage answer, AnswerForm form, IReadOnlyList<OracleColumn> columns, bool inBody, int version)
    {
        var body = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {Encoding.UTF8.GetString(body)}");
        Assert.Equal(form.MediaType, answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal($"{version}", answer.Headers.GetValues("Dataset-Seq").Single());
        Assert.Equal(inBody, answer.Headers.CacheControl?.NoStore ?? false);
        var (link, cursor) = (Link(answer.Headers), Header(answer.Headers, "Next-Cursor"));
        var page = form.Format switch
        {
            "json" => OfJson(body, form, columns, inBody, version),
            "ndjson" => OfLines(body, form, columns, inBody, version),
            _ => new AnswerPage(OfCsv(body, form, columns), inBody ? cursor : link, null),
        };
        Assert.Equal(inBody ? null : page.Next, link);
        Assert.Equal(inBody && form.Format == "csv" ? page.Next : null, cursor);
        return page;
    }

    private static AnswerPage OfJson(byte[] body, AnswerForm form, IReadOnlyList<OracleColumn> columns, bool inBody, int version)
    {
        var page = JsonDocument.Parse(body).RootElement;
        Assert.Equal(version, page.GetProperty("version").GetProperty("seq").GetInt32());
        Assert.False(page.TryGetProperty("totalIsEstimate", out _));
        int? total = page.TryGetProperty("total", out var counted) ? counted.GetInt32() : null;
        return new AnswerPage([.. page.GetProperty("value").EnumerateArray().Select(r => Record(r, form, columns))], NextOf(page, inBody), total);
    }

    private static AnswerPage OfLines(byte[] body, AnswerForm form, IReadOnlyList<OracleColumn> columns, bool inBody, int version)
    {
        Assert.Equal((byte)'\n', body[^1]);
        var last = body.AsSpan(0, body.Length - 1).LastIndexOf((byte)'\n') + 1;
        var line = JsonDocument.Parse(body.AsMemory(last)).RootElement;
        Assert.Equal(["_end"], line.EnumerateObject().Select(p => p.Name));
        var end = line.GetProperty("_end");
        Assert.Equal(["records", "seq", "sha256", inBody ? "cursor" : "next"], end.EnumerateObject().Select(p => p.Name));
        var records = last == 0 ? [] : Strict.GetString(body, 0, last - 1).Split('\n');
        Assert.Equal((records.Length, version), (end.GetProperty("records").GetInt32(), end.GetProperty("seq").GetInt32()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(body.AsSpan(0, last))), end.GetProperty("sha256").GetString());
        return new AnswerPage([.. records.Select(r => Record(JsonDocument.Parse(r).RootElement, form, columns))], NextOf(end, inBody), null);
    }

    private static List<object?[]> OfCsv(byte[] body, AnswerForm form, IReadOnlyList<OracleColumn> columns)
    {
        Assert.Equal(form.Bom, body.AsSpan().StartsWith("\uFEFF"u8));
        var rows = CsvText.Read(Strict.GetString(body, form.Bom ? 3 : 0, body.Length - (form.Bom ? 3 : 0)));
        Assert.Equal(columns.Select(c => c.Name), rows[0]);
        Assert.All(rows, row => Assert.Equal(columns.Count, row.Length));
        return [.. rows.Skip(1).Select(row => columns.Select((c, i) => c.Read(row[i])).ToArray())];
    }

    private static object?[] Record(JsonElement record, AnswerForm form, IReadOnlyList<OracleColumn> columns)
    {
        var members = record.EnumerateObject().ToList();
        Assert.Equal(columns.Select(c => c.Name), members.Select(m => m.Name));
        return [.. members.Select((m, i) => columns[i].Read(m.Value, form.NumbersAsText))];
    }

    private static string? NextOf(JsonElement end, bool inBody) => end.GetProperty(inBody ? "cursor" : "next").GetString();

    private static string? Header(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static string? Link(HttpResponseHeaders headers) =>
        headers.GetValues("Link").Select(l => NextLink().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value).SingleOrDefault();

    [GeneratedRegex("^<([^>]+)>; rel=\"next\"$")]
    private static partial Regex NextLink();
}
