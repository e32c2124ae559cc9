using System.IO.Compression;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Files;
using DataHub.Ingestion.Sources.Parquet;
using ParquetSharp;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.ParquetBook;
using static DataHub.Ingestion.Tests.Sources.SourceKit;
using Encoding = System.Text.Encoding;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Values of every type come out as what the file says; what is no intact file, or would fill the memory, is refused.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class ParquetTests : IDisposable
{
    private const int Sample = 5;

    private readonly CsvFolder folder = new();

    public void Dispose() => folder.Dispose();

    private ParquetSourceAdapter Adapter(FileSourceOptions? limits = null) => new(
        new FileStores((limits ?? new FileSourceOptions()) with { Root = folder.Root }, new SourceNetworkPolicy()), TimeProvider.System);

    private SourceSettings Source => folder.Settings with { Kind = "parquet" };

    private async Task<List<string[]>> Read(byte[] file, string columns, string name = "t.parquet")
    {
        folder.Put(name, file);
        var (rows, broken, _) = await ReadAll(Adapter(), Source, SqliteFolder.Typed(SourceKit.File(name), columns.Split(';')));
        Assert.Empty(broken);
        return rows;
    }

    private async Task<HubError> Refused(byte[] file, FileSourceOptions? limits = null, string column = "a text")
    {
        folder.Put("t.parquet", file);
        return await Refusal(() => ReadAll(Adapter(limits), Source, SqliteFolder.Typed(SourceKit.File("t.parquet"), column)));
    }

    private async Task Gives((ParquetSharp.Schema.PrimitiveNode, ColumnValues) column, string type, params string[] expected) =>
        Assert.Equal(expected, (await Read(Of(column), $"a {type}")).Select(r => r[0]));

    private static (ParquetSharp.Schema.PrimitiveNode, ColumnValues) Ints(LogicalType type, params int[] values) =>
        Column("a", PhysicalType.Int32, type, values);

    private static (ParquetSharp.Schema.PrimitiveNode, ColumnValues) Longs(LogicalType type, params long[] values) =>
        Column("a", PhysicalType.Int64, type, values);

    [Fact]
    public async Task Reads_truth_values_and_whole_numbers_signed_or_not()
    {
        await Gives(Column("a", PhysicalType.Boolean, LogicalType.None(), new[] { true, false }), "boolean", "1", "0");
        await Gives(Ints(LogicalType.None(), int.MinValue, int.MaxValue), "int32", "-2147483648", "2147483647");
        await Gives(Ints(LogicalType.Int(8, true), -128, 127), "int32", "-128", "127");
        await Gives(Ints(LogicalType.Int(32, false), -1, 7), "int64", "4294967295", "7");
        await Gives(Longs(LogicalType.None(), long.MinValue, long.MaxValue), "int64", "-9223372036854775808", "9223372036854775807");
        await Gives(Longs(LogicalType.Int(64, false), -1, 7), "decimal(20,0)", "18446744073709551615", "7");
    }

    [Fact]
    public async Task Reads_fractions_as_they_are_stored()
    {
        await Gives(Column("a", PhysicalType.Float, LogicalType.None(), new[] { 0.1f, float.NaN }), "float64", "0.10000000149011612", "NaN");
        await Gives(Column("a", PhysicalType.Double, LogicalType.None(), new[] { 0.1, double.NegativeInfinity }), "float64", "0.1", "-Infinity");
        await Gives(Fixed("a", LogicalType.Float16(), [0x00, 0x3E], [0x00, 0xC0]), "float64", "1.5", "-2");
    }

    [Fact]
    public async Task Reads_decimals_of_every_width_to_the_last_digit()
    {
        var wide = Enumerable.Repeat((byte)0x7F, 16).ToArray();

        await Gives(Ints(LogicalType.Decimal(9, 2), -123456789, 5), "decimal(9,2)", "-1234567.89", "0.05");
        await Gives(Longs(LogicalType.Decimal(18, 4), long.MinValue, 50000), "decimal(18,4)", "-922337203685477.5808", "5.0000");
        await Gives(Fixed("a", LogicalType.Decimal(20, 3), [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE], [0, 0, 0, 0, 0, 0, 0, 3, 0xE9]),
            "decimal(20,3)", "-0.002", "1.001");
        await Gives(Fixed("a", LogicalType.Decimal(38, 2), wide), "decimal(28,2)", "?169473963133173273960190490760135540607E-2");
        await Gives(Bytes("a", LogicalType.Decimal(10, 1), [0xFF], [0x00, 0x80], null), "decimal(10,1)", "-0.1", "12.8", "∅");
    }

    [Fact]
    public async Task Reads_days_and_times_of_day()
    {
        await Gives(Ints(LogicalType.Date(), -719_163, 20_000), "date", "-719163", "20000");
        await Gives(Ints(LogicalType.Time(true, TimeUnit.Millis), 1, 86_400_000), "time", "1000", "?86400000000000 ns");
        await Gives(Longs(LogicalType.Time(true, TimeUnit.Micros), 86_399_999_999, -1), "time", "86399999999", "?-1000 ns");
        await Gives(Longs(LogicalType.Time(true, TimeUnit.Nanos), 1_000, 1_001), "time", "1", "Text:00:00:00.000001001");
    }

    [Fact]
    public async Task Reads_moments_and_never_cuts_nanoseconds()
    {
        await Gives(Longs(LogicalType.Timestamp(true, TimeUnit.Millis), -1, long.MaxValue), "timestamp", "-1000", "?9223372036854775807000000 ns");
        await Gives(Longs(LogicalType.Timestamp(false, TimeUnit.Micros), long.MinValue), "timestamp", "-9223372036854775808");
        await Gives(Longs(LogicalType.Timestamp(true, TimeUnit.Nanos), 2_000, 2_001, -1), "timestamp",
            "2", "Text:1970-01-01T00:00:00.000002001Z", "Text:1969-12-31T23:59:59.999999999Z");
        await Gives(Longs(LogicalType.Timestamp(false, TimeUnit.Nanos), 1), "timestamp", "Text:1970-01-01T00:00:00.000000001");
        await Gives(Column("a", PhysicalType.Int96, LogicalType.None(), new[] { new Int96(2_000, 0, 2_440_589), new Int96(-1, -1, 2_440_588) }),
            "timestamp", "86400000002", "?2440588 d -1 ns");
    }

    [Fact]
    public async Task Reads_texts_bytes_and_identifiers()
    {
        await Gives(Text("a", "Trà Vinh", "", null, "🏠"), "text", "Trà Vinh", "", "∅", "🏠");
        await Gives(Bytes("a", LogicalType.Json(), "{\"x\":1}"u8.ToArray()), "text", "{\"x\":1}");
        await Gives(Bytes("a", LogicalType.Enum(), "NAM"u8.ToArray()), "text", "NAM");
        await Gives(Bytes("a", LogicalType.None(), [0, 255], []), "bytes", "00FF", "");
        await Gives(Bytes("a", LogicalType.None(), "không dấu chữ"u8.ToArray()), "text", "không dấu chữ");
        await Gives(Fixed("a", LogicalType.None(), [1, 2, 3]), "bytes", "010203");
        await Gives(Fixed("a", LogicalType.Uuid(), [.. Enumerable.Range(0, 16).Select(i => (byte)i)]), "text", "00010203-0405-0607-0809-0a0b0c0d0e0f");
        await Gives(Ints(LogicalType.Null(), 1, 2), "text", "∅", "∅");
    }

    [Fact]
    public async Task Reads_every_compression_encoding_and_page_form_over_row_groups()
    {
        long[] numbers = [.. Enumerable.Range(0, 3_000).Select(i => (long)i * i % 977)];
        string[] texts = [.. numbers.Select(n => $"Ấp {n}")];
        Compression[] codecs = [Compression.Uncompressed, Compression.Snappy, Compression.Gzip, Compression.Brotli, Compression.Zstd, Compression.Lz4];
        foreach (var (codec, i) in codecs.Select((c, i) => (c, i)))
        {
            using var properties = new WriterPropertiesBuilder();
            properties.Compression(codec).DataPagesize(1_000).EnablePageChecksum();
            properties.DataPageVersion(i % 2 == 0 ? ParquetDataPageVersion.V1 : ParquetDataPageVersion.V2);
            if (i >= 3)
            {
                properties.DisableDictionary().Encoding("a", ParquetSharp.Encoding.DeltaBinaryPacked)
                    .Encoding("b", i == 3 ? ParquetSharp.Encoding.DeltaByteArray : ParquetSharp.Encoding.DeltaLengthByteArray);
            }

            var rows = await Read(Of(properties, 2, Longs(LogicalType.None(), numbers), Text("b", texts)), "b text;a int64");

            Assert.Equal([.. texts, .. texts], rows.Select(r => r[0]));
            Assert.Equal([.. numbers, .. numbers], rows.Select(r => long.Parse(r[1], null)));
        }
    }

    [Fact]
    public async Task Reads_files_by_pattern_and_out_of_archives_and_refuses_another_schema()
    {
        var (one, two) = (Of(Text("a", "1")), Of(Text("a", "2")));
        folder.Put("năm-1.parquet", one);
        folder.Put("năm-2.parquet", two);
        folder.Put("gói.zip", Packing.Zip(CompressionLevel.Fastest, ("x/1.parquet", one), ("x/2.parquet", two)));
        folder.Put("t.parquet.gz", Packing.Gzip(two));
        async Task<IEnumerable<string>> All(string file) =>
            (await ReadAll(Adapter(), Source, SqliteFolder.Typed(SourceKit.File(file), "a text"))).Rows.Select(r => r[0]);

        Assert.Equal(["1", "2"], await All("năm-*.parquet"));
        Assert.Equal(["1", "2"], await All("gói.zip/x/*.parquet"));
        Assert.Equal(["2"], await All("t.parquet.gz"));
        folder.Put("năm-2.parquet", Of(Ints(LogicalType.None(), 2)));
        Assert.Equal("source_header_differs", (await Refusal(() => All("năm-*.parquet"))).Code);
    }

    [Fact]
    public async Task Refuses_nested_columns_by_name_where_the_contract_asks_for_them()
    {
        var content = new MemoryStream();
        using (var writer = new ParquetFileWriter(content, [new Column<int[]>("thẻ"), new Column<string>("a")], leaveOpen: true))
        {
            using var group = writer.AppendRowGroup();
            using (var tags = group.NextColumn().LogicalWriter<int[]>())
            {
                tags.WriteBatch([[1, 2], []]);
            }

            using var texts = group.NextColumn().LogicalWriter<string>();
            texts.WriteBatch(["x", "y"]);
            writer.Close();
        }

        Assert.Equal([["x"], ["y"]], await Read(content.ToArray(), "a text"));
        var error = await Refused(content.ToArray(), null, "thẻ text");
        Assert.Equal("source_type_unsupported", error.Code);
        Assert.Contains("thẻ", error.Detail("vi"), StringComparison.Ordinal);
        var listed = Assert.Single(await Adapter().ListTablesAsync(Source, default)).Columns;
        Assert.Equal([("thẻ", false), ("a", true)], listed.Select(c => (c.Name, c.Proposed is not null)));
    }

    [Fact]
    public async Task Proposes_a_contract_by_the_schema()
    {
        folder.Put("dân cư.parquet", Of(
            Column("mã", PhysicalType.Int64, LogicalType.None(), new long[] { 1 }), Text("tên", "x"),
            Column("lương", PhysicalType.Int64, LogicalType.Decimal(18, 2), new long[] { 1 }),
            Column("lúc", PhysicalType.Int64, LogicalType.Timestamp(false, TimeUnit.Millis), new long[] { 1 }),
            Column("cũ", PhysicalType.Int96, LogicalType.None(), new[] { new Int96(0, 0, 2_440_588) })));

        var table = Assert.Single(await Adapter().ListTablesAsync(Source, default));
        var proposal = ContractProposal.For(table, "tep", "H01", ContractProposal.DatasetId(table));

        Assert.Equal(["int64", "string", "decimal(18,2)", "timestamp[ms]", "int96"], table.Columns.Select(c => c.NativeType));
        Assert.Equal(["int64", "text", "decimal(18,2)", "timestamp", "timestamp"], table.Columns.Select(c => $"{c.Proposed}"));
        Assert.Equal(1, table.EstimatedRows);
        Assert.Contains("hub.timeZone", proposal, StringComparison.Ordinal);
        Assert.Contains("INT96", proposal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_is_no_intact_file()
    {
        var file = Of(new WriterPropertiesBuilder().EnablePageChecksum(), 1, Text("a", [.. Enumerable.Range(0, 500).Select(i => $"Ấp {i}")]));
        var altered = (byte[])file.Clone();
        altered[200] ^= 0xFF;

        foreach (var broken in new[] { [], "PAR1PAR1"u8.ToArray(), "<html>Đăng nhập</html>"u8.ToArray(), file[..^20], file[5..], altered })
        {
            Assert.Equal("source_parquet_damaged", (await Refused(broken)).Code);
        }

        Assert.Contains("row group 1, a (string)", (await Refused(altered)).Detail("en"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Refuses_an_encrypted_file(bool footerIsReadable)
    {
        using var keys = new FileEncryptionPropertiesBuilder(new byte[16]);
        using var encryption = (footerIsReadable ? keys.SetPlaintextFooter() : keys).Build();
        using var properties = new WriterPropertiesBuilder();

        Assert.Equal("source_parquet_encrypted", (await Refused(Of(properties.Encryption(encryption), 1, Text("a", "x")))).Code);
    }

    [Fact]
    public async Task Refuses_pages_that_need_more_memory_than_allowed_before_unpacking_one()
    {
        using var properties = new WriterPropertiesBuilder();
        var file = Of(properties.Compression(Compression.Zstd).DisableDictionary(), 1, Longs(LogicalType.None(), new long[100_000]));
        var declared = (byte[])file.Clone();
        // The first page's header: its kind, and how many bytes come out of it; the largest number that has room there.
        Assert.Equal([0x15, 0x00, 0x15], declared[4..7]);
        (declared[7], declared[8], declared[9]) = (0xFE, 0xFF, 0x7F);

        Assert.Equal("source_parquet_too_large", (await Refused(file, new FileSourceOptions { MaxParquetPageBytes = 100_000 }, "a int64")).Code);
        Assert.Contains("row group 1, a", (await Refused(declared, new FileSourceOptions { MaxParquetPageBytes = 1_900_000 }, "a int64")).Detail("vi"),
            StringComparison.Ordinal);
        Assert.Equal("source_parquet_damaged", (await Refused(declared, null, "a int64")).Code);
    }

    [Fact]
    public async Task Survives_any_alteration_with_records_or_a_reason()
    {
        using var properties = new WriterPropertiesBuilder();
        var file = Of(properties.DataPagesize(500), 2, Text("a", [.. Enumerable.Range(0, 300).Select(i => i % 7 == 0 ? null : $"Ấp {i % 50}")]),
            Column("b", PhysicalType.Int64, LogicalType.Decimal(18, 2), Enumerable.Range(0, 300).Select(i => (long)i).ToArray()));
        var random = new Random(Sample);
        for (var i = 0; i < 500; i++)
        {
            var altered = (byte[])file.Clone();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                // The footer's end more often than a page.
                var at = random.Next(2) == 0 ? random.Next(file.Length) : file.Length - 1 - random.Next(900);
                altered[at] = (byte)random.Next(256);
            }

            folder.Put("t.parquet", altered);
            try
            {
                await ReadAll(Adapter(), Source, SqliteFolder.Typed(SourceKit.File("t.parquet"), "a text", "b decimal(18,2)"));
            }
            catch (HubErrorException e)
            {
                Assert.StartsWith("source_", e.Error.Code, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Reads_two_hundred_thousand_rows_of_one_row_group_in_bounded_memory()
    {
        const int rows = 200_000;
        folder.Put("t.parquet", Of(
            Column("a", PhysicalType.Int64, LogicalType.None(), Enumerable.Range(0, rows).Select(i => (long)i).ToArray()),
            Text("b", [.. Enumerable.Range(0, rows).Select(i => $"Ấp {i} {new string('x', 100)}")]),
            Text("c", [.. Enumerable.Range(0, rows).Select(i => $"{i} {new string('y', 200)}")])));
        var pool = MemoryPool.GetDefaultMemoryPool();
        var contract = SqliteFolder.Typed(SourceKit.File("t.parquet"), "a int64", "b text");
        await using var reader = await Adapter().OpenAsync(Source, contract, default);
        var (batch, read, sum, most) = (new RecordBatch(reader.Fields), 0, 0L, 0L);
        var before = GC.GetTotalMemory(true) + pool.BytesAllocated;
        while (await reader.ReadAsync(batch, default))
        {
            read += batch.Count;
            sum += batch.Columns[0].Longs[batch.Count - 1];
            most = read % 10_240 == 0 ? Math.Max(most, GC.GetTotalMemory(true) + pool.BytesAllocated - before) : most;
        }

        Assert.Equal(rows, read);
        Assert.True(sum > 0);
        // 70 MB of text: pages of a megabyte, packed and unpacked, a dictionary and a batch are far less.
        Assert.InRange(most, long.MinValue, 12 << 20);
    }
}

/// <summary>Parquet's part of the suite, with files of another writer than the one whose reader the hub uses.</summary>
public sealed class ParquetConformanceTests : SourceConformance, IAsyncLifetime
{
    private readonly CsvFolder folder = new();

    public async ValueTask InitializeAsync()
    {
        var schema = new Parquet.Schema.ParquetSchema(new Parquet.Schema.DataField<int>("mã"), new Parquet.Schema.DataField<string>("tên"));
        await using var content = System.IO.File.Create(folder.PathOf("xã.parquet"));
        await using var writer = await Parquet.ParquetWriter.CreateAsync(schema, content);
        using var group = writer.CreateRowGroup();
        await group.WriteAsync<int>(schema.DataFields[0], new[] { 1, 2, 3 });
        await group.WriteAsync(schema.DataFields[1], new[] { "Trà Vinh", null, "🏠" });
    }

    internal override ISourceAdapter Adapter => new ParquetSourceAdapter(
        new FileStores(new FileSourceOptions { Root = folder.Root }, new SourceNetworkPolicy()), TimeProvider.System);

    public override SourceSettings Source => folder.Settings with { Kind = "parquet" };

    public override DatasetTerms Terms => SourceKit.File("xã.parquet");

    public override DatasetTerms MissingTerms => SourceKit.File("khác.parquet");

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
