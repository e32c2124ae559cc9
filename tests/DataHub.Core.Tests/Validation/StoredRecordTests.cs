using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;

namespace DataHub.Core.Tests.Validation;

/// <summary>What quarantine keeps of a record is, put back, the record that the source gave: same hash, or the same violations.</summary>
public sealed class StoredRecordTests
{
    private static readonly ContractColumn[] Columns =
    [
        Encode.Column("k", "int64", key: 1), Encode.Column("t", "text"), Encode.Column("d", "decimal(12,3)", new ParseRules { DecimalChar = ',', GroupChar = '.' }),
        Encode.Column("f", "float64"), Encode.Column("b", "boolean"), Encode.Column("n", "date"), Encode.Column("h", "time"),
        Encode.Column("l", "timestamp", new ParseRules { TimeZone = "Asia/Ho_Chi_Minh" }), Encode.Column("i", "timestamp"), Encode.Column("y", "bytes"),
    ];

    [Fact]
    public void A_record_put_back_is_the_same_record()
    {
        const long Day = 86_400_000_000;
        Gen.Select(Gen.Long, Gen.String, Gen.Decimal[-999_999_999m, 999_999_999m], Gen.Double, Gen.Bool, Gen.Long[-10_000, 100_000], Gen.Long[0, Day - 1],
            Gen.Select(Gen.Long[-20_000 * Day, 40_000 * Day], Gen.Byte.Array[0, 40])).Sample(
            (k, t, d, f, b, n, h, rest) =>
            {
                Cell[] cells =
                [
                    new(SourceKind.Int64, k), Cell.Text(t), new(SourceKind.Decimal, decimal.Round(d, 4)), new(SourceKind.Float64, f), new(SourceKind.Boolean, b),
                    new(SourceKind.Date, n), new(SourceKind.Time, h), new(SourceKind.LocalTimestamp, rest.Item1), new(SourceKind.Instant, rest.Item1),
                    new(SourceKind.Bytes, rest.Item2),
                ];
                AssertSame(cells);
            }, iter: 3_000);
    }

    [Fact]
    public void Nulls_texts_and_values_that_no_kind_has_are_put_back_too()
    {
        AssertSame([.. Columns.Select(_ => Cell.Text(null))]);
        AssertSame([.. new[] { "12", "ngày 31 – “x”", "1.234,5", "0.1", "true", "2026-02-28", "07:30:00", "2026-02-28T07:30:00", "2026-02-28T07:30:00Z", "AQI=" }
            .Select(Cell.Text)]);
        SourceKind[] kinds =
        [
            SourceKind.Int64, SourceKind.Text, SourceKind.Decimal, SourceKind.Float64, SourceKind.Boolean, SourceKind.Date, SourceKind.Time,
            SourceKind.LocalTimestamp, SourceKind.Instant, SourceKind.Bytes,
        ];
        AssertSame([.. kinds.Select(k => Cell.Unreadable(k, "NaN"))]);
        AssertSame([.. kinds.Select(k => Cell.Unreadable(k, "12345678901234567890123456789012345678901234567890"))]);
    }

    [Fact]
    public void What_is_too_long_or_no_text_to_be_kept_is_marked_and_not_taken_for_the_whole()
    {
        var contract = Encode.Contract([Encode.Column("a", "text"), Encode.Column("b", "text"), Encode.Column("h", "time")]);
        var batch = new RecordBatch([.. contract.Columns.Select(c => new SourceField(c.Name, c.Name == "h" ? SourceKind.Time : SourceKind.Text, "?"))], 1);
        batch.Columns[0].Append(new string('x', StoredRecord.LongestValue + 1).AsSpan());
        batch.Columns[1].Append([0xC3, 0x28]);
        batch.Columns[2].Append(86_400_000_000L);
        batch.EndRecord(1);
        var stored = StoredRecord.Read(StoredRecord.Of(batch, 0, contract).ToJson());
        Assert.Equal(["a", "b", "h"], stored.Partial.Order(StringComparer.Ordinal));
        Assert.False(StoredRecord.Read("{\"a\":\"1\"}").IsWhole);
        Assert.False(StoredRecord.Read(StoredRecord.BrokenJson("a,b")).IsWhole);
    }

    [Fact]
    public void A_patch_is_read_as_text_by_the_contracts_spelling()
    {
        var contract = Encode.Contract(Columns);
        var stored = new StoredRecord(new Dictionary<string, string?> { ["k"] = "1", ["d"] = "5.5" },
            new Dictionary<string, string> { ["k"] = "Int64", ["d"] = "Decimal" }, new HashSet<string>());
        var patched = Encoded(contract, b => stored.AppendTo(b, contract, new Dictionary<string, string?> { ["d"] = "1.234,5" }, 7));
        var same = new StoredRecord(new Dictionary<string, string?> { ["k"] = "1", ["d"] = "1234.5" },
            new Dictionary<string, string> { ["k"] = "Int64", ["d"] = "Decimal" }, new HashSet<string>());
        Assert.Equal(Encoded(contract, b => same.AppendTo(b, contract, new Dictionary<string, string?>(), 7)), patched);
    }

    private static void AssertSame(Cell[] cells)
    {
        var contract = Encode.Contract(Columns);
        var (encoder, batch, valid) = Encode.Record(Columns, cells);
        var expected = valid ? encoder.Record.Hash().ToString("x") : Say(encoder);
        var stored = StoredRecord.Read(StoredRecord.Of(batch, 0, contract).ToJson());
        if (stored.IsWhole)
        {
            Assert.Equal(expected, Encoded(contract, b => stored.AppendTo(b, contract, new Dictionary<string, string?>(), 1)));
        }
    }

    private static string Encoded(DataContract contract, Action<RecordBatch> fill)
    {
        SourceField[] fields = [.. contract.Columns.Select(c => new SourceField(c.Name, SourceKind.Text, "text"))];
        var batch = new RecordBatch(fields, 1);
        fill(batch);
        var encoder = new RecordEncoder(contract, Encode.Layout(contract), fields);
        return encoder.Encode(batch, 0) ? encoder.Record.Hash().ToString("x") : Say(encoder);
    }

    private static string Say(RecordEncoder encoder) => string.Join(", ", encoder.Violations.Select(v => $"{v.Column} {v.Code}"));
}
