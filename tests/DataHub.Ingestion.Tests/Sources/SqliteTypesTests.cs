using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Every storage class in every kind of column: what goes through, as what, and what the declared type makes of it.</summary>
public sealed class SqliteTypesTests : IDisposable
{
    // The same four values that only their storage class tells apart, then extremes.
    private const string Values = "(1, 1), (2, 1.5), (3, '01'), (4, x'31'), (5, NULL)";

    private readonly SqliteFolder folder = new();

    public void Dispose() => folder.Dispose();

    private async Task<string> Column(string declared, string target)
    {
        folder.Do($"DROP TABLE IF EXISTS t; CREATE TABLE t (n INTEGER PRIMARY KEY, c {declared}); INSERT INTO t VALUES {Values}");
        var rows = (await ReadAll(folder.Adapter, folder.Settings, SqliteFolder.Typed(Table("t"), "c " + target))).Rows;
        return string.Join(" ", rows.Select(r => r[0]));
    }

    [Theory]
    [InlineData("INTEGER", "int64", "1 Float64:1.5 1 Bytes:31 ∅")]
    [InlineData("NUMERIC", "decimal(9,2)", "1 1.5 1 Bytes:31 ∅")]
    [InlineData("DECIMAL(9,2)", "float64", "1 1.5 1 Bytes:31 ∅")]
    [InlineData("REAL", "float64", "1 1.5 1 Bytes:31 ∅")]
    [InlineData("TEXT", "text", "1 1.5 01 Bytes:31 ∅")]
    [InlineData("VARCHAR(2)", "int32", "1 1.5 01 Bytes:31 ∅")]
    [InlineData("BLOB", "bytes", "Int64:1 Float64:1.5 Text:01 31 ∅")]
    [InlineData("", "text", "Int64:1 Float64:1.5 01 Bytes:31 ∅")]
    [InlineData("", "int64", "1 Float64:1.5 Text:01 Bytes:31 ∅")]
    [InlineData("BOOLEAN", "boolean", "1 Float64:1.5 1 Bytes:31 ∅")]
    [InlineData("DATE", "date", "Int64:1 Float64:1.5 Int64:1 Bytes:31 ∅")]
    public async Task Delivers_each_value_by_its_own_storage_class(string declared, string target, string cells) =>
        Assert.Equal(cells, await Column(declared, target));

    [Fact]
    public async Task Takes_or_refuses_each_value_by_the_declared_type_and_guesses_nothing()
    {
        folder.Do("""
            CREATE TABLE t (ma TEXT, so INTEGER, tien NUMERIC(12,2), co BOOLEAN, ngay DATE, tep BLOB);
            INSERT INTO t VALUES ('007', 1, 0.99, 1, '2026-01-31', x'00FF'),
                (7, '1,234', '1.234,5', 'true', '31/01/2026', 'AAAA'),
                (x'37', 1.0, 0.1 + 0.2, 2, 20260131, 5),
                ('7' || char(0), 9223372036854775807, 9e999, 0, 46053.5, NULL),
                (CAST(x'FF' AS TEXT), -9223372036854775808, 1e300, NULL, NULL, x''),
                (1.50, 1.5, 99999999999999999, 'yes', '', 1.5)
            """);
        var contract = SqliteFolder.Typed(
            Table("t"), "ma text", "so int64", "tien decimal(12,2)", "co boolean", "ngay date", "tep bytes");

        Assert.Equal(
            [
                "",
                "c1 type_mismatch, c2 type_mismatch, c4 type_mismatch, c5 type_mismatch",
                "c0 type_mismatch, c2 scale_exceeded, c3 type_mismatch, c4 type_mismatch, c5 type_mismatch",
                "c0 text_invalid, c2 not_finite, c4 type_mismatch",
                "c0 text_invalid, c2 number_too_large",
                "c1 type_mismatch, c2 number_too_large, c3 type_mismatch, c4 type_mismatch, c5 type_mismatch",
            ],
            await Judge(contract));
    }

    [Fact]
    public async Task Reads_digits_of_a_date_column_by_a_declared_format_alone()
    {
        folder.Do("CREATE TABLE t (ngay DATE, so INTEGER); INSERT INTO t VALUES ('20260131', 20260131), ('01022026', 1022026)");
        var contract = SqliteFolder.Typed(Table("t"), "ngay date", "so date");
        var declared = contract with
        {
            Columns = [.. contract.Columns.Select(c => c with { Parse = c.Parse with { Format = "yyyyMMdd" } })],
        };

        Assert.Equal(["", "c0 type_mismatch, c1 type_mismatch"], await Judge(declared));
        Assert.Equal("source_type_changed", (await Refusal(() => Judge(contract))).Code);
    }

    [Fact]
    public async Task Refuses_numbers_as_text_and_floats_as_decimals_for_the_whole_column()
    {
        folder.Do("CREATE TABLE t (a INTEGER, b REAL, c NUMERIC, d BLOB, e TEXT)");

        var error = await Refusal(() => Judge(
            SqliteFolder.Typed(Table("t"), "a text", "b decimal(9,2)", "c text", "d text", "e date")));

        Assert.Equal("source_type_changed", error.Code);
        Assert.Equal(["INTEGER", "REAL", "NUMERIC", "BLOB"],
            error.Errors.Select(e => e.Message.En.Split("the source has ")[1].TrimEnd('.')));
    }

    [Fact]
    public async Task Brings_utf16_text_to_utf8()
    {
        folder.Do("PRAGMA encoding = 'UTF-16be'; CREATE TABLE t (a TEXT, b TEXT); INSERT INTO t VALUES ('Trà Vinh 🏠', '')");

        var rows = (await ReadAll(folder.Adapter, folder.Settings, Contract(Table("t"), "a", "b"))).Rows;

        Assert.Equal(["Trà Vinh 🏠", ""], Assert.Single(rows));
    }

    [Fact]
    public async Task Refuses_a_value_that_no_memory_bound_allows()
    {
        folder.Do("CREATE TABLE t (n INTEGER, c BLOB); INSERT INTO t VALUES (1, x'00'), (2, zeroblob(65 * 1024 * 1024))");

        var error = await Refusal(() => ReadAll(folder.Adapter, folder.Settings, SqliteFolder.Typed(Table("t"), "c bytes")));

        Assert.Equal("source_value_too_large", error.Code);
        Assert.Equal(2, (await ReadAll(folder.Adapter, folder.Settings, SqliteFolder.Typed(Table("t"), "n int64"))).Rows.Count);
    }

    /// <summary>The violations of each record as "column code".</summary>
    private async Task<List<string>> Judge(DataContract contract)
    {
        await using var reader = await folder.Adapter.OpenAsync(folder.Settings, contract, default);
        var encoder = new RecordEncoder(contract, new StoreLayout(0, 1, []).With(contract), reader.Fields);
        var batch = new RecordBatch(reader.Fields);
        var records = new List<string>();
        while (await reader.ReadAsync(batch, default))
        {
            for (var row = 0; row < batch.Count; row++)
            {
                encoder.Encode(batch, row);
                records.Add(string.Join(", ", encoder.Violations.Select(v => $"{v.Column} {v.Code}")));
            }
        }

        return records;
    }
}
