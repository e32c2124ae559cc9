using System.Diagnostics;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Files that are no whole database, and paths that never reach one: each has its code, and nothing is left behind.</summary>
public sealed class SqliteRefusalTests : IDisposable
{
    private const string Rows = """
        CREATE TABLE t (a TEXT); WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 2000)
        INSERT INTO t SELECT printf('%0100d', n) FROM i
        """;

    private readonly SqliteFolder folder = new();

    public void Dispose() => folder.Dispose();

    private async Task<string> CodeOf(string file)
    {
        var before = folder.Names.ToArray();
        var code = (await Refusal(() => ReadAll(folder.Adapter, folder.With(file), Contract(Table("t"), "a")))).Code;
        Assert.Equal(before, folder.Names);
        return code;
    }

    [Fact]
    public async Task Names_what_is_wrong_with_a_file_that_is_no_whole_database()
    {
        folder.Do(Rows);
        var whole = System.IO.File.ReadAllBytes(folder.PathOf(SqliteFolder.Name));
        Put("rong.db", []);
        Put("chu.db", "mã,tên\n1,Trà Vinh\n"u8.ToArray());
        var noise = new byte[8192];
        new Random(7).NextBytes(noise);
        Put("ma-hoa.db", noise);
        Put("cut.db", whole[..(whole.Length / 2)]);
        Put("cut-dau.db", whole[..50]);
        var torn = whole.ToArray();
        torn.AsSpan(4096 * 20, 4096).Clear();
        Put("hong.db", torn);
        Directory.CreateDirectory(folder.PathOf("thu-muc.db"));
        using (var made = Process.Start("mkfifo", [folder.PathOf("ong.db")]))
        {
            await made.WaitForExitAsync();
        }

        Assert.Equal("source_database_empty", await CodeOf("rong.db"));
        Assert.Equal("source_database_invalid", await CodeOf("chu.db"));
        Assert.Equal("source_database_invalid", await CodeOf("ma-hoa.db"));
        Assert.Equal("source_database_corrupt", await CodeOf("cut.db"));
        Assert.Equal("source_database_corrupt", await CodeOf("cut-dau.db"));
        Assert.Equal("source_database_corrupt", await CodeOf("hong.db"));
        Assert.Equal("source_file_unreadable", await CodeOf("thu-muc.db"));
        Assert.Equal("source_file_unreadable", await CodeOf("ong.db"));
        Assert.Equal("source_file_missing", await CodeOf("khong-co.db"));
    }

    [Theory]
    [InlineData("../ngoai.db", "source_settings_invalid")]
    [InlineData("/etc/passwd", "source_settings_invalid")]
    [InlineData("file:ngoai.db?mode=rwc", "source_file_missing")]
    [InlineData(":memory:", "source_file_missing")]
    [InlineData("lien-ket.db", "source_file_outside_folder")]
    [InlineData("thu-muc/ngoai.db", "source_file_outside_folder")]
    [InlineData("nhat-ky.db", "source_file_outside_folder")]
    public async Task Keeps_inside_the_folder(string file, string code)
    {
        using var outside = new SqliteFolder();
        outside.Do(Rows, "ngoai.db");
        System.IO.File.CreateSymbolicLink(folder.PathOf("lien-ket.db"), outside.PathOf("ngoai.db"));
        Directory.CreateSymbolicLink(folder.PathOf("thu-muc"), outside.Root);
        folder.Do(Rows, "nhat-ky.db");
        System.IO.File.CreateSymbolicLink(folder.PathOf("nhat-ky.db-wal"), outside.PathOf("ngoai.db"));

        Assert.Equal(code, await CodeOf(file));
    }

    [Fact]
    public async Task Reads_a_name_that_would_mean_something_in_a_uri()
    {
        folder.Do("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('1')", "a%41?mode=rwc&b=#1.db");

        Assert.Single((await ReadAll(folder.Adapter, folder.With("a%41?mode=rwc&b=#1.db"), Contract(Table("t"), "a"))).Rows);
        Assert.Single(folder.Names);
    }

    [Fact]
    public async Task Refuses_what_only_writing_could_recover()
    {
        using (var writer = folder.Open())
        {
            writer.Do(Rows + "; PRAGMA cache_size = 5; BEGIN; UPDATE t SET a = a || 'x'");
            Copy(SqliteFolder.Name, "do-dang.db", "", "-journal");
        }

        using (var writer = folder.Open("wal.db"))
        {
            writer.Do("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0;" + Rows);
            Copy("wal.db", "roi.db", "", "-wal");
        }

        Assert.Equal("source_recovery_needed", await CodeOf("do-dang.db"));
        Assert.Equal("source_recovery_needed", await CodeOf("roi.db"));
    }

    [Fact]
    public async Task Checks_settings_all_at_once()
    {
        var errors = folder.Adapter.Check(new("kho", "sqlite", new Dictionary<string, string>
        {
            ["file"] = "a/../../b.db", ["lockTimeout"] = "0", ["mode"] = "rw",
        }, null, null));

        Assert.Equal(["/settings/lockTimeout", "/settings/file", "/settings/mode"], errors.Select(e => e.Pointer));
        Assert.All(errors, e => Assert.NotEqual(e.Message.Vi, e.Message.En));
        await Task.CompletedTask;
    }

    private void Put(string name, byte[] bytes) => System.IO.File.WriteAllBytes(folder.PathOf(name), bytes);

    private void Copy(string from, string to, params string[] endings)
    {
        foreach (var ending in endings)
        {
            using var read = new FileStream(folder.PathOf(from + ending), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var write = System.IO.File.Create(folder.PathOf(to + ending));
            read.CopyTo(write);
        }
    }
}
