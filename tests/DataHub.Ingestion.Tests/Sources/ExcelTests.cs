using System.IO.Compression;
using System.Text;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Excel;
using DataHub.Ingestion.Sources.Files;
using DataHub.TestKit;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.ExcelBook;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A workbook's cells come out as what they are; what is no intact workbook is refused.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class ExcelTests : IDisposable
{
    private readonly CsvFolder folder = new();

    public void Dispose() => folder.Dispose();

    private ISourceAdapter Adapter(FileSourceOptions? limits = null) => new ExcelSourceAdapter(
        new FileStores((limits ?? new FileSourceOptions()) with { Root = folder.Root }, new SourceNetworkPolicy()), TimeProvider.System);

    private SourceSettings With(params (string Name, string Value)[] changes) => folder.With(changes) with { Kind = "excel" };

    private async Task<(List<string[]> Rows, List<long> Positions)> Read(
        byte[] book, string columns, params (string Name, string Value)[] settings)
    {
        folder.Put("t.xlsx", book);
        var contract = SqliteFolder.Typed(File("t.xlsx"), columns.Split(';'));
        var (rows, broken, positions) = await ReadAll(Adapter(), With(settings), contract);
        Assert.Empty(broken);
        return (rows, positions);
    }

    private async Task<string> Refused(byte[] book, FileSourceOptions? limits = null, params (string Name, string Value)[] settings)
    {
        folder.Put("t.xlsx", book);
        return (await Refusal(() => ReadAll(Adapter(limits), With(settings), Contract(File("t.xlsx"), "a")))).Code;
    }

    [Fact]
    public async Task Says_that_a_workbook_is_under_a_password()
    {
        var book = LockedBook.Of(Of(OneColumn(Text("mật"))), "Trà Vinh");
        using (var opened = ExcelDataReader.ExcelReaderFactory.CreateReader(
            new MemoryStream(book), new ExcelDataReader.ExcelReaderConfiguration { Password = "Trà Vinh" }))
        {
            // A real one: with its password it can be read.
            Assert.True(opened.Read() && opened.Read());
            Assert.Equal("mật", opened.GetString(0));
        }

        folder.Put("t.xlsx", book);
        var error = await Refusal(() => ReadAll(Adapter(), With(), Contract(File("t.xlsx"), "a")));

        Assert.Equal(("source_workbook_locked", false), (error.Code, error.IsTransient));
        Assert.Contains("mật khẩu", error.Detail("vi"), StringComparison.Ordinal);
        Assert.Contains("password", error.Detail("en"), StringComparison.Ordinal);
        Assert.Equal("source_file_too_large", await Refused(book, new FileSourceOptions { MaxSharedTextBytes = 1024 }));
    }

    private static string OneColumn(params string[] cells) => Row(Text("a")) + string.Concat(cells.Select(c => Row(c)));

    [Theory]
    [InlineData("text", "000123", "000123")]
    [InlineData("text", " Trà Vinh 🏠 ", " Trà Vinh 🏠 ")]
    [InlineData("int64", "42", "Text:42")]
    [InlineData("date", "31/12/2025", "Text:31/12/2025")]
    public async Task Keeps_text_as_text(string type, string text, string expected) =>
        Assert.Equal(expected, (await Read(Of(OneColumn(Text(text))), $"a {type}")).Rows[0][0]);

    [Theory]
    [InlineData("int64", "42", "42")]
    [InlineData("int64", "-9007199254740992", "-9007199254740992")]
    [InlineData("int64", "9007199254740994", "?9007199254740994")]
    [InlineData("int64", "1E+20", "?1E+20")]
    [InlineData("int64", "1.5", "Float64:1.5")]
    [InlineData("decimal(18,2)", "1234567.89", "1234567.89")]
    [InlineData("decimal(18,2)", "0.1", "0.1")]
    [InlineData("float64", "1E-7", "1E-07")]
    [InlineData("text", "123", "Float64:123")]
    [InlineData("date", "45000", "Float64:45000")]
    public async Task Takes_a_number_for_a_number_and_never_for_text(string type, string number, string expected) =>
        Assert.Equal(expected, (await Read(Of(OneColumn(Number(number))), $"a {type}")).Rows[0][0]);

    [Fact]
    public async Task Takes_a_number_that_shows_leading_zeros_for_no_code() =>
        Assert.Equal("Float64:123", (await Read(Of(OneColumn(Number("123", 4))), "a text")).Rows[0][0]);

    [Theory]
    [InlineData(false, "45000", 1, "date", "2023-03-15")]
    [InlineData(true, "43538", 1, "date", "2023-03-15")]
    [InlineData(false, "45000.75", 2, "timestamp", "2023-03-15T18:00:00")]
    [InlineData(false, "61", 1, "date", "1900-03-01")]
    public async Task Reads_dates_by_their_format_from_1900_and_1904(bool from1904, string number, int style, string type, string expected)
    {
        var shown = (await Read(Of(OneColumn(Number(number, style)), from1904: from1904), $"a {type}")).Rows[0][0];
        var value = long.Parse(shown, null);
        var moment = type == "date" ? DateTime.UnixEpoch.AddDays(value) : DateTime.UnixEpoch.AddMicroseconds(value);

        Assert.Equal(expected, moment.ToString(type == "date" ? "yyyy-MM-dd" : "s", null));
    }

    [Fact]
    public async Task Takes_a_date_with_a_time_for_no_date() =>
        Assert.StartsWith("LocalTimestamp:", (await Read(Of(OneColumn(Number("45000.5", 2))), "a date")).Rows[0][0], StringComparison.Ordinal);

    [Theory]
    [InlineData("#N/A")]
    [InlineData("#DIV/0!")]
    [InlineData("#REF!")]
    public async Task Makes_an_error_cell_a_violation(string error) =>
        Assert.Equal(["?#?", "1"], (await Read(
            Of(Row(Text("a"), Text("b")) + Row($"<c t=\"e\"><v>{error}</v></c>", Number("1"))), "a int64;b int64")).Rows[0]);

    [Fact]
    public async Task Takes_a_formulas_kept_value_booleans_and_empty_cells()
    {
        var book = Of(Row(Text("a"), Text("b"), Text("c")) + Row("<c><f>1+1</f><v>2</v></c>", "<c t=\"b\"><v>1</v></c>", "<c/>")
            + "<row/>" + Row("<c t=\"str\"><f>\"x\"</f><v>9</v></c>", "<c/>", Text("")));

        var (rows, positions) = await Read(book, "a int64;b boolean;c text");

        Assert.Equal([["2", "1", "∅"], ["Text:9", "∅", "∅"]], rows);
        Assert.Equal([2L, 4L], positions);
    }

    [Fact]
    public async Task Finds_the_header_below_titles_and_joins_merged_names()
    {
        var book = Of(
            Row(Text("BÁO CÁO NĂM 2025")) + Row() + Row(Text("mã"), Text("dân số"), "<c/>") + Row("<c/>", Text("nam"), Text("nữ"))
                + Row(Text("01"), Number("5"), Number("6")),
            "A1:C1 B3:C3 A3:A4");

        var (rows, positions) = await Read(book, "mã text;dân số / nam int64;dân số / nữ int64", ("headerRow", "3"), ("headerRows", "2"));

        Assert.Equal(["01", "5", "6"], Assert.Single(rows));
        Assert.Equal(5, Assert.Single(positions));
    }

    [Fact]
    public async Task Reads_the_sheet_that_is_declared_by_name_or_number()
    {
        var book = Of(false, ("Một", OneColumn(Text("1")), ""), ("2025", OneColumn(Text("2")), ""));

        Assert.Equal("1", (await Read(book, "a text")).Rows[0][0]);
        Assert.Equal("2", (await Read(book, "a text", ("sheet", "2025"))).Rows[0][0]);
        Assert.Equal("2", (await Read(book, "a text", ("sheetNumber", "2"))).Rows[0][0]);
        Assert.Equal("source_sheet_missing", await Refused(book, null, ("sheet", "một")));
        Assert.Equal("source_sheet_missing", await Refused(book, null, ("sheetNumber", "3")));
        Assert.Equal("source_header_missing", await Refused(book, null, ("headerRow", "9")));
        Assert.Equal("source_settings_invalid", await Refused(book, null, ("sheet", "Một"), ("sheetNumber", "1")));
    }

    [Fact]
    public async Task Refuses_what_is_no_intact_workbook()
    {
        var book = Of(OneColumn(Text("x")));
        var altered = (byte[])book.Clone();
        altered[book.Length / 2] ^= 0xFF;

        Assert.Equal("source_workbook_damaged", await Refused([]));
        Assert.Equal("source_workbook_damaged", await Refused(Encoding.UTF8.GetBytes("a,b\n1,2\n")));
        Assert.Equal("source_workbook_damaged", await Refused([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 1, 2, 3]));
        Assert.Equal("source_workbook_damaged", await Refused(Packing.Zip(("a.txt", "x"))));
        Assert.Equal("source_archive_damaged", await Refused(book[..(book.Length / 2)]));
        Assert.Equal("source_archive_damaged", await Refused(altered));
        Assert.Equal("source_archive_encrypted", await Refused(Packing.Encrypted(book)));
    }

    [Fact]
    public async Task Refuses_a_workbook_that_explodes_or_would_fill_the_memory()
    {
        var zeros = new byte[40 << 20];
        var bomb = Packing.Zip(CompressionLevel.SmallestSize, ("xl/sheet1.xml", zeros));
        var texts = Packing.Zip(CompressionLevel.SmallestSize, ("xl/sharedStrings.xml", new byte[2 << 20]));

        Assert.Equal("source_archive_explodes", await Refused(bomb));
        Assert.Equal("source_file_too_large", await Refused(texts, new FileSourceOptions { MaxSharedTextBytes = 1 << 20 }));
    }

    [Fact]
    public async Task Refuses_a_text_of_a_cell_that_the_library_could_not_hold_and_sets_one_aside_that_is_too_long()
    {
        var book = Of(OneColumn(Text("a"), Text(new string('x', 2 << 20)), Text("c")));

        Assert.Equal("source_file_too_large", await Refused(book, new FileSourceOptions { MaxSharedTextBytes = 1 << 20 }));

        folder.Put("t.xlsx", book);
        var (rows, broken, positions) = await ReadAll(
            Adapter(new FileSourceOptions { MaxFieldBytes = 1 << 20 }), With(), Contract(File("t.xlsx"), "a"));
        Assert.Equal(("excel_cell_too_large", 3L), (Assert.Single(broken).Code, broken[0].Position));
        Assert.Equal([["a"], ["c"]], rows);
        Assert.Equal([2L, 4L], positions);
    }

    [Fact]
    public async Task Refuses_entities_that_explode()
    {
        var entities = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>";
        var book = Packing.Zip(("[Content_Types].xml", "<x/>"), ("xl/workbook.xml", entities + "<x>&b;</x>"));

        Assert.Equal("source_workbook_damaged", await Refused(book));
    }

    [Fact]
    public async Task Reads_fifty_thousand_rows_in_bounded_memory()
    {
        var rows = new StringBuilder(Row(Text("a"), Text("b")));
        for (var i = 0; i < 50_000; i++)
        {
            rows.Append(Row(Number($"{i}"), Text($"Ấp {i}")));
        }

        folder.Put("t.xlsx", Of(rows.ToString()));
        var contract = SqliteFolder.Typed(File("t.xlsx"), "a int64", "b text");
        await using var reader = await Adapter().OpenAsync(With(), contract, default);
        var (batch, read, before, most) = (new RecordBatch(reader.Fields), 0, GC.GetTotalMemory(true), 0L);
        while (await reader.ReadAsync(batch, default))
        {
            read += batch.Count;
            most = read % 10_240 == 0 ? Math.Max(most, GC.GetTotalMemory(true)) : most;
        }

        Assert.Equal(50_000, read);
        Assert.InRange(most - before, long.MinValue, 8 << 20);
    }

    [Theory]
    [InlineData("csvkit/dummy.xls", "a,b,c", "1,2,3")]
    [InlineData("csvkit/dummy.xlsx", "a,b,c", "1,2,3")]
    public async Task Reads_real_workbooks(string file, string header, string first)
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        folder.Put(Path.GetFileName(file), System.IO.File.ReadAllBytes(SharedData.Path(["files", .. file.Split('/')])));

        var table = Assert.Single(await Adapter().ListTablesAsync(With(), default));
        var contract = SqliteFolder.Typed(File(table.Name), [.. header.Split(',').Select(h => h + " decimal(10,0)")]);
        var (rows, _, _) = await ReadAll(Adapter(), With(), contract);

        Assert.Equal(header.Split(','), table.Columns.Select(c => c.Name));
        Assert.Equal(first, string.Join(',', rows[0].Select(v => v.Replace("Boolean:", "", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Survives_every_real_workbook_with_records_or_a_reason()
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        foreach (var path in Directory.GetFiles(SharedData.Path("files", "excel")).Where(f => f.Contains(".xls", StringComparison.Ordinal)))
        {
            System.IO.File.Copy(path, folder.PathOf(Path.GetFileName(path)));
        }

        var tables = await Adapter().ListTablesAsync(With(), default);

        Assert.True(tables.Count > 10);
        Assert.All(tables, t => Assert.True(t.Columns.Count > 0 || t.Comment is not null, t.Name));
    }
}

/// <summary>Excel's part of the suite.</summary>
public sealed class ExcelConformanceTests : SourceConformance, IDisposable
{
    private readonly CsvFolder folder = new();

    public ExcelConformanceTests() => folder.Put("xã.xlsx", Of(
        Row(Text("mã"), Text("tên")) + Row(Text("1"), Text("Trà Vinh")) + Row(Text("2")) + Row(Text("3"), Text("🏠"))));

    internal override ISourceAdapter Adapter => new ExcelSourceAdapter(
        new FileStores(new FileSourceOptions { Root = folder.Root }, new SourceNetworkPolicy()), TimeProvider.System);

    public override SourceSettings Source => folder.Settings with { Kind = "excel" };

    public override Core.Contracts.DatasetTerms Terms => SourceKit.File("xã.xlsx");

    public override Core.Contracts.DatasetTerms MissingTerms => SourceKit.File("khác.xlsx");

    public void Dispose() => folder.Dispose();
}
