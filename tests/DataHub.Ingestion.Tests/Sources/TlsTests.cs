using System.Diagnostics;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.MySql;
using DataHub.Ingestion.Sources.Postgres;
using DataHub.Ingestion.Tests.Conformance;
using DataHub.TestKit;
using MySqlConnector;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A real server with a certificate for the name localhost from an office's own authority, and another authority that signed nothing.</summary>
public abstract class TlsServer : IAsyncLifetime
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("hub-tls").FullName;

    public string Authority { get; private set; } = "";

    public string OtherAuthority { get; private set; } = "";

    public abstract ISourceAdapter Adapter { get; }

    public virtual string? Missing => null;

    public async ValueTask InitializeAsync()
    {
        if (Missing is not null)
        {
            return;
        }

        (Authority, OtherAuthority) = (TlsAuthority.Make(Folder, "authority"), TlsAuthority.Make(Folder, "other"));
        TlsAuthority.SignServer(Folder, "authority");
        foreach (var file in new[] { Folder, Path.Combine(Folder, "server.key") })
        {
            OtherAccount.Show(file);
        }

        await StartAsync(SshServer.FreePort());
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
        Directory.Delete(Folder, recursive: true);
    }

    public abstract SourceSettings Source(params (string Name, string Value)[] changes);

    protected abstract Task StartAsync(int port);

    protected abstract Task StopAsync();
}

/// <summary>What TLS means to every database: a server is who its certificate says, by the authorities that the source's settings name.</summary>
public abstract class TlsTests<TServer>(TServer server) : IClassFixture<TServer>, IAsyncLifetime
    where TServer : TlsServer
{
    public ValueTask InitializeAsync()
    {
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("verify-full", "localhost")]
    [InlineData("verify-ca", "localhost")]
    [InlineData("verify-ca", "127.0.0.1")]
    public async Task Accepts_a_certificate_of_the_named_authority(string mode, string host)
    {
        var source = server.Source(("sslMode", mode), ("host", host), ("caCertificate", server.OtherAuthority + server.Authority));

        Assert.NotEmpty((await server.Adapter.TestAsync(source, default)).Product);
        Assert.Equal("1", (await ReadAll(server.Adapter, source, Contract(Query("SELECT 1 AS a"), "a"))).Rows[0][0]);
    }

    [Fact]
    public async Task Refuses_another_authority_another_name_and_what_the_system_does_not_know()
    {
        Assert.Equal("source_tls_failed", await RefusedAsync(("host", "localhost"), ("caCertificate", server.OtherAuthority)));
        Assert.Equal("source_tls_failed", await RefusedAsync(("host", "127.0.0.1"), ("caCertificate", server.Authority)));
        Assert.Equal("source_tls_failed", await RefusedAsync(("host", "localhost")));
        Assert.Equal("source_tls_failed", await RefusedAsync(("host", "localhost"), ("sslMode", "verify-ca"), ("caCertificate", server.OtherAuthority)));
    }

    [Fact]
    public async Task Encrypts_without_proof_where_that_is_all_that_was_asked_for() =>
        Assert.NotEmpty((await server.Adapter.TestAsync(server.Source(("sslMode", "require"), ("host", "localhost")), default)).Product);

    [Fact]
    public void Refuses_an_authority_that_is_none_or_that_nobody_would_look_at()
    {
        foreach (var source in new[]
        {
            server.Source(("sslMode", "verify-full"), ("caCertificate", "không phải PEM")), server.Source(("sslMode", "require"), ("caCertificate", server.Authority)),
        })
        {
            Assert.Equal("/settings/caCertificate", Assert.Single(server.Adapter.Check(source)).Pointer);
        }
    }

    private async Task<string> RefusedAsync(params (string Name, string Value)[] settings) => (await Refusal(
        () => server.Adapter.TestAsync(server.Source([("sslMode", "verify-full"), .. settings]), default))).Code;
}

/// <summary>PostgreSQL with TLS.</summary>
public sealed class PostgresTlsServer : TlsServer
{
    private TestCluster? cluster;

    public override ISourceAdapter Adapter { get; } = new PostgresSourceAdapter(new SourceNetworkPolicy());

    public override SourceSettings Source(params (string Name, string Value)[] changes) => PostgresKit.With(
        new SourceSettings("tls", "postgres", new Dictionary<string, string>(), "postgres", null),
        [("host", "localhost"), ("port", $"{cluster!.Port}"), ("database", "postgres"), .. changes]);

    protected override async Task StartAsync(int port)
    {
        cluster = await TestCluster.StartAsync();
        await cluster.ServeTlsAsync(Folder, port);
    }

    protected override async Task StopAsync() => await (cluster?.DisposeAsync() ?? ValueTask.CompletedTask);
}

/// <summary>MariaDB with TLS: a server of its own, because one must be started with it.</summary>
public sealed class MariaTlsServer : TlsServer
{
    private Process? process;
    private int port;

    public override ISourceAdapter Adapter { get; } = new MySqlSourceAdapter(new SourceNetworkPolicy());

    public override string? Missing => MariaDatabase.Available ? null : MariaDatabase.Missing;

    public override SourceSettings Source(params (string Name, string Value)[] changes) => PostgresKit.With(
        new SourceSettings("tls", "mysql", new Dictionary<string, string>(), "doc", "mật khẩu"),
        [("host", "localhost"), ("port", $"{port}"), ("database", "mysql"), .. changes]);

    protected override async Task StartAsync(int port)
    {
        this.port = port;
        // The server does not run as root; its folder is then its account's.
        var account = Environment.UserName == "root" ? "--user=nobody" : "";
        var socket = Path.Combine(Folder, "s");
        process = Process.Start(new ProcessStartInfo("bash", ["-c", $"""
            set -e; PATH=$PATH:/usr/sbin:/usr/local/sbin; cd {Folder}
            mkdir data; [ -z "{account}" ] || chown nobody . data server.key
            mariadb-install-db --no-defaults {account} --datadir={Folder}/data --skip-test-db --skip-name-resolve \
                --auth-root-authentication-method=socket --auth-root-socket-user={Environment.UserName}
            exec mariadbd --no-defaults {account} --datadir={Folder}/data --socket={socket} --pid-file={Folder}/pid --bind-address=127.0.0.1 --port={port} \
                --skip-name-resolve --skip-log-bin --ssl-cert={Folder}/server.crt --ssl-key={Folder}/server.key
            """]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        var root = new MySqlConnectionStringBuilder
        {
            Server = socket, ConnectionProtocol = MySqlConnectionProtocol.UnixSocket, UserID = Environment.UserName, SslMode = MySqlSslMode.None, Pooling = false,
            AllowUserVariables = true,
        };
        await Eventually.TrueAsync("MariaDB answers", async () =>
        {
            Assert.False(process.HasExited, process.HasExited ? await output + await errors : "");
            try
            {
                await using var connection = new MySqlConnection(root.ConnectionString);
                await connection.OpenAsync();
                await using var command = new MySqlCommand(
                    "CREATE OR REPLACE USER doc@'%' IDENTIFIED BY 'mật khẩu' REQUIRE SSL; GRANT SELECT ON mysql.* TO doc@'%'", connection);
                await command.ExecuteNonQueryAsync();
                return true;
            }
            catch (MySqlException e) when (e.SqlState is null)
            {
                return false;
            }
        });
    }

    protected override async Task StopAsync()
    {
        if (process is not null)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}

public sealed class PostgresTlsTests(PostgresTlsServer server) : TlsTests<PostgresTlsServer>(server);

public sealed class MariaTlsTests(MariaTlsServer server) : TlsTests<MariaTlsServer>(server);
