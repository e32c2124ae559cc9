using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.TestKit;
using MySqlConnector;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Each way a server can fail has its own code.</summary>
public sealed class MySqlFailureTests(MariaSource maria) : MariaTests(maria)
{
    private const string Endless = "SELECT seq AS a, CONNECTION_ID() AS thread FROM seq_1_to_100000000000";

    [Fact]
    public async Task Names_a_vanished_table_and_what_looks_like_it()
    {
        await Maria.Do("CREATE TABLE IF NOT EXISTS ho_so (a int)");

        var error = await Refusal(() => ReadAll(Maria.Adapter, Maria.Settings, Contract(Table("hoso"), "a")));

        Assert.Equal(("source_table_missing", ErrorOrigin.Client), (error.Code, error.Kind.Origin));
        Assert.Contains("ho_so", error.Detail("vi"), StringComparison.Ordinal);
        Assert.Equal("source_table_missing", (await Refusal(() => ReadAll(Maria.Adapter, Maria.Settings, Contract(Table("a.b.c"), "a")))).Code);
    }

    [Fact]
    public async Task Names_a_view_whose_column_was_dropped()
    {
        await Maria.Do("""
            CREATE TABLE goc (a int, b int); CREATE VIEW nhin AS SELECT a, b FROM goc; ALTER TABLE goc DROP COLUMN b
            """);

        var error = await Refusal(() => ReadAll(Maria.Adapter, Maria.Settings, Contract(Table("nhin"), "a")));

        Assert.Equal("source_view_broken", error.Code);
        Assert.Contains("nhin", error.Detail("vi"), StringComparison.Ordinal);
        Assert.Contains(await Maria.Adapter.ListTablesAsync(Maria.Settings, default), t => t.Name == "goc");
    }

    [Fact]
    public async Task Tells_a_table_without_a_grant_a_wrong_password_and_an_unknown_database()
    {
        await Maria.Do("CREATE DATABASE IF NOT EXISTS kin_khac; CREATE TABLE IF NOT EXISTS kin_khac.kin (a int)");

        var table = await Refusal(() => ReadAll(Maria.Adapter, Maria.Settings, Contract(Table("kin_khac.kin"), "a")));
        var password = await Refusal(() => Maria.Adapter.TestAsync(Maria.Settings with { Password = "sai" }, default));
        var database = await Refusal(() => Maria.Adapter.TestAsync(Maria.With(("database", "khong_co")), default));
        await Maria.Do("DROP DATABASE kin_khac");

        Assert.Equal("source_permission_denied", table.Code);
        Assert.Equal(("source_credentials_rejected", false), (password.Code, password.IsTransient));
        // Without a right on it the server does not say whether a database exists.
        Assert.Equal("source_permission_denied", database.Code);
        Assert.Equal("source_database_missing", (await Refusal(() => Maria.Adapter.TestAsync(Maria.Root("khong_co"), default))).Code);
    }

    [Fact]
    public async Task Notices_that_its_connection_was_killed_in_mid_read()
    {
        await using var reader = await Maria.Adapter.OpenAsync(Maria.Settings, Contract(Query(Endless), "a", "thread"), default);
        var batch = new RecordBatch(reader.Fields);
        Assert.True(await reader.ReadAsync(batch, default));
        await Maria.Do($"KILL {batch.Columns[1].Longs[0]}");

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
        var silent = Contract(Query("SELECT seq AS a FROM seq_1_to_30000 WHERE seq < 20000 OR SLEEP(3600) = 1"), "a");

        var error = await Refusal(() => ReadAll(Maria.Adapter, Maria.With(("silenceTimeout", "1")), silent));

        Assert.Equal("source_timeout", error.Code);
    }

    [Fact]
    public async Task Ends_a_statement_that_takes_longer_than_allowed()
    {
        var error = await Refusal(() => ReadAll(
            Maria.Adapter, Maria.With(("statementTimeout", "1")), Contract(Query(Endless), "a")));

        Assert.Equal("source_timeout", error.Code);
    }

    [Fact]
    public async Task Gives_way_to_a_lock()
    {
        await Maria.Do("CREATE TABLE khoa (a int)");
        await using var holder = new MySqlConnection(Maria.Database.ConnectionString);
        await holder.OpenAsync();
        await using var command = new MySqlCommand("LOCK TABLES khoa WRITE", holder);
        await command.ExecuteNonQueryAsync();

        var error = await Refusal(() => ReadAll(Maria.Adapter, Maria.With(("lockTimeout", "1")), Contract(Table("khoa"), "a")));

        Assert.Equal(("source_locked", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Says_that_the_server_has_no_place_left()
    {
        await Maria.Do($"ALTER USER {Maria.Database.Reader}@'%' WITH MAX_USER_CONNECTIONS 1");
        await using (await Maria.Adapter.OpenAsync(Maria.Settings, Contract(Query("SELECT 1 AS a"), "a"), default))
        {
            var error = await Refusal(() => Maria.Adapter.TestAsync(Maria.Settings, default));

            Assert.Equal(("source_busy", true), (error.Code, error.IsTransient));
        }

        await Maria.Do($"ALTER USER {Maria.Database.Reader}@'%' WITH MAX_USER_CONNECTIONS 0");
    }

    [Theory]
    [InlineData("hang", "source_timeout")]
    [InlineData("close", "source_unreachable")]
    [InlineData("other", "source_protocol_unexpected")]
    public async Task Tells_apart_servers_that_are_no_database(string behaviour, string code)
    {
        Assert.Equal(code, (await FalseServer.RefusalAsync(Maria.Adapter, At, behaviour)).Code);
    }

    [Fact]
    public async Task Sends_no_password_in_clear_beyond_this_machine()
    {
        var address = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(n => n.GetIPProperties().UnicastAddresses).Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(a));
        Assert.SkipWhen(address is null, "this machine has no address beside loopback");

        Assert.Equal("source_encryption_required", (await FalseServer.RefusalAsync(Maria.Adapter, At, "sha2", address)).Code);
    }

    [Fact]
    public async Task Tells_a_refused_connection_a_bad_name_and_a_denied_address()
    {
        Assert.Equal("source_unreachable", (await Refusal(() => Maria.Adapter.TestAsync(At(FalseServer.Nobody()), default))).Code);
        Assert.Equal("source_host_unknown", (await Refusal(() => Maria.Adapter.TestAsync(Maria.With(("host", "khong-co.invalid")), default))).Code);
        Assert.Equal("source_address_denied", (await Refusal(() => Maria.Adapter.TestAsync(Maria.With(("host", "169.254.169.254")), default))).Code);
        Assert.Equal("source_tls_failed", (await Refusal(() => Maria.Adapter.TestAsync(Maria.With(("sslMode", "require")), default))).Code);
    }

    private SourceSettings At(IPEndPoint place) => Maria.With(
        ("host", place.Address.ToString()), ("port", place.Port.ToString(null, null)), ("connectTimeout", "2"));
}
