using System.Diagnostics;
using System.Text.RegularExpressions;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Gateway.Tests.Documents;

/// <summary>What the README shows is run as it stands.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task Calls_of_the_readme_publish_a_table_and_read_it()
    {
        await using var hub = await HubServer.StartAsync(new HubServerOptions { OnPort = true });
        await using var sector = await TestDatabase.CreateEmptyAsync();
        var role = "reader_" + Guid.NewGuid().ToString("N");
        await sector.ExecuteAsync($"""
            CREATE TABLE don_vi (ma text PRIMARY KEY, ten text NOT NULL, cap varchar(20) NOT NULL, dien_tich numeric(10,2), hieu_luc date NOT NULL);
            INSERT INTO don_vi VALUES ('084', 'Trà Vinh', 'Tỉnh', 2390.80, '1992-05-05'), ('083', 'Bến Tre', 'Tỉnh', 2394.60, '1992-05-05');
            CREATE ROLE {role} LOGIN PASSWORD 'only-for-this-test';
            GRANT SELECT ON don_vi TO {role};
            """);
        var folder = Directory.CreateTempSubdirectory("readme-").FullName;
        try
        {
            var output = await RunAsync(folder, Calls(), hub, sector, role);

            Assert.Contains("\"hasPassword\":true", output, StringComparison.Ordinal);
            Assert.Contains("\"state\":\"published\"", output, StringComparison.Ordinal);
            Assert.Contains("""{"value":[{"ma":"083","ten":"Bến Tre","cap":"Tỉnh","dien_tich":2394.60,"hieu_luc":"1992-05-05"}],"next":"http""",
                output, StringComparison.Ordinal);
            Assert.Contains("ma,ten\r\n084,Trà Vinh\r\n", output, StringComparison.Ordinal);
            Assert.Contains("""{"_end":{"records":2,""", output, StringComparison.Ordinal);
            Assert.Contains("\"dataset\":\"don-vi\",\"title\"", output, StringComparison.Ordinal);
            Assert.Equal(
                "ma,ten,cap,dien_tich,hieu_luc\r\n083,Bến Tre,Tỉnh,2394.60,1992-05-05\r\n084,Trà Vinh,Tỉnh,2390.80,1992-05-05\r\n",
                await File.ReadAllTextAsync(Path.Combine(folder, "don-vi.csv")));
            Assert.StartsWith("{", await File.ReadAllTextAsync(Path.Combine(folder, "don-vi.json")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            await sector.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public void Every_file_that_the_documents_link_to_exists()
    {
        string[] pages = ["README.md", .. Directory.GetFiles(Repository.Path("docs"), "*.md", SearchOption.AllDirectories)];
        var broken = pages.SelectMany(page => Link().Matches(File.ReadAllText(Repository.Path(page)))
            .Select(m => m.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(Path.GetDirectoryName(Repository.Path(page))!, target)))
            .Select(target => $"{page}: {target}"));
        Assert.Empty(broken);
    }

    private static string Calls() => Fence().Match(File.ReadAllText(Repository.Path("README.md"))).Groups[1].Value;

    private static async Task<string> RunAsync(string folder, string script, HubServer hub, TestDatabase sector, string role)
    {
        var database = new NpgsqlConnectionStringBuilder(sector.ConnectionString);
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", script])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        (string, string)[] variables =
        [
            ("HUB", hub.Address.ToString().TrimEnd('/')), ("ADMIN", HubServer.AdminId), ("SECRET", HubServer.AdminSecret),
            ("DBHOST", database.Host!), ("DBPORT", $"{database.Port}"), ("DBNAME", sector.Name), ("DBUSER", role), ("DBPASSWORD", "only-for-this-test"),
        ];
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        Assert.True(process.ExitCode == 0, await output + await errors);
        return await output;
    }

    [GeneratedRegex("```sh six-calls\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
