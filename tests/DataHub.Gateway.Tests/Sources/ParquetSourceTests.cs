using System.Net;
using System.Net.Http.Json;
using DataHub.Gateway.Tests.BadInput;
using ParquetSharp;

namespace DataHub.Gateway.Tests.Sources;

/// <summary>A Parquet file from its registration to its records, by the API alone.</summary>
public sealed class ParquetSourceTests(SharedHub hub) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task A_file_is_registered_listed_proposed_and_published_without_what_would_be_changed()
    {
        using var admin = await hub.Server.AdminClientAsync();
        Write(Path.Combine(hub.Server.Files, "dan-so.parquet"));
        await admin.AddSourceAsync(new { id = "kho-parquet", kind = "parquet", settings = new { folder = "." } });

        var tables = await HubCalls.ReadAsync(await admin.GetAsync($"{HubCalls.Api}sources/kho-parquet/tables"), HttpStatusCode.OK);
        var table = tables.GetProperty("value").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "dan-so.parquet");
        await admin.AddDatasetAsync(TestContracts.Yaml(
            "dan-so-parquet", "kho-parquet", "file=dan-so.parquet", "open", "ma text key", "so int64", "ty_le float64", "luc timestamp"));
        var run = await admin.PullAsync("dan-so-parquet");

        Assert.Equal(4, table.GetProperty("columns").GetArrayLength());
        Assert.Equal("published 998 2", $"{run.State()} {run.GetProperty("new").GetInt64()} {run.GetProperty("rejected").GetInt64()}");
    }

    [Fact]
    public async Task Unknown_settings_are_refused_at_the_registration()
    {
        using var admin = await hub.Server.AdminClientAsync();
        var answer = await admin.PostAsJsonAsync($"{HubCalls.Api}sources", new { id = "sai", kind = "parquet", settings = new { folder = ".", sheet = "1" } });

        Assert.Contains("/settings/sheet", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    /// <summary>A thousand records: one has a share that is no number, another a moment that microseconds do not hold.</summary>
    private static void Write(string path)
    {
        Column[] columns =
        [
            new Column<string>("ma"), new Column<long>("so"), new Column<double>("ty_le"),
            new Column<long>("luc", LogicalType.Timestamp(true, TimeUnit.Nanos)),
        ];
        using var file = new ParquetFileWriter(path, columns);
        using var group = file.AppendRowGroup();
        int[] all = [.. Enumerable.Range(0, 1_000)];
        Put(group, all.Select(i => $"{i:0000}"));
        Put(group, all.Select(i => (long)i));
        Put(group, all.Select(i => i == 3 ? double.NaN : i / 4.0));
        Put(group, all.Select(i => (i * 1_000L) + (i == 4 ? 1 : 0)));
        file.Close();
    }

    private static void Put<T>(RowGroupWriter group, IEnumerable<T> values)
    {
        using var writer = group.NextColumn().LogicalWriterOverride<T>();
        writer.WriteBatch(values.ToArray());
    }
}
