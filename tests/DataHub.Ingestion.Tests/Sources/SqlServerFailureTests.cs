using System.Net;
using System.Net.Sockets;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.TestKit;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Each way a server can fail has its own code; giving up leaves nothing behind.</summary>
public sealed class SqlServerFailureTests : IAsyncLifetime
{
    private static readonly (string, TdsType)[] OneColumn = [("a", TdsType.Int)];

    private static readonly byte[][][] Rows = [.. Enumerable.Repeat<byte[][]>([TdsType.Number(1, 4)], 2000)];

    private readonly FalseSqlSource sql = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => sql.DisposeAsync();

    [Theory]
    [InlineData("hang", "source_timeout")]
    [InlineData("close", "source_unreachable")]
    [InlineData("http", "source_unreachable")]
    [InlineData("other", "source_timeout")]
    public async Task Tells_apart_servers_that_are_no_database(string behaviour, string code)
    {
        Assert.Equal(code, (await FalseServer.RefusalAsync(sql.Adapter, At, behaviour)).Code);
    }

    [Fact]
    public async Task Tells_a_refused_connection_a_bad_name_and_a_denied_address()
    {
        var error = await Refusal(() => sql.Adapter.TestAsync(At(FalseServer.Nobody()), default));

        Assert.Equal(("source_unreachable", true), (error.Code, error.IsTransient));
        Assert.Equal("source_host_unknown", (await Refusal(() => sql.Adapter.TestAsync(sql.With(("host", "khong-co.invalid")), default))).Code);
        Assert.Equal("source_address_denied", (await Refusal(() => sql.Adapter.TestAsync(sql.With(("host", "169.254.169.254")), default))).Code);
    }

    [Fact]
    public async Task Heeds_cancellation_while_a_server_says_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = FalseServer.ServeAsync(listener, "hang");
        using var cancel = new CancellationTokenSource();
        var testing = sql.Adapter.TestAsync(At((IPEndPoint)listener.LocalEndpoint), cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => testing.WaitAsync(TimeSpan.FromSeconds(3)));
        listener.Stop();
        await serving;
    }

    [Fact]
    public async Task Trusts_a_certificate_only_where_that_is_chosen()
    {
        var unknown = await Refusal(() => sql.Adapter.TestAsync(sql.With(("sslMode", "verify-full")), default));

        Assert.Equal("source_tls_failed", unknown.Code);
        Assert.Empty(sql.Server.LastLogin);
        Assert.Single((await ReadAll(sql.Adapter, sql.With(("sslMode", "require")), Contract(Table("t"), "a"))).Rows);
    }

    [Theory]
    [InlineData(18456, 14, "source_credentials_rejected", false)]
    [InlineData(18487, 14, "source_credentials_rejected", false)]
    [InlineData(4060, 11, "source_permission_denied", false)]
    [InlineData(40613, 17, "source_busy", true)]
    public async Task Says_why_a_login_was_refused(int number, int severity, string code, bool isTransient)
    {
        sql.Server.Login = TdsAnswer.Error(number, "Login failed for user 'doc'.", (byte)severity);

        var error = await Refusal(() => sql.Adapter.TestAsync(sql.Settings, default));

        Assert.Equal((code, isTransient), (error.Code, error.IsTransient));
        Assert.DoesNotContain("doc'", error.Detail("en"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(229, 14, "source_permission_denied", false)]
    [InlineData(4413, 16, "source_view_broken", false)]
    [InlineData(1222, 16, "source_locked", true)]
    [InlineData(1205, 13, "source_busy", true)]
    [InlineData(3961, 16, "source_busy", true)]
    [InlineData(596, 21, "source_connection_lost", true)]
    [InlineData(245, 16, "source_failed", false)]
    public async Task Says_what_a_server_reports_while_it_is_read(int number, int severity, string code, bool isTransient)
    {
        sql.Read = TdsAnswer.Error(number, "Conversion failed when converting the value 'Nguyễn Văn A'.", (byte)severity);
        var atOnce = await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Table("dbo.t"), "a")));
        sql.Read = new([.. TdsAnswer.Begun(OneColumn, TdsThen.End, Rows).Bytes, .. sql.Read.Bytes]);
        var later = await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Table("dbo.t"), "a")));

        Assert.Equal([(code, isTransient), (code, isTransient)], [(atOnce.Code, atOnce.IsTransient), (later.Code, later.IsTransient)]);
        Assert.DoesNotContain("Nguyễn", later.Detail("vi") + later.Detail("en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_a_missing_table_and_what_looks_like_it()
    {
        sql.Instead["SELECT TOP (0) 1"] = TdsAnswer.Error(208, "Invalid object name 'dbo.hoso'.");
        sql.Instead["SELECT TOP (10000) s.name, o.name FROM"] = TdsAnswer.Rows(
            [("s", TdsType.Text), ("n", TdsType.Text)], [TdsType.Utf16("dbo"), TdsType.Utf16("ho_so")]);

        var error = await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Table("hoso"), "a")));

        Assert.Equal("source_table_missing", error.Code);
        Assert.Contains("dbo.ho_so", error.Detail("vi"), StringComparison.Ordinal);
        Assert.Equal("source_table_missing", (await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Table("a.b.c"), "a")))).Code);
    }

    [Fact]
    public async Task Passes_on_what_the_server_says_of_a_querys_text()
    {
        sql.Instead["dm_exec_describe_first_result_set"] = TdsAnswer.Rows(
            [("n", TdsType.Text), ("t", TdsType.Text), ("l", TdsType.Int), ("p", TdsType.Int), ("s", TdsType.Int), ("e", TdsType.Int), ("m", TdsType.Text)],
            [
                TdsType.WideNull, TdsType.Utf16("?"), TdsType.Null, TdsType.Null, TdsType.Null, TdsType.Number(207, 4),
                TdsType.Utf16("Invalid column name 'khong_co'."),
            ]);

        var error = await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Query("SELECT khong_co AS a FROM t"), "a")));

        Assert.Equal("source_query_invalid", error.Code);
        Assert.Contains("khong_co", error.Detail("en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notices_silence_in_the_middle_of_a_read()
    {
        sql.Read = TdsAnswer.Begun(OneColumn, TdsThen.Silence, Rows);

        var error = await Refusal(() => ReadAll(sql.Adapter, sql.With(("silenceTimeout", "1")), Contract(Table("t"), "a")));

        Assert.Equal(("source_timeout", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Notices_that_its_connection_broke_in_mid_read()
    {
        sql.Read = TdsAnswer.Begun(OneColumn, TdsThen.Close, Rows);

        var error = await Refusal(() => ReadAll(sql.Adapter, sql.Settings, Contract(Table("t"), "a")));

        Assert.Equal(("source_connection_lost", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Ends_a_read_that_takes_longer_than_allowed()
    {
        sql.Read = TdsAnswer.Begun(OneColumn, TdsThen.Repeat, Rows);

        var error = await Refusal(() => ReadAll(sql.Adapter, sql.With(("statementTimeout", "1")), Contract(Table("t"), "a")));

        Assert.Equal("source_timeout", error.Code);
        await NothingRunsAsync();
    }

    [Theory]
    [InlineData(TdsThen.Repeat)]
    [InlineData(TdsThen.Silence)]
    internal async Task Gives_up_at_once_when_cancelled_and_leaves_nothing_running(TdsThen then)
    {
        sql.Read = TdsAnswer.Begun(OneColumn, then, Rows);
        await AssertGivesUpAsync(sql.Adapter, sql.Settings, Contract(Table("t"), "a"));
        await NothingRunsAsync();
    }

    [Fact]
    public async Task Tells_the_server_to_stop_when_disposed_in_the_middle()
    {
        sql.Read = TdsAnswer.Begun(OneColumn, TdsThen.Repeat, Rows);
        var reader = await sql.Adapter.OpenAsync(sql.Settings, Contract(Table("t"), "a"), default);
        Assert.True(await reader.ReadAsync(new RecordBatch(reader.Fields), default));

        await reader.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        await NothingRunsAsync();
        Assert.Equal(1, sql.Server.Attentions);
    }

    private Task NothingRunsAsync() => Eventually.TrueAsync("the server's connections end", () => Task.FromResult(sql.Server.Open == 0));

    private SourceSettings At(IPEndPoint place) => sql.With(("port", place.Port.ToString(null, null)), ("connectTimeout", "2"));
}
