using System.Globalization;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Files;
using DataHub.Ingestion.Sources.Parquet;
using DataHub.Ingestion.Tests.Sources;
using ParquetSharp;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>A Parquet file, which has a type of its own for each of the ten.</summary>
public sealed class ParquetKit : FolderKit, IHoldsBadText
{
    private const int GroupRows = 2_000;

    // The only precision that the library writes decimals with.
    private const int DecimalDigits = 29;

    public override SourceSettings Source => base.Source with { Kind = "parquet" };

    public override ISourceAdapter Adapter => new ParquetSourceAdapter(new FileStores(Files, new SourceNetworkPolicy()), TimeProvider.System);

    /// <summary>The format bounds pages and not values: what stands behind them is the store's own bound of a record.</summary>
    public override HugeValues Huge => new(4 << 20, 70_000_000, "record_too_large");

    public override string CutCode => "source_parquet_damaged";

    public override bool CutRefuses => true;

    public string BadTextCode => "text_invalid";

    public bool BadTextEndsThePull => false;

    protected override string Extension => ".parquet";

    public async Task<SourceSettings> PutBadTextAsync(string name)
    {
        await File.WriteAllBytesAsync(PathOf(name), ParquetBook.Of(
            ParquetBook.Column<long>("ma", PhysicalType.Int64, LogicalType.Int(64, true), [1, 2, 3]),
            ParquetBook.Bytes("ten", LogicalType.String(), "a"u8.ToArray(), [.. "Tr"u8, 0xE0, .. " Vinh"u8], "c"u8.ToArray())));
        return Source;
    }

    protected override void Write(Stream file, KitTable table)
    {
        using var writer = new ParquetFileWriter(file, [.. table.Columns.Select(ColumnOf)], leaveOpen: true);
        foreach (var rows in table.Rows.Chunk(GroupRows))
        {
            using var group = writer.AppendRowGroup();
            for (var i = 0; i < table.Columns.Count; i++)
            {
                using var column = group.NextColumn();
                Write(column, table.Columns[i].Kind, [.. rows.Select(r => r[i])]);
            }
        }

        writer.Close();
    }

    private static Column ColumnOf(KitColumn column) => column.Kind switch
    {
        "int32" => new Column<int?>(column.Name),
        "int64" => new Column<long?>(column.Name),
        "decimal" => new Column<decimal?>(column.Name, LogicalType.Decimal(DecimalDigits, int.Parse(column.Type.Split(',')[1].TrimEnd(')'), CultureInfo.InvariantCulture))),
        "float64" => new Column<double?>(column.Name),
        "boolean" => new Column<bool?>(column.Name),
        "date" => new Column<Date?>(column.Name),
        "time" => new Column<TimeSpan?>(column.Name, LogicalType.Time(true, TimeUnit.Micros)),
        "timestamp" => new Column<DateTime?>(column.Name, LogicalType.Timestamp(true, TimeUnit.Micros)),
        "bytes" => new Column<byte[]>(column.Name),
        _ => new Column<string>(column.Name),
    };

    private static void Write(ColumnWriter column, string kind, string?[] cells)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (kind)
        {
            case "int32":
                Values<int>(column, cells, c => int.Parse(c, culture));
                break;
            case "int64":
                Values<long>(column, cells, c => long.Parse(c, culture));
                break;
            case "decimal":
                Values<decimal>(column, cells, c => decimal.Parse(c, culture));
                break;
            case "float64":
                Values<double>(column, cells, c => double.Parse(c, culture));
                break;
            case "boolean":
                Values<bool>(column, cells, bool.Parse);
                break;
            case "date":
                Values<Date>(column, cells, c => new Date(DateTime.Parse(c, culture)));
                break;
            case "time":
                Values<TimeSpan>(column, cells, c => TimeSpan.Parse(c, culture));
                break;
            case "timestamp":
                Values<DateTime>(column, cells, c => DateTime.Parse(c, culture, DateTimeStyles.AdjustToUniversal));
                break;
            case "bytes":
                Objects(column, cells, Convert.FromBase64String);
                break;
            default:
                Objects(column, cells, c => c);
                break;
        }
    }

    private static void Values<T>(ColumnWriter column, string?[] cells, Func<string, T> parse)
        where T : struct
    {
        using var writer = column.LogicalWriter<T?>();
        writer.WriteBatch([.. cells.Select(c => c is null ? (T?)null : parse(c))]);
    }

    private static void Objects<T>(ColumnWriter column, string?[] cells, Func<string, T> parse)
        where T : class
    {
        using var writer = column.LogicalWriter<T?>();
        writer.WriteBatch([.. cells.Select(c => c is null ? null : parse(c))]);
    }
}
