using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Csv;
using DataHub.Ingestion.Sources.Files;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Files of a real SFTP server: trusted by its key alone, and brought whole.</summary>
public sealed class SftpTests : IClassFixture<SshServer>
{
    private readonly SshServer ssh;
    private readonly ISourceAdapter adapter = Open(new FileSourceOptions());

    public SftpTests(SshServer ssh)
    {
        SshServer.SkipWhereMissing();
        this.ssh = ssh;
        Directory.CreateDirectory(ssh.PathOf("năm"));
        System.IO.File.WriteAllText(ssh.PathOf("năm/hồ-sơ-02.csv"), "a,b\n2,x\n");
        System.IO.File.WriteAllText(ssh.PathOf("năm/hồ-sơ-01.csv"), "a,b\n1,Trà Vinh\n");
        System.IO.File.WriteAllBytes(ssh.PathOf("gói.zip"), Packing.Zip(("x.csv", "a,b\n3,z\n")));
    }

    private static CsvSourceAdapter Open(FileSourceOptions limits, SourceNetworkPolicy? network = null) =>
        new(new FileStores(limits, network ?? new SourceNetworkPolicy()), TimeProvider.System);

    private Task<DataHub.Core.Errors.HubError> Refused(SourceSettings source, string file = "năm/hồ-sơ-01.csv") =>
        Refusal(() => ReadAll(adapter, source, Contract(SourceKit.File(file), "a", "b")));

    [Theory]
    [InlineData("năm/hồ-sơ-*.csv", 2)]
    [InlineData("n?m/hồ-sơ-02.csv", 1)]
    [InlineData("năm/hồ-sơ-01.csv", 1)]
    [InlineData("gói.zip", 1)]
    public async Task Reads_files_by_name_pattern_and_out_of_archives(string file, int records)
    {
        var (rows, broken, _) = await ReadAll(adapter, ssh.Settings(ssh.PrivateKey), Contract(SourceKit.File(file), "a", "b"));

        Assert.Equal(records, rows.Count);
        Assert.Empty(broken);
    }

    [Fact]
    public async Task Lists_and_tests_without_following_links()
    {
        System.IO.File.Delete(ssh.PathOf("link.csv"));
        System.IO.File.CreateSymbolicLink(ssh.PathOf("link.csv"), "/etc/passwd");

        var tables = await adapter.ListTablesAsync(ssh.Settings(ssh.PrivateKey), default);

        Assert.Equal(["gói.zip"], tables.Select(t => t.Name));
        Assert.NotEmpty((await adapter.TestAsync(ssh.Settings(ssh.PrivateKey), default)).Product);
    }

    [Fact]
    public async Task Shows_the_key_of_a_server_that_nobody_confirmed()
    {
        var error = await Refused(ssh.Settings(ssh.PrivateKey, ("hostKey", "")));

        Assert.Equal("source_host_key_unconfirmed", error.Code);
        Assert.Contains(ssh.HostKey, error.Detail("vi"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sends_no_credential_to_a_server_with_another_key()
    {
        var before = Requests();

        var error = await Refused(ssh.Settings("mật-khẩu", ("hostKey", "SHA256:" + new string('A', 43))));

        Assert.Equal("source_host_key_mismatch", error.Code);
        Assert.Equal(before, Requests());
        Assert.DoesNotContain("mật-khẩu", error.Detail("vi"), StringComparison.Ordinal);
        await Refused(ssh.Settings(ssh.OtherKey));
        Assert.True(Requests() > before);
    }

    [Fact]
    public async Task Refuses_a_wrong_password_a_wrong_key_and_no_key_at_all()
    {
        var broken = "-----BEGIN OPENSSH PRIVATE KEY-----\nkhông phải khóa\n-----END OPENSSH PRIVATE KEY-----\n";

        foreach (var secret in new[] { "sai", "", ssh.OtherKey, broken })
        {
            Assert.Equal("source_credentials_rejected", (await Refused(ssh.Settings(secret))).Code);
        }
    }

    [Theory]
    [InlineData("năm/không.csv", "source_file_missing")]
    [InlineData("năm/không-*.csv", "source_file_missing")]
    [InlineData("không/*.csv", "source_file_missing")]
    [InlineData("năm", "source_file_unreadable")]
    [InlineData("../client", "source_file_outside_folder")]
    [InlineData("**/x.csv", "source_file_pattern_invalid")]
    public async Task Refuses_what_is_not_there_or_leads_out(string file, string code)
    {
        Assert.Equal(code, (await Refused(ssh.Settings(ssh.PrivateKey), file)).Code);
    }

    [Fact]
    public async Task Refuses_a_server_that_is_not_there_or_not_allowed()
    {
        var nobody = ssh.Settings(ssh.PrivateKey, ("port", $"{SshServer.FreePort()}"));
        var forbidden = Open(new FileSourceOptions(), new SourceNetworkPolicy { AllowLocal = false });

        Assert.Equal("source_unreachable", (await Refused(nobody)).Code);
        Assert.Equal("source_address_denied", (await Refusal(
            () => forbidden.TestAsync(ssh.Settings(ssh.PrivateKey), default))).Code);
        Assert.Equal("source_address_denied", (await Refused(ssh.Settings("x", ("host", "169.254.169.254")))).Code);
    }

    [Fact]
    public async Task Refuses_a_file_beyond_the_limit()
    {
        var small = Open(new FileSourceOptions { MaxFetchedBytes = 4 });

        Assert.Equal("source_file_too_large", (await Refusal(() => ReadAll(
            small, ssh.Settings(ssh.PrivateKey), Contract(SourceKit.File("năm/hồ-sơ-01.csv"), "a", "b")))).Code);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(9, false)]
    public async Task Goes_on_where_a_connection_broke_and_gives_up_in_the_end(int cuts, bool comes)
    {
        System.IO.File.WriteAllText(ssh.PathOf("năm/lớn.csv"), "a,b\n" + string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},Ấp {i}\n")));
        await using var proxy = new CuttingProxy(ssh.Port, cuts, 1 << 20);
        var source = ssh.Settings(ssh.PrivateKey, ("port", $"{proxy.Port}"));

        if (comes)
        {
            var (rows, _, _) = await ReadAll(adapter, source, Contract(SourceKit.File("năm/lớn.csv"), "a", "b"));
            Assert.Equal(Enumerable.Range(0, 200_000).Select(i => $"{i}:Ấp {i}"), rows.Select(r => $"{r[0]}:{r[1]}"));
            Assert.Equal(cuts + 1, proxy.Connections);
        }
        else
        {
            Assert.True((await Refused(source, "năm/lớn.csv")).IsTransient);
        }
    }

    [Fact]
    public void Checks_settings_all_at_once()
    {
        var problems = adapter.Check(ssh.Settings("", ("host", ""), ("port", "0"), ("hostKey", "md5:aa"), ("folder", "/x/../y")));

        Assert.Equal(["/settings/folder", "/settings/host", "/settings/hostKey", "/settings/port"],
            problems.Select(p => p.Pointer!).Order(StringComparer.Ordinal));
        Assert.Equal("/settings/transport", Assert.Single(
            adapter.Check(new SourceSettings("s", "csv", new Dictionary<string, string> { ["folder"] = ".", ["transport"] = "ftp" }, null, null))).Pointer);
        Assert.Equal("/settings/hostKey", Assert.Single(adapter.Check(
            new SourceSettings("s", "csv", new Dictionary<string, string> { ["folder"] = ".", ["hostKey"] = ssh.HostKey }, null, null))).Pointer);
    }

    private int Requests() => ssh.Log.Split("userauth-request").Length;
}
