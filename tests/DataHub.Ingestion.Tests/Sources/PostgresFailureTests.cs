using System.Net;
using System.Net.Sockets;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Each way a server can fail has its own code.</summary>
public sealed class PostgresFailureTests(PostgresSource pg) : IClassFixture<PostgresSource>
{
    [Fact]
    public async Task Names_a_vanished_table_and_what_looks_like_it()
    {
        await pg.Do("CREATE TABLE IF NOT EXISTS ho_so (a int)");

        var error = await Refusal(() => ReadAll(pg.Adapter, pg.Settings, Contract(Table("public.hoso"), "a")));

        Assert.Equal(("source_table_missing", ErrorOrigin.Client), (error.Code, error.Kind.Origin));
        Assert.Contains("public.ho_so", error.Detail("vi"), StringComparison.Ordinal);
        Assert.Equal("source_table_missing", (await Refusal(() => ReadAll(pg.Adapter, pg.Settings, Contract(Table("a.b.c"), "a")))).Code);
    }

    [Fact]
    public async Task Says_that_a_materialized_view_was_never_populated()
    {
        await pg.Do("CREATE TABLE mv_cua (a int); INSERT INTO mv_cua VALUES (1); CREATE MATERIALIZED VIEW mv AS SELECT a FROM mv_cua WITH NO DATA");

        var error = await Refusal(() => ReadAll(pg.Adapter, pg.Settings, Contract(Table("mv"), "a")));

        Assert.Equal(("source_not_ready", ErrorOrigin.Source), (error.Code, error.Kind.Origin));
        Assert.Contains("REFRESH MATERIALIZED VIEW mv", error.Hint("vi"), StringComparison.Ordinal);
        await pg.Do("REFRESH MATERIALIZED VIEW mv");
        await ReadAll(pg.Adapter, pg.Settings, Contract(Table("mv"), "a"));
    }

    [Fact]
    public async Task Names_every_missing_column_at_once()
    {
        await pg.Do("CREATE TABLE IF NOT EXISTS cot (\"Họ tên\" text, b int)");
        var contract = Contract(Table("cot"), "họ_tên", "b", "c");

        var error = await Refusal(() => ReadAll(pg.Adapter, pg.Settings, contract));

        Assert.Equal("source_column_missing", error.Code);
        Assert.Contains("họ_tên, c.", error.Detail("vi"), StringComparison.Ordinal);
        Assert.Contains("họ_tên → Họ tên", error.Detail("en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tells_a_table_without_permission_from_a_missing_one()
    {
        await pg.Do($"CREATE TABLE kin (a int); {pg.MakeRole}");

        var error = await Refusal(() => ReadAll(
            pg.Adapter, pg.Settings with { Username = pg.Role, Password = "x" }, Contract(Table("kin"), "a")));

        Assert.Equal("source_permission_denied", error.Code);
    }

    [Fact]
    public async Task Tells_an_unknown_account_and_an_unknown_database()
    {
        var account = await Refusal(() => pg.Adapter.TestAsync(pg.Settings with { Username = "khong_co", Password = "sai" }, default));
        var database = await Refusal(() => pg.Adapter.TestAsync(pg.With(("database", "khong_co")), default));

        Assert.Equal(("source_credentials_rejected", false), (account.Code, account.IsTransient));
        Assert.Equal("source_database_missing", database.Code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task A_missing_password_is_rejected_credentials_where_the_server_asks_for_one(string? password)
    {
        await pg.Do(pg.MakeRole);

        var refusal = await Refusal(() => pg.Adapter.TestAsync(pg.Settings with { Username = pg.Role, Password = password }, default));

        Assert.Equal(("source_credentials_rejected", false), (refusal.Code, refusal.IsTransient));
    }

    [Fact]
    public async Task Notices_that_the_server_process_was_ended_in_mid_read()
    {
        var endless = Contract(Query("SELECT generate_series(1, 100000000000) AS a, pg_backend_pid() AS pid"), "a", "pid");
        await using var reader = await pg.Adapter.OpenAsync(pg.Settings, endless, default);
        var batch = new RecordBatch(reader.Fields);
        Assert.True(await reader.ReadAsync(batch, default));
        await pg.Do($"SELECT pg_terminate_backend({batch.Columns[1].Longs[0]})");

        var error = await Refusal(async () =>
        {
            while (await reader.ReadAsync(batch, default))
            {
            }
        });

        Assert.Equal(("source_connection_lost", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Notices_silence_in_the_middle_of_a_read()
    {
        var silent = Contract(Query("SELECT 1 AS a FROM generate_series(1, 3000) g WHERE g < 2000 OR pg_sleep(3600) IS NULL"), "a");

        var error = await Refusal(() => ReadAll(pg.Adapter, pg.With(("silenceTimeout", "1")), silent));

        Assert.Equal("source_timeout", error.Code);
    }

    [Fact]
    public async Task Gives_way_to_a_lock()
    {
        await pg.Do("CREATE TABLE khoa (a int)");
        await using var holder = new Npgsql.NpgsqlConnection(
            $"Host={pg.Settings["host"]};Port={pg.Settings["port"]};Database={pg.Settings["database"]};Username={pg.Settings.Username};Password={pg.Settings.Password};Pooling=false");
        await holder.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("BEGIN; LOCK TABLE khoa", holder);
        await command.ExecuteNonQueryAsync();

        var error = await Refusal(() => ReadAll(pg.Adapter, pg.With(("lockTimeout", "1")), Contract(Table("khoa"), "a")));

        Assert.Equal(("source_locked", true), (error.Code, error.IsTransient));
    }

    [Theory]
    [InlineData("hang", "source_timeout")]
    [InlineData("close", "source_unreachable")]
    [InlineData("http", "source_protocol_unexpected")]
    public async Task Tells_apart_servers_that_are_no_database(string behaviour, string code)
    {
        Assert.Equal(code, (await FalseServer.RefusalAsync(pg.Adapter, At, behaviour)).Code);
    }

    [Fact]
    public async Task Tells_a_refused_connection_a_bad_name_and_a_denied_address()
    {
        Assert.Equal("source_unreachable", (await Refusal(() => pg.Adapter.TestAsync(At(FalseServer.Nobody()), default))).Code);
        Assert.Equal("source_host_unknown", (await Refusal(() => pg.Adapter.TestAsync(pg.With(("host", "khong-co.invalid")), default))).Code);
        foreach (var host in new[] { "169.254.169.254", "0.0.0.0", "::ffff:169.254.169.254", "224.0.0.1" })
        {
            var error = await Refusal(() => pg.Adapter.TestAsync(pg.With(("host", host)), default));
            Assert.Equal("source_address_denied", error.Code);
            Assert.DoesNotContain(host, error.Detail("en") + error.Hint("en"), StringComparison.Ordinal);
        }
    }

    private SourceSettings At(IPEndPoint place) => pg.With(
        ("host", place.Address.ToString()), ("port", place.Port.ToString(null, null)), ("connectTimeout", "2"));
}
