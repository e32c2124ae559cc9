using DataHub.Core.Contracts;
using DataHub.Core.Records;
using MySqlConnector;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>How the cells of a native type are fetched and read.</summary>
internal enum MySqlForm
{
    Integer,

    /// <summary>bigint unsigned and bit(64): beyond 64 bits with a sign.</summary>
    Unsigned,

    Bit,
    Decimal,
    Single,
    Double,
    Date,
    Time,

    /// <summary>datetime: no zone.</summary>
    Local,

    /// <summary>timestamp: an instant, fetched in UTC.</summary>
    Instant,

    Text,
    Bytes,

    /// <summary>Nothing the hub could publish: geometry, vectors.</summary>
    Refused,
}

/// <summary>Which form each native type has, and how its values are selected.</summary>
internal static class MySqlTypes
{
    /// <summary>By the catalogue's words.</summary>
    public static MySqlForm FormOf(string dataType, string columnType) => dataType.ToLowerInvariant() switch
    {
        "tinyint" or "smallint" or "mediumint" or "int" or "integer" or "year" => MySqlForm.Integer,
        "bigint" => columnType.Contains("unsigned", StringComparison.OrdinalIgnoreCase) ? MySqlForm.Unsigned : MySqlForm.Integer,
        "bit" => columnType.Contains("64", StringComparison.Ordinal) ? MySqlForm.Unsigned : MySqlForm.Bit,
        "decimal" or "numeric" => MySqlForm.Decimal,
        "float" => MySqlForm.Single,
        "double" or "real" => MySqlForm.Double,
        "date" => MySqlForm.Date,
        "time" => MySqlForm.Time,
        "datetime" => MySqlForm.Local,
        "timestamp" => MySqlForm.Instant,
        "binary" or "varbinary" or "tinyblob" or "blob" or "mediumblob" or "longblob" => MySqlForm.Bytes,
        "char" or "varchar" or "tinytext" or "text" or "mediumtext" or "longtext" or "enum" or "set" or "json"
            or "uuid" or "inet4" or "inet6" => MySqlForm.Text,
        _ => MySqlForm.Refused,
    };

    /// <summary>By what the server says of a query's result.</summary>
    public static MySqlForm FormOf(MySqlDbColumn column) => column.ProviderType switch
    {
        MySqlDbType.UInt64 => MySqlForm.Unsigned,
        MySqlDbType.Bool or MySqlDbType.Byte or MySqlDbType.UByte or MySqlDbType.Int16 or MySqlDbType.UInt16
            or MySqlDbType.Int24 or MySqlDbType.UInt24 or MySqlDbType.Int32 or MySqlDbType.UInt32
            or MySqlDbType.Int64 or MySqlDbType.Year => MySqlForm.Integer,
        MySqlDbType.Bit => column.ColumnSize >= 64 ? MySqlForm.Unsigned : MySqlForm.Bit,
        MySqlDbType.Decimal or MySqlDbType.NewDecimal => MySqlForm.Decimal,
        MySqlDbType.Float => MySqlForm.Single,
        MySqlDbType.Double => MySqlForm.Double,
        MySqlDbType.Date or MySqlDbType.Newdate => MySqlForm.Date,
        MySqlDbType.Time => MySqlForm.Time,
        MySqlDbType.DateTime => MySqlForm.Local,
        MySqlDbType.Timestamp => MySqlForm.Instant,
        MySqlDbType.Binary or MySqlDbType.VarBinary or MySqlDbType.TinyBlob or MySqlDbType.Blob
            or MySqlDbType.MediumBlob or MySqlDbType.LongBlob => MySqlForm.Bytes,
        MySqlDbType.Geometry or MySqlDbType.Vector => MySqlForm.Refused,
        _ => MySqlForm.Text,
    };

    /// <summary>
    /// Everything comes as the bytes of its text, which is what the server makes of it in any case, and which the driver
    /// hands over without an object a cell. A float's own text has six digits: it is widened first.
    /// </summary>
    public static string Select(string column, MySqlForm form)
    {
        var quoted = MySqlName.Quote(column);
        return form switch
        {
            MySqlForm.Bytes => quoted,
            MySqlForm.Text => $"CAST(CONVERT({quoted} USING utf8mb4) AS BINARY)",
            MySqlForm.Single => $"CAST({quoted} * 1e0 AS BINARY)",
            MySqlForm.Bit or MySqlForm.Unsigned => $"CAST({quoted} + 0 AS BINARY)",
            _ => $"CAST({quoted} AS BINARY)",
        };
    }

    /// <summary>How a column compares with a watermark; null for forms that do not.</summary>
    public static WatermarkForm? WatermarkOf(MySqlForm form) => form switch
    {
        MySqlForm.Integer or MySqlForm.Unsigned or MySqlForm.Decimal => WatermarkForm.Number,
        MySqlForm.Date => WatermarkForm.Date,
        MySqlForm.Local => WatermarkForm.Local,
        MySqlForm.Instant => WatermarkForm.Instant,
        _ => null,
    };

    /// <summary>
    /// What the cells become. Whole numbers become booleans where the contract says so: the engine has no boolean, and
    /// tinyint(1) may hold -128 to 127.
    /// </summary>
    public static SourceKind KindOf(MySqlForm form, ColumnKind wanted) => form switch
    {
        MySqlForm.Integer or MySqlForm.Bit => wanted == ColumnKind.Boolean ? SourceKind.Boolean : SourceKind.Int64,
        MySqlForm.Unsigned or MySqlForm.Decimal => SourceKind.Decimal,
        MySqlForm.Single or MySqlForm.Double => SourceKind.Float64,
        MySqlForm.Date => SourceKind.Date,
        MySqlForm.Time => SourceKind.Time,
        MySqlForm.Local => SourceKind.LocalTimestamp,
        MySqlForm.Instant => SourceKind.Instant,
        MySqlForm.Bytes => SourceKind.Bytes,
        _ => SourceKind.Text,
    };
}
