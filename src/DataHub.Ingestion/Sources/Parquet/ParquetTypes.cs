using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using ParquetSharp;
using Values = DataHub.Ingestion.Sources.Parquet.ParquetValues;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>The closed list of Parquet's types that are read, and the form of each; everything else is refused by name.</summary>
internal static class ParquetTypes
{
    private static readonly Text Wide = new(
        "Rộng hơn 28 chữ số: giá trị không vừa sẽ bị cách ly.", "Wider than 28 digits: values that do not fit go to quarantine.");

    private static readonly Text Zone = new(
        "Thời điểm không có múi giờ: hợp đồng phải khai báo hub.timeZone.", "A timestamp without a zone: the contract must declare hub.timeZone.");

    private static readonly Text Int96Zone = new(
        "Kiểu INT96 cũ không cho biết múi giờ: khai báo hub.timeZone (Spark ghi theo UTC, Hive và Impala thường theo giờ địa phương).",
        "The old type INT96 does not tell a zone: declare hub.timeZone (Spark writes UTC, Hive and Impala mostly local time).");

    private static readonly Text Empty = new(
        "Cột không có kiểu vì toàn giá trị trống.", "The column has no type, all its values are null.");

    private static readonly Text PlainBytes = new(
        "Tệp không nói đây là văn bản: nếu là văn bản UTF-8, khai báo text.", "The file does not say that it is text: declare text where it is UTF-8.");

    private static readonly Text Nested = new(
        "Cột lồng nhau (danh sách, bảng băm, cấu trúc) không được đọc: trải phẳng khi xuất tệp.",
        "Nested columns (list, map, struct) are not read: flatten them when the file is written.");

    private static readonly Text Unknown = new("Kiểu không được hỗ trợ.", "The type is not supported.");

    /// <summary>A column that is a list, a map or a struct.</summary>
    public static ParquetType OfNested(string name) => Refused(name, Nested);

    public static ParquetType Of(ColumnDescriptor column)
    {
        try
        {
            using var logical = column.LogicalType;
            return column.PhysicalType switch
            {
                PhysicalType.Boolean => new("boolean", SourceKind.Boolean, new(ColumnKind.Boolean), On<bool>((c, v) => c.Append(v))),
                PhysicalType.Int32 => OfInt32(logical),
                PhysicalType.Int64 => OfInt64(logical),
                PhysicalType.Int96 => new("int96", SourceKind.LocalTimestamp, new(ColumnKind.Timestamp), On<Int96>(Values.AppendInt96))
                {
                    Note = Int96Zone,
                },
                PhysicalType.Float => new("float", SourceKind.Float64, new(ColumnKind.Float64), On<float>((c, v) => c.Append((double)v))),
                PhysicalType.Double => new("double", SourceKind.Float64, new(ColumnKind.Float64), On<double>((c, v) => c.Append(v))),
                PhysicalType.ByteArray => OfBytes(logical, BytesCursor.OfAny),
                _ => OfFixed(logical, column.TypeLength),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            // The library throws so for types that it knows of and has no class for (geometry, variant).
            return Refused("?", Unknown);
        }
    }

    private static ParquetType OfInt32(LogicalType logical) => logical switch
    {
        NoneLogicalType => Integer("int32", ColumnKind.Int32, On<int>((c, v) => c.Append((long)v))),
        IntLogicalType { IsSigned: true } i => Integer($"int{i.BitWidth}", ColumnKind.Int32, On<int>((c, v) => c.Append((long)v))),
        IntLogicalType i => Integer(
            $"uint{i.BitWidth}", i.BitWidth < 32 ? ColumnKind.Int32 : ColumnKind.Int64, On<int>((c, v) => c.Append((long)(uint)v))),
        DecimalLogicalType { Scale: var scale } d => OfDecimal(d, On<int>((c, v) => Values.AppendDecimal(c, v, scale))),
        DateLogicalType => new("date", SourceKind.Date, new(ColumnKind.Date), On<int>((c, v) => c.Append((long)v))),
        TimeLogicalType t => OfTime(t, On<int>((c, v) => Values.AppendTime(c, v * 1_000_000L))),
        NullLogicalType => Nothing,
        _ => Refused($"{logical}", Unknown),
    };

    private static ParquetType OfInt64(LogicalType logical) => logical switch
    {
        NoneLogicalType or IntLogicalType { IsSigned: true } => Integer("int64", ColumnKind.Int64, On<long>((c, v) => c.Append(v))),
        IntLogicalType => new("uint64", SourceKind.Decimal, new(ColumnKind.Decimal, 20), On<long>((c, v) => c.Append((decimal)(ulong)v))),
        DecimalLogicalType { Scale: var scale } d => OfDecimal(d, On<long>((c, v) => Values.AppendDecimal(c, v, scale))),
        TimeLogicalType t => OfTime(t, t.TimeUnit == TimeUnit.Nanos
            ? On<long>(Values.AppendTime) : On<long>((c, v) => Values.AppendTime(c, (Int128)v * 1_000))),
        TimestampLogicalType t => OfTimestamp(t.TimeUnit, t.IsAdjustedToUtc),
        NullLogicalType => Nothing,
        _ => Refused($"{logical}", Unknown),
    };

    private static ParquetType OfTimestamp(TimeUnit unit, bool isUtc)
    {
        var (name, perUnit) = unit switch
        {
            TimeUnit.Millis => ("ms", 1_000_000L),
            TimeUnit.Micros => ("us", 1_000L),
            _ => ("ns", 1L),
        };
        return new($"timestamp[{name}{(isUtc ? ", UTC" : "")}]", isUtc ? SourceKind.Instant : SourceKind.LocalTimestamp, new(ColumnKind.Timestamp),
            On<long>((c, v) => Values.AppendMoment(c, (Int128)v * perUnit)))
        {
            Note = isUtc ? null : Zone,
        };
    }

    private static ParquetType OfBytes(LogicalType logical, Func<BytesAppend, Func<ColumnReader, ParquetCursor>> on) => logical switch
    {
        StringLogicalType => new("string", SourceKind.Text, new(ColumnKind.Text), on(Values.AppendBytes)),
        EnumLogicalType => new("enum", SourceKind.Text, new(ColumnKind.Text), on(Values.AppendBytes)),
        JsonLogicalType => new("json", SourceKind.Text, new(ColumnKind.Text), on(Values.AppendBytes)),
        DecimalLogicalType { Scale: var scale } d => OfDecimal(d, on((c, v) => Values.AppendDecimal(c, v, scale))),
        BsonLogicalType => new("bson", SourceKind.Bytes, new(ColumnKind.Bytes), on(Values.AppendBytes)),
        NoneLogicalType => new("binary", SourceKind.Bytes, new(ColumnKind.Bytes), on(Values.AppendBytes)) { IsPlainBytes = true, Note = PlainBytes },
        NullLogicalType => Nothing,
        _ => Refused($"{logical}", Unknown),
    };

    private static ParquetType OfFixed(LogicalType logical, int length)
    {
        var on = BytesCursor.OfFixed(length);
        return logical switch
        {
            UuidLogicalType when length == 16 => new("uuid", SourceKind.Text, new(ColumnKind.Text), on(Values.AppendUuid)),
            Float16LogicalType when length == 2 => new("float16", SourceKind.Float64, new(ColumnKind.Float64), on(Values.AppendHalf)),
            NoneLogicalType => OfBytes(logical, on) with { Name = $"fixed({length})" },
            _ => OfBytes(logical, on),
        };
    }

    private static ParquetType OfTime(TimeLogicalType time, Func<ColumnReader, ParquetCursor> open) =>
        new($"time[{(time.TimeUnit == TimeUnit.Millis ? "ms" : time.TimeUnit == TimeUnit.Micros ? "us" : "ns")}]", SourceKind.Time, new(ColumnKind.Time), open);

    private static ParquetType OfDecimal(DecimalLogicalType type, Func<ColumnReader, ParquetCursor> open)
    {
        var (name, fits) = ($"decimal({type.Precision},{type.Scale})", type.Precision <= ColumnType.MaxPrecision);
        var proposed = new ColumnType(
            ColumnKind.Decimal, Math.Min(type.Precision, ColumnType.MaxPrecision), Math.Min(type.Scale, ColumnType.MaxPrecision));
        return new(name, SourceKind.Decimal, proposed, open) { Note = fits ? null : Wide };
    }

    private static ParquetType Nothing { get; } = new("null", SourceKind.Text, new(ColumnKind.Text), NullCursor.Open) { Note = Empty };

    private static ParquetType Integer(string name, ColumnKind proposed, Func<ColumnReader, ParquetCursor> open) =>
        new(name, SourceKind.Int64, new(proposed), open);

    private static ParquetType Refused(string name, Text why) => new(name, SourceKind.Text, null, null) { Note = why };

    private static Func<ColumnReader, ParquetCursor> On<T>(Action<SourceColumn, T> append)
        where T : unmanaged => reader => new ValueCursor<T>(reader, append);
}
