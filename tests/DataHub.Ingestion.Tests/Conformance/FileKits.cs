using System.IO.Compression;
using System.Text;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Csv;
using DataHub.Ingestion.Sources.Excel;
using DataHub.Ingestion.Sources.Files;
using DataHub.Ingestion.Tests.Sources;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>A table as CSV in UTF-8: a text in quotes, nothing for null.</summary>
internal static class KitCsv
{
    public static void Write(Stream target, KitTable table)
    {
        using var writer = new StreamWriter(target, new UTF8Encoding(false), leaveOpen: true);
        writer.Write(string.Join(',', table.Columns.Select(c => c.Name)) + "\n");
        foreach (var row in table.Rows)
        {
            writer.Write(string.Join(',', row.Select(c => c is null ? "" : $"\"{c.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "\n");
        }
    }

    /// <summary>Records 1 to 3, the second in Windows-1252.</summary>
    public static byte[] BadText => [.. "ma,ten\n1,a\n2,Tr"u8, 0xE0, .. " Vinh\n3,c\n"u8];
}

/// <summary>Files in a folder of the hub's machine; kinds differ in how they are written.</summary>
public abstract class FolderKit : ConformanceKit, IFileKit
{
    private readonly CsvFolder folder = new();

    /// <summary>A file of an account that the hub's may read.</summary>
    protected FolderKit()
    {
        OtherAccount.Show(folder.Root);
        OtherAccount.Show(folder.PathOf("."));
    }

    public override SourceSettings Source => folder.Settings;

    public override FileSourceOptions Files => new() { Root = folder.Root, MaxFieldBytes = 8 << 20 };

    public override ISourceAdapter Adapter => new CsvSourceAdapter(new FileStores(Files, new SourceNetworkPolicy()), TimeProvider.System);

    public override HugeValues Huge => new(4 << 20, 9 << 20, "csv_field_too_large");

    public abstract string CutCode { get; }

    public abstract bool CutRefuses { get; }

    protected abstract string Extension { get; }

    public override string Target(string name) => $"hub.file={name}{Extension}";

    public string PathOf(string name) => folder.PathOf(name + Extension);

    public override Task PutAsync(string name, KitTable table)
    {
        using var file = File.Create(PathOf(name));
        Write(file, table);
        return Task.CompletedTask;
    }

    public override Task<IAsyncDisposable> TakePermissionAsync(string name) => OtherAccount.TakeFileAsync(PathOf(name));

    public override Task<T> AsHub<T>(Func<Task<T>> call) => OtherAccount.RunAsync(call);

    protected abstract void Write(Stream file, KitTable table);

    protected override ValueTask DisposeSourceAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>CSV, packed or not.</summary>
public abstract class CsvFileKit : FolderKit, IHoldsBadText
{
    public string BadTextCode => "csv_encoding";

    public bool BadTextEndsThePull => false;

    public async Task<SourceSettings> PutBadTextAsync(string name)
    {
        await using var file = File.Create(PathOf(name));
        await PackAsync(file, s => s.Write(KitCsv.BadText));
        return Source;
    }

    protected override void Write(Stream file, KitTable table) => PackAsync(file, s => KitCsv.Write(s, table)).GetAwaiter().GetResult();

    /// <summary>Lets <paramref name="write"/> write what is packed into the file.</summary>
    protected abstract Task PackAsync(Stream file, Action<Stream> write);
}

/// <summary>A CSV file as it is. That one was cut off shows in its last record, or not at all where the cut falls between two.</summary>
public sealed class CsvKit : CsvFileKit
{
    public override string CutCode => "csv_quote";

    public override bool CutRefuses => false;

    protected override string Extension => ".csv";

    protected override Task PackAsync(Stream file, Action<Stream> write)
    {
        write(file);
        return Task.CompletedTask;
    }
}

/// <summary>CSV in a gzip.</summary>
public sealed class GzipKit : CsvFileKit
{
    public override string CutCode => "source_archive_damaged";

    public override bool CutRefuses => true;

    protected override string Extension => ".csv.gz";

    protected override Task PackAsync(Stream file, Action<Stream> write)
    {
        using var packed = new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
        write(packed);
        return Task.CompletedTask;
    }
}

/// <summary>CSV in a zip.</summary>
public sealed class ZipKit : CsvFileKit
{
    public override string CutCode => "source_archive_damaged";

    public override bool CutRefuses => true;

    protected override string Extension => ".zip";

    protected override Task PackAsync(Stream file, Action<Stream> write)
    {
        using var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        using var entry = archive.CreateEntry("so/bang.csv", CompressionLevel.Fastest).Open();
        write(entry);
        return Task.CompletedTask;
    }
}

/// <summary>An Excel workbook: numbers and dates are Excel's own as far as it can hold them without loss, and texts beyond.</summary>
public sealed class ExcelKit : FolderKit, IHoldsBadText
{
    private const long ExactInDouble = 1L << 53;

    public override SourceSettings Source => base.Source with { Kind = "excel" };

    public override ISourceAdapter Adapter => new ExcelSourceAdapter(new FileStores(Files, new SourceNetworkPolicy()), TimeProvider.System);

    public override HugeValues Huge => new(4 << 20, 9 << 20, "excel_cell_too_large");

    /// <summary>A cell with an empty text is an empty cell (decision 0049).</summary>
    public override string? EmptyText => null;

    /// <summary>A workbook's moments have no zone.</summary>
    public override string? Properties(KitColumn column) => MariaKit.InUtc(column);

    public override string CutCode => "source_archive_damaged";

    public override bool CutRefuses => true;

    /// <summary>XML with a byte that is no UTF-8 is no XML: nothing of the workbook can be trusted.</summary>
    public string BadTextCode => "source_workbook_damaged";

    public bool BadTextEndsThePull => true;

    protected override string Extension => ".xlsx";

    public async Task<SourceSettings> PutBadTextAsync(string name)
    {
        var book = ExcelBook.Of(string.Concat(new[] { "ma ten", "1 a", "2 Trà", "3 c" }.Select(r => ExcelBook.Row([.. r.Split(' ').Select(ExcelBook.Text)]))));
        using var whole = new ZipArchive(new MemoryStream(book));
        var parts = whole.Entries.Select(e =>
        {
            using var content = new MemoryStream();
            using var entry = e.Open();
            entry.CopyTo(content);
            var bytes = content.ToArray();
            var at = bytes.AsSpan().IndexOf("à"u8);
            return (e.FullName, at < 0 ? bytes : [.. bytes[..at], 0xE0, .. bytes[(at + 2)..]]);
        }).ToArray();
        await File.WriteAllBytesAsync(PathOf(name), Packing.Zip(CompressionLevel.Fastest, parts));
        return Source;
    }

    protected override void Write(Stream file, KitTable table) => ExcelBook.Write(
        file, [ExcelBook.Row([.. table.Columns.Select(c => ExcelBook.Text(c.Name))]), .. table.Rows.Select(r => Row(table, r))]);

    private static string Row(KitTable table, string?[] row) => ExcelBook.Row([.. row.Select((c, i) => c is null ? "<c/>" : Cell(table.Columns[i], c))]);

    private static string Cell(KitColumn column, string cell) => column.Kind switch
    {
        "int32" or "float64" => ExcelBook.Number(cell),
        "int64" when long.Parse(cell, null) is >= -ExactInDouble and <= ExactInDouble => ExcelBook.Number(cell),
        "boolean" => $"<c t=\"b\"><v>{(cell == "true" ? 1 : 0)}</v></c>",
        "date" => ExcelBook.Number($"{(DateOnly.Parse(cell, null).DayNumber - new DateOnly(1899, 12, 30).DayNumber)}", 1),
        _ => ExcelBook.Text(Escaped(cell)),
    };

    /// <summary>XML takes a carriage return for a line's end unless it is written as what it is; _x000D_ is Excel's own word for one.</summary>
    private static string Escaped(string text) => System.Security.SecurityElement.Escape(text)!
        .Replace("\r", "&#13;", StringComparison.Ordinal).Replace("_x", "_x005F_x", StringComparison.Ordinal);
}

/// <summary>CSV over SFTP, from a real OpenSSH server. The hub fetches a file whole before it reads: no reader holds the server up.</summary>
public sealed class SftpKit : ConformanceKit, IHoldsBadText, IConnectedKit, IFileKit
{
    private readonly SshServer ssh = new();

    public override ISourceAdapter Adapter => new CsvSourceAdapter(new FileStores(Files, new SourceNetworkPolicy()), TimeProvider.System);

    public override SourceSettings Source => ssh.Settings(ssh.PrivateKey);

    public override FileSourceOptions Files => new() { Root = ssh.Root, MaxFieldBytes = 8 << 20 };

    public override string? Missing => SshServer.Missing;

    public override HugeValues Huge => new(4 << 20, 9 << 20, "csv_field_too_large");

    /// <summary>What the server takes back is the key.</summary>
    public override string DeniedCode => "source_credentials_rejected";

    public string BadTextCode => "csv_encoding";

    public bool BadTextEndsThePull => false;

    public string CutCode => "csv_quote";

    public bool CutRefuses => false;

    public System.Net.EndPoint Server => new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, ssh.Port);

    public SourceSettings Through(int port) => ssh.Settings(ssh.PrivateKey, ("port", $"{port}"));

    public override string Target(string name) => $"hub.file={name}.csv";

    public string PathOf(string name) => ssh.PathOf(name + ".csv");

    public override ValueTask InitializeAsync() => ssh.InitializeAsync();

    public override Task PutAsync(string name, KitTable table)
    {
        using var file = File.Create(PathOf(name));
        KitCsv.Write(file, table);
        return Task.CompletedTask;
    }

    public async Task<SourceSettings> PutBadTextAsync(string name)
    {
        await File.WriteAllBytesAsync(PathOf(name), KitCsv.BadText);
        return Source;
    }

    public override Task<IAsyncDisposable> TakePermissionAsync(string name)
    {
        var keys = Path.Combine(ssh.Root, "authorized");
        File.Move(keys, keys + ".away");
        return Task.FromResult<IAsyncDisposable>(new Undo(() =>
        {
            File.Move(keys + ".away", keys);
            return Task.CompletedTask;
        }));
    }

    protected override ValueTask DisposeSourceAsync() => ssh.DisposeAsync();
}
