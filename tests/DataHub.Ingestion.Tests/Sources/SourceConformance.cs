using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>
/// What every adapter does alike. A kind derives from it and provides one object with the columns "mã" and "tên" and the
/// records (1, Trà Vinh), (2, null), (3, 🏠).
/// </summary>
public abstract class SourceConformance
{
    internal abstract ISourceAdapter Adapter { get; }

    public abstract SourceSettings Source { get; }

    public abstract DatasetTerms Terms { get; }

    public abstract DatasetTerms MissingTerms { get; }

    [Fact]
    public async Task Reads_the_same_records_twice_in_the_contracts_column_order()
    {
        string[][] expected = [["Trà Vinh", "1"], ["∅", "2"], ["🏠", "3"]];

        Assert.Equal(expected, (await ReadAll(Adapter, Source, Contract(Terms, "tên", "mã"))).Rows);
        Assert.Equal(expected, (await ReadAll(Adapter, Source, Contract(Terms, "tên", "mã"))).Rows);
    }

    [Fact]
    public async Task Gives_fields_in_contract_order_and_a_time_in_utc()
    {
        await using var reader = await Adapter.OpenAsync(Source, Contract(Terms, "tên", "mã", "tên"), default);

        Assert.Equal(["tên", "mã", "tên"], reader.Fields.Select(f => f.Name));
        Assert.Equal(TimeSpan.Zero, reader.AsOf.Offset);
    }

    [Fact]
    public async Task Ends_with_an_empty_batch_and_stays_at_the_end()
    {
        await using var reader = await Adapter.OpenAsync(Source, Contract(Terms, "mã"), default);
        var batch = new RecordBatch(reader.Fields, 2);

        Assert.True(await reader.ReadAsync(batch, default));
        Assert.Equal(2, batch.Count);
        Assert.True(await reader.ReadAsync(batch, default));
        Assert.False(await reader.ReadAsync(batch, default));
        Assert.False(await reader.ReadAsync(batch, default));
        Assert.Equal(0, batch.Count);
    }

    [Fact]
    public async Task Lists_what_it_can_read_under_an_id_that_leads_back()
    {
        var name = Terms.Table ?? Terms.File;

        var table = Assert.Single(await Adapter.ListTablesAsync(Source, default), t => t.Name == name);

        Assert.Equal(["mã", "tên"], table.Columns.Select(c => c.Name));
        Assert.All(table.Columns, c => Assert.NotNull(c.Proposed));
        Assert.Matches("^[A-Za-z0-9_-]+$", table.Id);
        Assert.True(DataHub.Ingestion.Sources.SourceTableId.TryDecode(table.Id, out var decoded) && decoded == name);
    }

    [Fact]
    public async Task Names_all_missing_columns_and_the_missing_object()
    {
        var columns = await Refusal(() => ReadAll(Adapter, Source, Contract(Terms, "ten", "mã", "khác")));
        var missing = await Refusal(() => ReadAll(Adapter, Source, Contract(MissingTerms, "mã")));

        Assert.Equal("source_column_missing", columns.Code);
        Assert.Contains("ten, khác", columns.Detail("vi"), StringComparison.Ordinal);
        Assert.Contains("ten → tên", columns.Detail("en"), StringComparison.Ordinal);
        Assert.EndsWith("_missing", missing.Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_contract_that_names_another_kinds_object()
    {
        var terms = Terms with { Table = null, File = null };

        Assert.Equal("source_target_invalid", (await Refusal(() => ReadAll(Adapter, Source, Contract(terms, "mã")))).Code);
    }

    [Fact]
    public async Task Refuses_settings_with_all_their_problems_before_any_connection()
    {
        var broken = Source with { Settings = new Dictionary<string, string> { ["khong_co"] = "1" } };

        Assert.True(Adapter.Check(broken).Count >= 2);
        Assert.All(Adapter.Check(broken), e => Assert.StartsWith("/settings/", e.Pointer, StringComparison.Ordinal));
        Assert.Equal("source_settings_invalid", (await Refusal(() => Adapter.TestAsync(broken, default))).Code);
        Assert.Empty(Adapter.Check(Source));
    }

    [Fact]
    public async Task Tests_a_source_and_heeds_cancellation()
    {
        var probe = await Adapter.TestAsync(Source, default);
        await using var reader = await Adapter.OpenAsync(Source, Contract(Terms, "mã"), default);

        Assert.NotEmpty(probe.Product);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Adapter.OpenAsync(Source, Contract(Terms, "mã"), new CancellationToken(true)));
    }
}

/// <summary>PostgreSQL's part of the suite.</summary>
public sealed class PostgresConformanceTests(PostgresSource pg) : SourceConformance, IClassFixture<PostgresSource>, IAsyncLifetime
{
    internal override ISourceAdapter Adapter => pg.Adapter;

    public override SourceSettings Source => pg.Settings;

    public override DatasetTerms Terms => Table("public.xã");

    public override DatasetTerms MissingTerms => Table("public.không_có");

    public async ValueTask InitializeAsync() => await pg.Do("""
        DROP TABLE IF EXISTS xã; CREATE TABLE xã (mã int PRIMARY KEY, tên text);
        INSERT INTO xã VALUES (1, 'Trà Vinh'), (2, NULL), (3, '🏠')
        """);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>CSV's part of the suite.</summary>
public sealed class CsvConformanceTests : SourceConformance, IDisposable
{
    private readonly CsvFolder folder = new();

    public CsvConformanceTests()
    {
        Directory.CreateDirectory(folder.PathOf("năm"));
        folder.Put("năm/xã.csv", "mã,tên\n1,Trà Vinh\n2,\n3,🏠\n");
    }

    internal override ISourceAdapter Adapter => folder.Adapter;

    public override SourceSettings Source => folder.Settings;

    public override DatasetTerms Terms => SourceKit.File("năm/xã.csv");

    public override DatasetTerms MissingTerms => SourceKit.File("năm/khác.csv");

    public void Dispose() => folder.Dispose();
}

/// <summary>SQLite's part of the suite.</summary>
public sealed class SqliteConformanceTests : SourceConformance, IDisposable
{
    private readonly SqliteFolder folder = new();

    public SqliteConformanceTests() => folder.Do("""
        CREATE TABLE xã (mã INTEGER PRIMARY KEY, tên TEXT); INSERT INTO xã VALUES (1, 'Trà Vinh'), (2, NULL), (3, '🏠')
        """);

    internal override ISourceAdapter Adapter => folder.Adapter;

    public override SourceSettings Source => folder.Settings;

    public override DatasetTerms Terms => Table("xã");

    public override DatasetTerms MissingTerms => Table("không_có");

    public void Dispose() => folder.Dispose();
}

/// <summary>MariaDB's part of the suite.</summary>
public sealed class MySqlConformanceTests(MariaSource maria) : SourceConformance, IClassFixture<MariaSource>, IAsyncLifetime
{
    internal override ISourceAdapter Adapter => maria.Adapter;

    public override SourceSettings Source => maria.Settings;

    public override DatasetTerms Terms => Table("xã");

    public override DatasetTerms MissingTerms => Table("không_có");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(DataHub.TestKit.MariaDatabase.Available, DataHub.TestKit.MariaDatabase.Missing);
        await maria.Do("""
            DROP TABLE IF EXISTS xã; CREATE TABLE xã (mã int PRIMARY KEY, tên text);
            INSERT INTO xã VALUES (1, 'Trà Vinh'), (2, NULL), (3, '🏠')
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>SQL Server's part of the suite, where the run is given one.</summary>
public sealed class SqlServerConformanceTests(SqlServerSource server) : SourceConformance, IClassFixture<SqlServerSource>, IAsyncLifetime
{
    internal override ISourceAdapter Adapter => server.Adapter;

    public override SourceSettings Source => server.Settings;

    public override DatasetTerms Terms => Table($"{server.Schema}.xã");

    public override DatasetTerms MissingTerms => Table($"{server.Schema}.không_có");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SqlServerSource.Available, SqlServerSource.Missing);
        await server.Do($"""
            DROP TABLE IF EXISTS {server.Schema}.[xã];
            CREATE TABLE {server.Schema}.[xã] ([mã] int PRIMARY KEY, [tên] nvarchar(50));
            INSERT INTO {server.Schema}.[xã] VALUES (1, N'Trà Vinh'), (2, NULL), (3, N'🏠')
            """);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>REST's part of the suite.</summary>
public sealed class RestConformanceTests : SourceConformance, IAsyncLifetime
{
    private Rest.RestServer server = null!;

    internal override ISourceAdapter Adapter => server.Adapter;

    public override SourceSettings Source => server.With("paging=offset", "pageSize=2", "resources=v1/xã");

    public override DatasetTerms Terms => Table("v1/xã");

    public override DatasetTerms MissingTerms => Table("v1/khác");

    public async ValueTask InitializeAsync()
    {
        string[] rows = ["""{"mã":"1","tên":"Trà Vinh"}""", """{"mã":"2","tên":null}""", """{"mã":"3","tên":"\ud83c\udfe0"}"""];
        server = await Rest.RestServer.StartAsync();
        server.Answer = c => c.Request.Path == "/api/v1/xã"
            ? Rest.RestServer.Json(c, $"[{string.Join(",", rows.Skip(Rest.RestServer.Parameter(c, "offset", 0)).Take(2))}]")
            : Task.FromResult(c.Response.StatusCode = 404);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
