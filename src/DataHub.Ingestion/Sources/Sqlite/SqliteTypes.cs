using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>What a declared column type means. SQLite types values, not columns: it is the owner's word, not the engine's.</summary>
internal enum SqliteDeclared { None, Integer, Text, Bytes, Real, Decimal, Boolean, Date, Time, Timestamp, Other }

/// <summary>
/// Reads declared types by SQLite's own rules of affinity, and beyond them the names of types that SQLite has not; proposes the
/// contract's type and says how values are delivered for the one that a contract declares.
/// </summary>
internal static class SqliteTypes
{
    private static readonly Text NoTypeNote = new(
        "Cột không khai báo kiểu: hãy khai báo kiểu đúng; số trong cột văn bản sẽ bị cách ly.",
        "The column declares no type: declare the right one; numbers in a column of text go to quarantine.");

    private static readonly Text OtherNote = new(
        "SQLite không có kiểu này và coi như số: mã có số 0 ở đầu có thể đã mất từ nguồn.",
        "SQLite has no such type and takes it for numbers: codes may have lost their leading zeros at the source.");

    private static readonly Text DecimalNote = new(
        "Không khai báo độ chính xác: hãy kiểm tra và sửa decimal(p,s).",
        "Without a declared precision: check and correct decimal(p,s).");

    private static readonly Text WideNote = new(
        "Rộng hơn 28 chữ số: giá trị không vừa sẽ bị cách ly.",
        "Wider than 28 digits: values that do not fit go to quarantine.");

    private static readonly Text BooleanNote = new(
        "0 và 1 là sai và đúng; số khác bị cách ly.", "0 and 1 are false and true; other numbers go to quarantine.");

    private static readonly Text MomentNote = new(
        "Chỉ nhận văn bản ISO 8601; số (epoch, Julian) bị cách ly: đổi bằng hub.query, ví dụ datetime(c,'unixepoch').",
        "ISO 8601 text only; numbers (epoch, Julian) go to quarantine: convert by hub.query, e.g. datetime(c,'unixepoch').");

    /// <summary>By SQLite's rules of affinity in their order; they look for parts of names.</summary>
    public static SqliteDeclared Read(string? declared)
    {
        var type = (declared ?? "").Trim().ToUpperInvariant();
        var name = type.Split('(')[0].TrimEnd();
        return type switch
        {
            "" => SqliteDeclared.None,
            _ when Has(type, "INT") => SqliteDeclared.Integer,
            _ when Has(type, "CHAR") || Has(type, "CLOB") || Has(type, "TEXT") => SqliteDeclared.Text,
            _ when Has(type, "BLOB") => SqliteDeclared.Bytes,
            _ when Has(type, "REAL") || Has(type, "FLOA") || Has(type, "DOUB") => SqliteDeclared.Real,
            _ => Named(name),
        };
    }

    public static (ColumnType Type, Text? Note) Propose(string? declared) => Read(declared) switch
    {
        SqliteDeclared.Integer => (new ColumnType(ColumnKind.Int64), null),
        SqliteDeclared.Text => (new ColumnType(ColumnKind.Text), null),
        SqliteDeclared.Bytes => (new ColumnType(ColumnKind.Bytes), null),
        SqliteDeclared.Real => (new ColumnType(ColumnKind.Float64), null),
        SqliteDeclared.Decimal => ProposeDecimal(declared!),
        SqliteDeclared.Boolean => (new ColumnType(ColumnKind.Boolean), BooleanNote),
        SqliteDeclared.Date => (new ColumnType(ColumnKind.Date), MomentNote),
        SqliteDeclared.Time => (new ColumnType(ColumnKind.Time), MomentNote),
        SqliteDeclared.Timestamp => (new ColumnType(ColumnKind.Timestamp), MomentNote),
        SqliteDeclared.None => (new ColumnType(ColumnKind.Text), NoTypeNote),
        _ => (new ColumnType(ColumnKind.Text), OtherNote),
    };

    /// <summary>
    /// How the column is delivered to the declared type. A declared number is no text and a declared float no decimal, as
    /// everywhere; where the source declares nothing of its own, each value is judged by itself.
    /// </summary>
    public static SourceKind KindOf(SqliteDeclared declared, ContractColumn column)
    {
        var target = column.Type.Kind;
        return declared switch
        {
            SqliteDeclared.Text => SourceKind.Text,
            SqliteDeclared.Bytes => SourceKind.Bytes,
            SqliteDeclared.Real => SourceKind.Float64,
            SqliteDeclared.Integer or SqliteDeclared.Decimal when AreDigitsText(column) => SourceKind.Text,
            SqliteDeclared.Integer => target == ColumnKind.Boolean ? SourceKind.Boolean : SourceKind.Int64,
            SqliteDeclared.Decimal => target == ColumnKind.Float64 ? SourceKind.Float64 : SourceKind.Decimal,
            SqliteDeclared.Boolean =>
                target is ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Decimal ? SourceKind.Int64 : SourceKind.Boolean,
            _ => Natural(target),
        };
    }

    /// <summary>A date column has the affinity of numbers, which makes 20260131 of '20260131': a declared format reads both.</summary>
    public static bool AreDigitsText(ContractColumn column) =>
        column.Parse.Format is not null && column.Type.Kind is ColumnKind.Date or ColumnKind.Time or ColumnKind.Timestamp;

    private static SourceKind Natural(ColumnKind target) => target switch
    {
        ColumnKind.Int32 or ColumnKind.Int64 => SourceKind.Int64,
        ColumnKind.Decimal => SourceKind.Decimal,
        ColumnKind.Float64 => SourceKind.Float64,
        ColumnKind.Boolean => SourceKind.Boolean,
        ColumnKind.Bytes => SourceKind.Bytes,
        _ => SourceKind.Text,
    };

    private static SqliteDeclared Named(string name) => name switch
    {
        "BOOLEAN" or "BOOL" => SqliteDeclared.Boolean,
        "DATE" => SqliteDeclared.Date,
        "NUMERIC" or "DECIMAL" or "DEC" or "NUMBER" or "MONEY" => SqliteDeclared.Decimal,
        _ when name.StartsWith("DATETIME", StringComparison.Ordinal) || name.StartsWith("TIMESTAMP", StringComparison.Ordinal) =>
            SqliteDeclared.Timestamp,
        _ when name == "TIME" || name.StartsWith("TIME ", StringComparison.Ordinal) => SqliteDeclared.Time,
        _ => SqliteDeclared.Other,
    };

    /// <summary>(p,s) as written; SQLite itself ignores them.</summary>
    private static (ColumnType, Text?) ProposeDecimal(string declared)
    {
        var parts = declared.Split('(', ')', ',');
        if (parts.Length < 2 || !TryNumber(parts[1], out var precision) || precision == 0)
        {
            return (new ColumnType(ColumnKind.Decimal, ColumnType.MaxPrecision, 6), DecimalNote);
        }

        var scale = parts.Length > 2 && TryNumber(parts[2], out var places) ? places : 0;
        return precision <= ColumnType.MaxPrecision && scale <= precision
            ? (new ColumnType(ColumnKind.Decimal, precision, scale), null)
            : (new ColumnType(ColumnKind.Decimal, ColumnType.MaxPrecision, Math.Min(scale, ColumnType.MaxPrecision)), WideNote);
    }

    private static bool TryNumber(string text, out int value) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value);

    private static bool Has(string type, string part) => type.Contains(part, StringComparison.Ordinal);
}
