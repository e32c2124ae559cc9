using System.Text.Json;
using CsCheck;
using DataHub.Core.Records;
using DataHub.Core.Tests.Validation;
using DataHub.Core.Validation;

namespace DataHub.Core.Tests.Records;

/// <summary>A rejected record is shown as the source had it, whatever it holds.</summary>
public sealed class RawRecordTests
{
    [Theory]
    [InlineData(SourceKind.Int64, 7L, "7")]
    [InlineData(SourceKind.Boolean, true, "true")]
    [InlineData(SourceKind.Float64, 0.1, "0.1")]
    [InlineData(SourceKind.Date, -1L, "1969-12-31")]
    [InlineData(SourceKind.Time, 1_500_000L, "00:00:01.5")]
    [InlineData(SourceKind.LocalTimestamp, 0L, "1970-01-01T00:00:00")]
    [InlineData(SourceKind.Instant, 500_000L, "1970-01-01T00:00:00.5Z")]
    [InlineData(SourceKind.Instant, long.MaxValue, "9223372036854775807 µs")]
    public void Every_kind_has_a_text(SourceKind kind, object value, string text) => Assert.Equal(text, Json(new Cell(kind, value)));

    [Fact]
    public void Null_bytes_and_unreadable_values_have_one_too()
    {
        Assert.Null(Json(new Cell(SourceKind.Bytes, null)));
        Assert.Equal("AQI=", Json(new Cell(SourceKind.Bytes, new byte[] { 1, 2 })));
        Assert.Equal("NaN", Json(Cell.Unreadable(SourceKind.Decimal, "NaN")));
        Assert.Equal("1.50", Json(new Cell(SourceKind.Decimal, 1.50m)));
    }

    [Fact]
    public void Any_bytes_and_any_count_of_days_or_microseconds_have_a_text()
    {
        Gen.Byte.Array.Sample(bytes => Assert.NotNull(Json(new Cell(SourceKind.Text, bytes))), iter: 2_000);
        Gen.Long.Sample(value =>
        {
            foreach (var kind in new[] { SourceKind.Date, SourceKind.Time, SourceKind.LocalTimestamp, SourceKind.Instant })
            {
                Assert.NotNull(Json(new Cell(kind, value)));
            }
        }, iter: 2_000);
    }

    [Fact]
    public void Long_values_are_cut_between_characters()
    {
        var text = Json(Cell.Text("x" + string.Concat(Enumerable.Repeat("😀", 2_000))))!;
        Assert.EndsWith("…", text, StringComparison.Ordinal);
        Assert.DoesNotContain('�', text);
        Assert.True(text.Length <= RawRecord.LongestValue + 1);
    }

    [Fact]
    public void A_personal_or_missing_key_is_not_named()
    {
        var plain = Encode.Column("k", "text", key: 1);
        Assert.Equal("Huế", Key(plain, "Huế"));
        Assert.Null(Key(plain, null));
        Assert.Null(Key(plain with { Personal = true }, "Huế"));
    }

    private static string? Key(DataHub.Core.Contracts.ContractColumn column, string? text)
    {
        var (_, batch, _) = Encode.Record([column], Cell.Text(text));
        return RawRecord.KeyText(batch, 0, Encode.Contract(column));
    }

    private static string? Json(Cell cell)
    {
        // The declared type does not matter here: a batch is shown as it came.
        var batch = new RecordBatch([new SourceField("a", cell.Kind, "native")], 1);
        cell.AppendTo(batch.Columns[0]);
        batch.EndRecord(1);
        using var json = JsonDocument.Parse(RawRecord.ToJson(batch, 0, Encode.Contract(Encode.Column("a", "text"))));
        return json.RootElement.GetProperty("a").GetString();
    }
}
