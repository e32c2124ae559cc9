using DataHub.Core.Contracts;
using DataHub.Core.Sources;
using Microsoft.Data.SqlClient;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>What only a real server can show, in a few tests; all are skipped where the run is given none.</summary>
public sealed class SqlServerLiveTests(SqlServerSource server) : IClassFixture<SqlServerSource>, IAsyncLifetime
{
    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SqlServerSource.Available, SqlServerSource.Missing);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Reads_every_native_type()
    {
        (string Type, string Value, string Expected)[] cases =
        [
            ("bit", "1", "1"), ("tinyint", "255", "255"), ("smallint", "-32768", "-32768"), ("int", "42", "42"),
            ("bigint", "-9223372036854775808", "-9223372036854775808"), ("decimal(12,2)", "1.5", "1.50"),
            ("decimal(38,10)", "123.5", "123.5000000000"), ("money", "1.25", "1.2500"), ("smallmoney", "-0.05", "-0.0500"), ("real", "0.1", "0.1"),
            ("float", "0.1", "0.1"), ("char(6)", "'ab'", "ab"), ("varchar(20) COLLATE Vietnamese_CI_AS", "N'Đường'", "Đường"),
            ("nchar(4)", "N'ế'", "ế"), ("nvarchar(max)", "REPLICATE(CONVERT(nvarchar(max), N'ế'), 9000)", new string('ế', 9000)),
            ("text", "'x'", "x"), ("ntext", "N'ế'", "ế"), ("xml", "N'<a>ế</a>'", "<a>ế</a>"), ("date", "'1970-01-02'", "1"),
            ("time", "'23:59:59.9999999'", "86399999999"), ("datetime", "'1970-01-01 00:00:00.003'", "3000"),
            ("smalldatetime", "'1970-01-02 00:01'", "86460000000"), ("datetime2", "'1970-01-01 00:00:00.0000019'", "1"),
            ("datetimeoffset", "'1970-01-01 07:00:00 +07:00'", "0"), ("varbinary(9)", "0x00FF", "00FF"), ("image", "0x00FF", "00FF"),
            ("uniqueidentifier", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
        ];
        var columns = string.Join(", ", cases.Select((c, i) => $"c{i} {c.Type}"));
        await server.Do($"""
            CREATE TABLE {server.Schema}.kieu ({columns}, rv rowversion);
            INSERT INTO {server.Schema}.kieu ({string.Join(", ", cases.Select((_, i) => $"c{i}"))}) VALUES ({string.Join(", ", cases.Select(c => c.Value))})
            """);

        var (rows, _, _) = await ReadAll(
            server.Adapter, server.Settings, Contract(Table($"{server.Schema}.kieu"), [.. cases.Select((_, i) => $"c{i}")]));

        Assert.Equal(cases.Select(c => c.Expected), Assert.Single(rows));
    }

    [Fact]
    public async Task Loses_no_change_of_a_transaction_that_was_open_at_the_last_pull()
    {
        await server.Do($"CREATE TABLE {server.Schema}.rv (k int PRIMARY KEY, rv rowversion)");
        var contract = Contract(Table($"{server.Schema}.rv"), "k", "rv");
        var mark = contract.Columns[1] with { Type = new ColumnType(ColumnKind.Int64) };
        contract = contract with { Columns = [contract.Columns[0], mark], Pull = contract.Pull with { Watermark = mark } };
        await using var writer = await SqlServerSource.OpenAsync();
        await using (var begin = new SqlCommand($"BEGIN TRANSACTION; INSERT INTO {server.Schema}.rv (k) VALUES (1)", writer))
        {
            await begin.ExecuteNonQueryAsync();
        }

        await server.Do($"INSERT INTO {server.Schema}.rv (k) VALUES (2)");
        SourcePosition position;
        await using (var first = await server.Adapter.OpenAsync(server.Settings, contract, default))
        {
            position = first.Position!;
        }

        await using (var commit = new SqlCommand("COMMIT", writer))
        {
            await commit.ExecuteNonQueryAsync();
        }

        var from = WatermarkPlanner.From(contract.Pull, [new KeptPosition(position, mark.Name)]);
        await using var next = await server.Adapter.OpenAsync(
            server.Settings, new PullRequest(contract) { Window = new PullWindow(mark, from, null) }, default);
        var batch = new DataHub.Core.Records.RecordBatch(next.Fields);
        await next.ReadAsync(batch, default);

        Assert.Contains("1", Enumerable.Range(0, batch.Count).Select(i => Show(batch.Columns[0], i)));
    }

    [Fact]
    public async Task Refuses_what_is_no_query()
    {
        string[] queries = ["SELECT a FORM giu", "SELECT 1 AS a DROP TABLE giu", "SELECT 1 AS a, 2 AS a", "DELETE FROM giu OUTPUT deleted.a"];

        foreach (var query in queries)
        {
            var error = await Refusal(() => ReadAll(server.Adapter, server.Settings, Contract(Query(query), "a")));
            Assert.True(error.Code == "source_query_invalid", $"{query}: {error.Code}");
        }
    }
}
