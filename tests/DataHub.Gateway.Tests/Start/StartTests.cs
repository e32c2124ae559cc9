using System.Net;
using System.Text.RegularExpressions;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Gateway.Tests.Start;

/// <summary>How the hub starts, and how it says that it cannot.</summary>
public sealed partial class StartTests
{
    [Fact]
    public async Task Says_all_that_is_wrong_with_its_settings()
    {
        await using var server = new ServerProcess(("DATAHUB_ROLES", "gateway,cook"), ("DATAHUB_ADMIN_CLIENT_SECRET", "short"),
            ("DATAHUB_PUBLIC_URL", "ftp://x"), ("DATAHUB_DATABASE_WAIT", "long"));

        Assert.Equal(78, await server.EndAsync());
        foreach (var name in new[] { "DATAHUB_DATABASE ", "DATAHUB_ROLES", "DATAHUB_ADMIN_CLIENT_SECRET", "DATAHUB_PUBLIC_URL", "DATAHUB_DATABASE_WAIT" })
        {
            Assert.Contains(name, server.Output, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_database_that_would_garble_Vietnamese()
    {
        await using var home = new TemporaryFolder();
        await using var database = await TestDatabase.CreateEmptyAsync("SQL_ASCII");
        await using var server = new ServerProcess(("DATAHUB_DATABASE", database.ConnectionString), ("DATAHUB_HOME", home.Path));

        Assert.Equal(78, await server.EndAsync());
        Assert.Contains("SQL_ASCII", server.Output, StringComparison.Ordinal);
        Assert.Contains("UTF8", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_a_database_that_cannot_lower_letters_by_Unicode()
    {
        await using var home = new TemporaryFolder();
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("DELETE FROM pg_collation WHERE collname = 'und-x-icu'");
        await using var server = new ServerProcess(("DATAHUB_DATABASE", database.ConnectionString), ("DATAHUB_HOME", home.Path));

        Assert.Equal(78, await server.EndAsync());
        Assert.Contains("ICU", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waits_for_a_database_and_gives_up_plainly()
    {
        await using var home = new TemporaryFolder();
        await using var server = new ServerProcess(
            ("DATAHUB_DATABASE", "Host=127.0.0.1;Port=1;Username=hub;Password=not-to-be-shown"), ("DATAHUB_HOME", home.Path),
            ("DATAHUB_DATABASE_WAIT", "4"));

        Assert.Equal(78, await server.EndAsync());
        Assert.Single(Waiting().Matches(server.Output));
        Assert.Contains("DATAHUB_DATABASE", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("not-to-be-shown", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_wait_where_waiting_cannot_help()
    {
        await using var home = new TemporaryFolder();
        var missing = new NpgsqlConnectionStringBuilder(TestDatabase.Server) { Database = "t_never_made" };
        await using var server = new ServerProcess(("DATAHUB_DATABASE", missing.ConnectionString), ("DATAHUB_HOME", home.Path));

        Assert.Equal(78, await server.EndAsync());
        Assert.Contains("3D000", server.Output, StringComparison.Ordinal);
        Assert.Empty(Waiting().Matches(server.Output));
    }

    [Fact]
    public async Task Two_nodes_starting_at_once_agree_on_keys_and_print_one_administrator()
    {
        await using var home = new TemporaryFolder();
        await using var database = await TestDatabase.CreateEmptyAsync();
        var (a, b) = (Start(database, home), Start(database, home));
        await using var first = a;
        await using var second = b;
        var (here, there) = (await AddressAsync(first), await AddressAsync(second));

        var printed = Secrets().Matches(first.Output + "\n" + second.Output);
        var match = Assert.Single(printed);
        var (id, secret) = (match.Groups[1].Value, match.Groups[2].Value);
        using var http = new HttpClient();
        foreach (var (issuing, reading) in new[] { (here, there), (there, here) })
        {
            using var asked = await http.PostAsync(issuing + "/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials", ["client_id"] = id, ["client_secret"] = secret,
            }));
            var token = (await asked.JsonAsync()).GetProperty("access_token").GetString();
            using var request = new HttpRequestMessage(HttpMethod.Get, reading + "/api/v1/me");
            request.Headers.Authorization = new("Bearer", token);
            using var answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // A third start finds the administrator and prints nothing.
        await using var third = Start(database, home);
        await AddressAsync(third);
        Assert.DoesNotContain("client_secret", third.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Takes_a_new_administrator_secret_from_the_environment()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var hub = await HubServer.StartAsync(database: database);
        await using var second = await hub.StartSecondAsync(new HubServerOptions
        {
            Settings = new Dictionary<string, string> { ["DATAHUB_ADMIN_CLIENT_SECRET"] = "another-secret-of-tests" },
        });

        using var old = await hub.AskForTokenAsync(HubServer.AdminId, HubServer.AdminSecret);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        using var newer = await hub.AskForTokenAsync(HubServer.AdminId, "another-secret-of-tests");
        Assert.Equal(HttpStatusCode.OK, newer.StatusCode);
    }

    private static ServerProcess Start(TestDatabase database, TemporaryFolder home) => new(
        ("DATAHUB_DATABASE", database.ConnectionString), ("DATAHUB_HOME", home.Path), ("DATAHUB_PUBLIC_URL", "http://hub.test"),
        ("Logging__LogLevel__Microsoft.Hosting.Lifetime", "Information"));

    private static async Task<string> AddressAsync(ServerProcess server)
    {
        Match? match = null;
        await Eventually.TrueAsync("the hub listens", () =>
        {
            Assert.False(server.HasEnded, server.Output);
            match = Listening().Match(server.Output);
            return Task.FromResult(match.Success);
        });
        return match!.Groups[1].Value;
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"client_id: (\S+)\n  client_secret: (\S+)")]
    private static partial Regex Secrets();

    [GeneratedRegex("Waiting for PostgreSQL")]
    private static partial Regex Waiting();

    private sealed class TemporaryFolder : IAsyncDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("hub-home-").FullName;

        public ValueTask DisposeAsync()
        {
            Directory.Delete(Path, recursive: true);
            return ValueTask.CompletedTask;
        }
    }
}
