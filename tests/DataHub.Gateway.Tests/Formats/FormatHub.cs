using System.Net;
using System.Text;
using System.Text.Json;
using DataHub.Gateway.Tests.BadInput;
using DataHub.TestKit;
using Sylvan.Data.Csv;

namespace DataHub.Gateway.Tests.Formats;

/// <summary>A hub whose sector's tables are published as open data, and readers of its answers that share no code with it.</summary>
public sealed class FormatHub : IAsyncLifetime
{
    internal SectorHub Sectors { get; } = new();

    public HttpClient Reader { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Sectors.InitializeAsync();
        await Sectors.Server.AddAgencyAsync("000.00.12.H61");
        Reader = Sectors.Server.CreateClient();
    }

    public async ValueTask DisposeAsync()
    {
        Reader.Dispose();
        await Sectors.DisposeAsync();
    }

    /// <summary>Publishes a table of the sector.</summary>
    internal async Task PublishAsync(string dataset, string sql, params string[] columns)
    {
        await Sectors.Sector.ExecuteAsync(sql);
        await Sectors.Admin.AddDatasetAsync(TestContracts.Yaml(dataset, "sector", "table=public." + dataset.Replace('-', '_'), "open", columns));
        var run = await Sectors.Admin.PullAsync(dataset);
        Assert.True(run.State() == "published" && run.GetProperty("rejected").GetInt64() == 0, run.GetRawText());
    }

    internal static string Version(string dataset, string rest) => $"{HubCalls.Api}datasets/{dataset}/versions/{rest}";

    /// <summary>The bytes of an answer that is 200.</summary>
    internal async Task<byte[]> BytesAsync(string path, string? accept = null)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, accept);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{path}: {(int)answer.StatusCode} {Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(2_000, bytes.Length)))}");
        return bytes;
    }

    internal async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? accept = null, string? ifNoneMatch = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        if (ifNoneMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        }

        return await Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The texts of the records in a JSON page.</summary>
    internal static string[] OfJson(byte[] body) =>
        [.. JsonDocument.Parse(body).RootElement.GetProperty("value").EnumerateArray().Select(r => r.GetRawText())];

    /// <summary>The lines of NDJSON, each ended by a line feed.</summary>
    internal static string[] OfLines(byte[] body)
    {
        Assert.True(body.Length == 0 || body[^1] == '\n');
        return body.Length == 0 ? [] : Encoding.UTF8.GetString(body)[..^1].Split('\n');
    }

    /// <summary>Header and records of CSV, read by an independent reader; null where nothing stands.</summary>
    internal static (string[] Header, List<string?[]> Records) OfCsv(byte[] body)
    {
        using var reader = CsvDataReader.Create(new StreamReader(new MemoryStream(body), new UTF8Encoding(false, true)),
            new CsvDataReaderOptions { BufferSize = 1 << 20, ResultSetMode = ResultSetMode.SingleResult });
        var header = Enumerable.Range(0, reader.FieldCount).Select(reader.GetName).ToArray();
        var records = new List<string?[]>();
        while (reader.Read())
        {
            records.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        }

        return (header, records);
    }

    /// <summary>A JSON record as CSV says it: texts without quotes, numbers and booleans as they stand, null empty.</summary>
    internal static string[] AsCells(string record) =>
    [
        .. JsonDocument.Parse(record).RootElement.EnumerateObject().Select(p => p.Value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => p.Value.GetString()!,
            _ => p.Value.GetRawText(),
        }),
    ];
}
