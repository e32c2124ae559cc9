using System.Net;
using System.Net.Sockets;
using System.Text;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Gateway.Tests.BadInput;

/// <summary>Sources that refuse, hang, vanish or change: each has its own code and words, and nothing is published.</summary>
public sealed class BrokenSourceTests(SectorHub hub) : IClassFixture<SectorHub>
{
    [Fact]
    public async Task Wrong_password_is_said_at_the_test_and_by_the_run()
    {
        var role = hub.Sector.Name + "_r";
        await hub.Sector.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'right'; CREATE TABLE secured (id int PRIMARY KEY)");
        try
        {
            var server = new NpgsqlConnectionStringBuilder(TestDatabase.Server);
            var settings = new { host = server.Host, port = $"{server.Port}", database = hub.Sector.Name };
            await hub.Admin.AddSourceAsync(new { id = "locked-out", kind = "postgres", settings, username = role, password = "s3cret-wrong" });
            await Refusal.OfPostAsync(hub.Admin, "sources/locked-out/test", new { }, HttpStatusCode.UnprocessableEntity, "source_credentials_rejected");
            await RefusedRunAsync("secured-people", "locked-out", "table=public.secured", "source_credentials_rejected", "id int32 key");
        }
        finally
        {
            await hub.Sector.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_source_that_accepts_and_never_answers_is_a_timeout()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = $"{((IPEndPoint)listener.LocalEndpoint).Port}";
        await hub.Admin.AddSourceAsync(new
        {
            id = "silent", kind = "postgres", settings = new { host = "127.0.0.1", port, database = "x", connectTimeout = "1", silenceTimeout = "1" },
        });

        var refusal = await Refusal.OfPostAsync(hub.Admin, "sources/silent/test", new { }, HttpStatusCode.GatewayTimeout, "source_timeout");
        Assert.DoesNotContain("127.0.0.1", refusal.En.GetRawText(), StringComparison.Ordinal);
        await RefusedRunAsync("silent-people", "silent", "table=public.people", "source_timeout", "id int32 key");
    }

    [Fact]
    public async Task Nobody_listening_is_unreachable()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        await hub.Admin.AddSourceAsync(new
        {
            id = "gone", kind = "postgres", settings = new { host = "127.0.0.1", port = $"{port}", database = "x" },
        });
        await Refusal.OfPostAsync(hub.Admin, "sources/gone/test", new { }, HttpStatusCode.BadGateway, "source_unreachable");
    }

    [Fact]
    public async Task A_table_that_vanished_keeps_the_version_before()
    {
        await hub.Sector.ExecuteAsync("CREATE TABLE vanishing (id int PRIMARY KEY); INSERT INTO vanishing VALUES (1), (2)");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml("vanishing", "sector", "table=public.vanishing", "open", "id int32 key"));
        Assert.Equal("published", (await hub.Admin.PullAsync("vanishing")).State());
        await hub.Sector.ExecuteAsync("ALTER TABLE vanishing RENAME TO vanishing2");

        var refusal = await Refusal.OfRunAsync(hub.Admin, await hub.Admin.StartAsync("vanishing"), "source_table_missing");

        Assert.Contains("vanishing2", refusal.Detail, StringComparison.Ordinal);
        Assert.Equal(["{\"id\":1}", "{\"id\":2}"], await hub.Admin.WalkAsync("vanishing", "latest"));
    }

    [Fact]
    public async Task A_column_that_changed_its_type_holds_the_run_unless_every_value_fits()
    {
        await hub.Sector.ExecuteAsync("""
            CREATE TABLE typed (id int PRIMARY KEY, code text, seen timestamptz); INSERT INTO typed VALUES (1, '007', '2026-01-01T00:00:00Z')
            """);
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml(
            "typed", "sector", "table=public.typed", "open", "id int32 key", "code text", "seen timestamp"));
        Assert.Equal("published", (await hub.Admin.PullAsync("typed")).State());

        await hub.Sector.ExecuteAsync("ALTER TABLE typed ALTER code TYPE int USING code::int, ALTER seen TYPE timestamp");
        var held = await hub.Admin.PullAsync("typed");
        Assert.Equal("held", held.State());
        Assert.Equal(["source_type_changed", "type_changed", "time_zone_missing"],
            held.GetProperty("holds").EnumerateArray().Select(e => e.GetProperty("code").GetString()));

        // Numbers in a text column still are numbers; the identifier that lost its zeros was not.
        await hub.Sector.ExecuteAsync("""
            ALTER TABLE typed ALTER code TYPE text USING '00' || code, ALTER seen TYPE timestamptz; ALTER TABLE typed ALTER id TYPE text
            """);
        Assert.Equal("unchanged", (await hub.Admin.PullAsync("typed")).State());
    }

    [Fact]
    public async Task A_number_too_large_and_a_duplicate_key_go_to_quarantine()
    {
        await hub.Sector.ExecuteAsync("""
            CREATE TABLE numbers (id text, amount numeric);
            INSERT INTO numbers SELECT i::text, i FROM generate_series(1, 400) i;
            INSERT INTO numbers VALUES ('99999999999', 1), ('401', 123456789), ('7', 70)
            """);
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml(
            "numbers", "sector", "table=public.numbers", "open", "id int32 key", "amount decimal(6,2)"));
        var run = await hub.Admin.PullAsync("numbers");

        Assert.True(run.State() == "published", run.GetRawText());
        Assert.Equal((403, 399, 4), (run.GetProperty("read").GetInt64(), run.GetProperty("new").GetInt64(), run.GetProperty("rejected").GetInt64()));
        var list = await HubCalls.ReadAsync(
            await hub.Admin.GetAsync($"{HubCalls.Api}runs/{run.GetProperty("id").GetInt64()}/quarantine"), HttpStatusCode.OK);
        Refusal.Scan(list.GetRawText());
        var codes = list.GetProperty("value").EnumerateArray()
            .SelectMany(q => q.GetProperty("violations").EnumerateArray()).Select(v => v.GetProperty("code").GetString()!).Order().ToList();
        Assert.Contains("duplicate_key", codes);
        Assert.Equal(4, list.GetProperty("value").EnumerateArray().Sum(q => q.GetProperty("occurrences").GetInt32()));
        Assert.DoesNotContain("{\"id\":7,", await hub.Admin.WalkAsync("numbers", "latest"));
    }

    [Theory]
    [InlineData("../outside.csv", "source_file_outside_folder")]
    [InlineData("/etc/passwd", "source_file_outside_folder")]
    [InlineData("link.csv", "source_file_outside_folder")]
    [InlineData("absent.csv", "source_file_missing")]
    [InlineData("utf16.csv", "source_encoding_mismatch")]
    [InlineData("columns.csv", "source_column_missing")]
    [InlineData("empty.csv", "source_header_missing")]
    public async Task A_file_that_cannot_be_taken_says_why(string file, string code)
    {
        await PrepareFilesAsync();
        var dataset = "file-" + file.Replace('.', '-').Replace('/', '-').Trim('-');
        using var answer = await hub.Admin.PostAsync(HubCalls.Api + "datasets", HubCalls.Yaml(
            TestContracts.Yaml(dataset, "files", "file=" + file, "open", "id int32 key", "name text")));
        if (answer.StatusCode == HttpStatusCode.BadRequest)
        {
            // What the path's text alone tells is refused with the contract.
            Assert.Equal("source_file_outside_folder", code);
            Refusal.Scan(await answer.Content.ReadAsStringAsync());
            return;
        }

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var refusal = await Refusal.OfRunAsync(hub.Admin, await hub.Admin.StartAsync(dataset), code);
        Assert.DoesNotContain(hub.Server.Files, refusal.En.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_of_20_megabytes_breaks_its_record_alone()
    {
        await PrepareFilesAsync();
        await using (var file = File.CreateText(Path.Combine(hub.Server.Files, "large.csv")))
        {
            await file.WriteAsync("id,name\n");
            for (var i = 1; i <= 300; i++)
            {
                await file.WriteAsync($"{i},{(i == 150 ? new string('x', 20 << 20) : "n")}\n");
            }
        }

        await hub.Admin.AddDatasetAsync(TestContracts.Yaml("large-field", "files", "file=large.csv", "open", "id int32 key", "name text"));
        var run = await hub.Admin.PullAsync("large-field");

        Assert.True(run.State() == "published", run.GetRawText());
        Assert.Equal((299, 1), (run.GetProperty("new").GetInt64(), run.GetProperty("rejected").GetInt64()));
        var list = await hub.Admin.GetStringAsync($"{HubCalls.Api}runs/{run.GetProperty("id").GetInt64()}/quarantine");
        Assert.Contains("csv_field_too_large", list, StringComparison.Ordinal);
        Assert.InRange(list.Length, 1, 100_000);
    }

    private async Task PrepareFilesAsync()
    {
        var folder = hub.Server.Files;
        var outside = Path.Combine(hub.Server.Home, "outside.csv");
        await File.WriteAllTextAsync(outside, "id,name\n1,secret\n");
        if (!File.Exists(Path.Combine(folder, "link.csv")))
        {
            File.CreateSymbolicLink(Path.Combine(folder, "link.csv"), outside);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "utf16.csv"), "id,name\n1,Ðà\n", Encoding.Unicode);
        await File.WriteAllTextAsync(Path.Combine(folder, "columns.csv"), "id,nmae\n1,a\n");
        await File.WriteAllTextAsync(Path.Combine(folder, "empty.csv"), "");
        using var known = await hub.Admin.GetAsync(HubCalls.Api + "sources/files");
        if (!known.IsSuccessStatusCode)
        {
            await hub.Admin.AddSourceAsync(new { id = "files", kind = "csv", settings = new { folder = "." } });
        }
    }

    private async Task RefusedRunAsync(string dataset, string source, string target, string code, params string[] columns)
    {
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml(dataset, source, target, "open", columns));
        await Refusal.OfRunAsync(hub.Admin, await hub.Admin.StartAsync(dataset), code);
        await Refusal.OfGetAsync(hub.Admin, $"datasets/{dataset}/versions/latest", HttpStatusCode.NotFound, "version_not_found");
    }
}
