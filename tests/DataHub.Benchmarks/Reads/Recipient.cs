using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Machine;
using Npgsql;

namespace DataHub.Benchmarks.Reads;

/// <summary>
/// One who reads a dataset: collects the places to read from, and looks whether what the hub answers is what the sector has.
/// </summary>
internal sealed class Recipient : IDisposable
{
    private static readonly string[] Compared = ["dossier_id", "dossier_code", "procedure_name", "status", "due_date", "fee", "note"];

    private readonly HttpClient http;
    private readonly string dataset;

    public Recipient(Uri hub, string dataset)
    {
        this.dataset = dataset;
        http = new HttpClient { BaseAddress = hub };
    }

    /// <summary>None for open data.</summary>
    public string? Token { get; private set; }

    public void Use(string token)
    {
        Token = token;
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>
    /// Pages after evenly spread keys: a walk over the whole dataset gives their cursors, which are bound to the question
    /// without its limit.
    /// </summary>
    public async Task<IReadOnlyList<string>> PagesAsync(long rows, int count, CancellationToken cancellation)
    {
        var step = Math.Max(1, rows / count);
        var paths = new List<string>();
        var next = Path($"?limit={step}");
        for (var read = step; read <= rows - ReadBench.PageSize; read += step)
        {
            using var answer = await http.GetAsync(new Uri(next, UriKind.Relative), cancellation);
            answer.EnsureSuccessStatusCode();
            var body = await answer.Content.ReadAsStringAsync(cancellation);
            var at = body.LastIndexOf("\"next\":\"", StringComparison.Ordinal);
            next = new Uri(JsonNode.Parse("{" + body[at..])!["next"]!.GetValue<string>()).PathAndQuery;
            paths.Add(next.Replace($"limit={step}", $"limit={ReadBench.PageSize}", StringComparison.Ordinal));
        }

        return paths;
    }

    /// <summary>Records by keys drawn with replacement.</summary>
    public IReadOnlyList<string> Records(long rows, int count)
    {
        var random = new Random(84);
        return [.. Enumerable.Range(0, count).Select(_ => Path(FormattableString.Invariant($"/{random.NextInt64(rows) + 1}")))];
    }

    /// <summary>Compares some pages with the sector's table: every row there, in key order, with its values.</summary>
    public async Task CheckAsync(IEnumerable<string> pages, Cluster cluster, string sector, CancellationToken cancellation)
    {
        await using var connection = await cluster.ConnectAsync(sector, cancellation);
        foreach (var page in pages)
        {
            var body = JsonNode.Parse(await http.GetStringAsync(new Uri(page, UriKind.Relative), cancellation))!;
            var records = body["value"]!.AsArray();
            var first = records[0]!["dossier_id"]!.GetValue<long>();
            var answered = records.Select(r => Words(r!.AsObject())).ToList();
            var stored = await StoredAsync(connection, first, cancellation);
            if (!answered.SequenceEqual(stored))
            {
                throw new BenchException($"{page}: the page is not what the sector has\n{answered.Except(stored).FirstOrDefault()}\n{stored[0]}");
            }
        }
    }

    public void Dispose() => http.Dispose();

    public string FirstPage(int size) => Path(FormattableString.Invariant($"?limit={size}"));

    /// <summary>A page by values of columns.</summary>
    public string Question(string query) => Path($"?{query}&limit={ReadBench.PageSize}");

    public async Task<JsonNode> PageAsync(string path, CancellationToken cancellation) =>
        JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative), cancellation))!;

    /// <summary>A page's records.</summary>
    public async Task<JsonArray> ReadAsync(string path, CancellationToken cancellation) =>
        (await PageAsync(path, cancellation))["value"]!.AsArray();

    /// <summary>A whole version, as it comes.</summary>
    public Task<HttpResponseMessage> FileAsync(string format, CancellationToken cancellation) => http.GetAsync(
        new Uri($"/api/v1/datasets/{dataset}/versions/latest/files/{format}", UriKind.Relative),
        HttpCompletionOption.ResponseHeadersRead, cancellation);

    private string Path(string rest) => $"/api/v1/datasets/{dataset}/versions/latest/records{rest}";

    private static string Words(JsonObject record) => record.Count == BenchContracts.PlainColumns.Count
        ? string.Join('|', Compared.Select(name => record[name]?.ToString()))
        : throw new BenchException($"a record has {record.Count} columns");

    private static async Task<List<string>> StoredAsync(NpgsqlConnection connection, long first, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT concat(dossier_id, '|', dossier_code, '|', procedure_name, '|', status, '|', due_date, '|', fee, '|', note)
            FROM public.dossiers WHERE dossier_id >= $1 ORDER BY dossier_id LIMIT $2
            """, connection)
        {
            Parameters = { new() { Value = first }, new() { Value = ReadBench.PageSize } },
        };
        var rows = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
