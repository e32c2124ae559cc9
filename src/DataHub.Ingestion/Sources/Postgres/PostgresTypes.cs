using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// How each native type is read and which type a contract is proposed for it. What COPY BINARY does not deliver as a
/// plain value is read as the text that PostgreSQL writes for it.
/// </summary>
internal static class PostgresTypes
{
    public const uint Bool = 16, Bytea = 17, Name = 19, Int8 = 20, Int2 = 21, Int4 = 23, Text = 25, Float4 = 700,
        Float8 = 701, BpChar = 1042, VarChar = 1043, Date = 1082, Time = 1083, Timestamp = 1114, TimestampTz = 1184,
        Numeric = 1700;

    private static readonly Text NumericNote = new(
        "Cột numeric không khai báo độ chính xác: hãy kiểm tra và sửa decimal(p,s).",
        "A numeric column without a declared precision: check and correct decimal(p,s).");

    private static readonly Text WideNote = new(
        "Rộng hơn 28 chữ số: giá trị không vừa sẽ bị cách ly.",
        "Wider than 28 digits: values that do not fit go to quarantine.");

    private static readonly Text AsTextNote = new(
        "Không có kiểu tương ứng: được đọc dưới dạng văn bản của PostgreSQL.",
        "There is no corresponding type: read as the text that PostgreSQL writes.");

    private static readonly Text ZoneNote = new(
        "Thời điểm không có múi giờ: hợp đồng phải khai báo hub.timeZone.",
        "A timestamp without a zone: the contract must declare hub.timeZone.");

    /// <summary>How the cells of a type come; char(n) keeps the blanks that PostgreSQL pads it with.</summary>
    public static SourceKind KindOf(uint type) => type switch
    {
        Int2 or Int4 or Int8 => SourceKind.Int64,
        Numeric => SourceKind.Decimal,
        Float4 or Float8 => SourceKind.Float64,
        Bool => SourceKind.Boolean,
        Date => SourceKind.Date,
        Time => SourceKind.Time,
        Timestamp => SourceKind.LocalTimestamp,
        TimestampTz => SourceKind.Instant,
        Bytea => SourceKind.Bytes,
        _ => SourceKind.Text,
    };

    /// <summary>The expression that selects a column: itself, or its text.</summary>
    public static string Select(string column, uint type, bool isEnum)
    {
        var quoted = PostgresName.Quote(column);
        return isEnum || KindOf(type) != SourceKind.Text || type is Text or VarChar or BpChar or Name
            ? quoted
            : quoted + "::text";
    }

    /// <summary>The proposal for a base type and its modifier (-1: none).</summary>
    public static (ColumnType Type, Text? Note) Propose(uint type, int modifier, bool isEnum) => type switch
    {
        Int2 or Int4 => (new ColumnType(ColumnKind.Int32), null),
        Int8 => (new ColumnType(ColumnKind.Int64), null),
        Numeric => ProposeNumeric(modifier),
        Float4 or Float8 => (new ColumnType(ColumnKind.Float64), null),
        Bool => (new ColumnType(ColumnKind.Boolean), null),
        Date => (new ColumnType(ColumnKind.Date), null),
        Time => (new ColumnType(ColumnKind.Time), null),
        Timestamp => (new ColumnType(ColumnKind.Timestamp), ZoneNote),
        TimestampTz => (new ColumnType(ColumnKind.Timestamp), null),
        Bytea => (new ColumnType(ColumnKind.Bytes), null),
        Text or VarChar or BpChar or Name => (new ColumnType(ColumnKind.Text), null),
        _ => (new ColumnType(ColumnKind.Text), isEnum ? null : AsTextNote),
    };

    /// <summary>The declared length of varchar(n) and char(n).</summary>
    public static int? MaxLength(uint type, int modifier) =>
        type is VarChar or BpChar && modifier >= 4 ? modifier - 4 : null;

    private static (ColumnType, Text?) ProposeNumeric(int modifier)
    {
        if (modifier < 4)
        {
            return (new ColumnType(ColumnKind.Decimal, ColumnType.MaxPrecision, 6), NumericNote);
        }

        var precision = ((modifier - 4) >> 16) & 0xFFFF;
        // Eleven bits with a sign since PostgreSQL 15: a scale may be negative, or larger than the precision.
        var scale = (((modifier - 4) & 0x7FF) ^ 1024) - 1024;
        var digits = Math.Max(precision - Math.Min(scale, 0), scale);
        return digits <= ColumnType.MaxPrecision
            ? (new ColumnType(ColumnKind.Decimal, digits, Math.Max(scale, 0)), null)
            : (new ColumnType(ColumnKind.Decimal, ColumnType.MaxPrecision, Math.Clamp(scale, 0, 28)), WideNote);
    }
}
