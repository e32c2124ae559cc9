using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>How the cells of a native type are fetched.</summary>
internal enum SqlServerForm
{
    Bit,
    TinyInt,
    SmallInt,
    Int,
    BigInt,

    /// <summary>rowversion: bytes that count upwards in the whole database.</summary>
    RowVersion,

    /// <summary>Up to 28 digits; money too.</summary>
    Decimal,

    /// <summary>29 to 38 digits: by its text.</summary>
    WideDecimal,

    Single,
    Double,
    Date,
    Time,

    /// <summary>datetime2 and smalldatetime: no zone.</summary>
    Local,

    /// <summary>datetime: no zone, and a third of a hundredth of a second, shown in milliseconds.</summary>
    OldLocal,

    /// <summary>datetimeoffset: an instant.</summary>
    Instant,

    /// <summary>nvarchar: already UTF-16.</summary>
    Unicode,

    /// <summary>char and nchar: padded with blanks that mean nothing.</summary>
    Padded,

    /// <summary>Every other text, of whatever code page.</summary>
    Text,

    Guid,
    Bytes,

    /// <summary>Nothing the hub could publish: geometry, hierarchyid, sql_variant, CLR types.</summary>
    Refused,
}

/// <summary>A column as the catalogue or the server's description of a query has it.</summary>
/// <param name="Name">In the source.</param>
/// <param name="Type">System type's name.</param>
/// <param name="MaxLength">Bytes, -1 for max.</param>
/// <param name="Precision">Digits of a number.</param>
/// <param name="Scale">Digits behind the point, or of a second.</param>
internal sealed record SqlServerColumn(string Name, string Type, int MaxLength, int Precision, int Scale)
{
    /// <summary>In place of a column that the relation does not have, or that is not asked for.</summary>
    public static SqlServerColumn Absent { get; } = new("", "nvarchar", 2, 0, 0) { IsAbsent = true };

    public bool IsAbsent { get; init; }

    public SqlServerForm Form => SqlServerTypes.FormOf(Type, Precision);

    /// <summary>As a person would declare it.</summary>
    public string NativeType => Type switch
    {
        "decimal" or "numeric" => string.Create(null, $"{Type}({Precision},{Scale})"),
        "time" or "datetime2" or "datetimeoffset" => string.Create(null, $"{Type}({Scale})"),
        "nchar" or "nvarchar" => Length(MaxLength / 2),
        "char" or "varchar" or "binary" or "varbinary" => Length(MaxLength),
        "timestamp" => "rowversion",
        _ => Type,
    };

    /// <summary>Declared length in characters, or null where there is none.</summary>
    public int? Characters => Type switch
    {
        "nchar" or "nvarchar" when MaxLength > 0 => MaxLength / 2,
        "char" or "varchar" when MaxLength > 0 => MaxLength,
        _ => null,
    };

    private string Length(int length) => MaxLength < 0 ? $"{Type}(max)" : string.Create(null, $"{Type}({length})");
}

/// <summary>Which form each native type has, how its values are selected and what they become.</summary>
internal static class SqlServerTypes
{
    private const int MostInRow = 8000;

    public static SqlServerForm FormOf(string type, int precision) => type switch
    {
        "bit" => SqlServerForm.Bit,
        "tinyint" => SqlServerForm.TinyInt,
        "smallint" => SqlServerForm.SmallInt,
        "int" => SqlServerForm.Int,
        "bigint" => SqlServerForm.BigInt,
        "timestamp" or "rowversion" => SqlServerForm.RowVersion,
        "decimal" or "numeric" => precision <= ColumnType.MaxPrecision ? SqlServerForm.Decimal : SqlServerForm.WideDecimal,
        "money" or "smallmoney" => SqlServerForm.Decimal,
        "real" => SqlServerForm.Single,
        "float" => SqlServerForm.Double,
        "date" => SqlServerForm.Date,
        "time" => SqlServerForm.Time,
        "datetime2" or "smalldatetime" => SqlServerForm.Local,
        "datetime" => SqlServerForm.OldLocal,
        "datetimeoffset" => SqlServerForm.Instant,
        "nvarchar" or "sysname" => SqlServerForm.Unicode,
        "char" or "nchar" => SqlServerForm.Padded,
        "varchar" or "text" or "ntext" or "xml" or "json" => SqlServerForm.Text,
        "uniqueidentifier" => SqlServerForm.Guid,
        "binary" or "varbinary" or "image" => SqlServerForm.Bytes,
        _ => SqlServerForm.Refused,
    };

    /// <summary>
    /// Text comes as the bytes of its UTF-16, whatever its code page: the driver hands bytes over without an object a cell. A decimal
    /// beyond 28 digits comes by its text.
    /// </summary>
    public static string Select(SqlServerColumn column, SourceKind kind)
    {
        if (column.IsAbsent)
        {
            return "CAST(NULL AS varbinary(1))";
        }

        var quoted = SqlServerName.Quote(column.Name);
        return column.Form switch
        {
            SqlServerForm.Unicode => Bytes(column, quoted),
            SqlServerForm.Padded => Bytes(column, $"RTRIM({Utf16(column, quoted)})"),
            SqlServerForm.Text => Bytes(column, Utf16(column, quoted)),
            SqlServerForm.WideDecimal => $"CONVERT(varbinary(45), CONVERT(varchar(45), {quoted}))",
            SqlServerForm.RowVersion when kind == SourceKind.Int64 => $"CONVERT(bigint, {quoted})",
            SqlServerForm.RowVersion => $"CONVERT(binary(8), {quoted})",
            SqlServerForm.Bytes when column.Type == "image" => $"CONVERT(varbinary(max), {quoted})",
            _ => quoted,
        };
    }

    private static string Utf16(SqlServerColumn column, string quoted) =>
        $"CONVERT(nvarchar({(Room(column) > MostInRow ? "max" : Size(Room(column) / 2))}), {quoted})";

    private static string Bytes(SqlServerColumn column, string text) =>
        $"CONVERT(varbinary({(Room(column) > MostInRow ? "max" : Size(Room(column)))}), {text})";

    /// <summary>Bytes that the text takes as UTF-16 at most.</summary>
    private static int Room(SqlServerColumn column) => column.Type switch
    {
        "nchar" or "nvarchar" or "sysname" when column.MaxLength > 0 => column.MaxLength,
        "char" or "varchar" when column.MaxLength > 0 => 2 * column.MaxLength,
        _ => int.MaxValue,
    };

    private static string Size(int size) => size.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How a column compares with a watermark; null for forms that do not.</summary>
    public static WatermarkForm? WatermarkOf(SqlServerForm form) => form switch
    {
        SqlServerForm.TinyInt or SqlServerForm.SmallInt or SqlServerForm.Int or SqlServerForm.BigInt or SqlServerForm.RowVersion
            or SqlServerForm.Decimal or SqlServerForm.WideDecimal => WatermarkForm.Number,
        SqlServerForm.Date => WatermarkForm.Date,
        SqlServerForm.Local or SqlServerForm.OldLocal => WatermarkForm.Local,
        SqlServerForm.Instant => WatermarkForm.Instant,
        _ => null,
    };

    /// <summary>One bound of a window; an index on the column stays usable.</summary>
    /// <param name="column">The watermark's.</param>
    /// <param name="word"><c>&gt;=</c> or <c>&lt;</c>.</param>
    /// <param name="literal">As <see cref="WatermarkBounds"/> writes it.</param>
    public static string Compare(SqlServerColumn column, string word, string literal)
    {
        var bound = column.Form switch
        {
            // As bytes a negative number would lie behind all others.
            SqlServerForm.RowVersion => $"CONVERT(binary(8), CONVERT(bigint, {(literal[0] == '-' ? "0" : literal)}))",
            SqlServerForm.Date => $"CONVERT(date, '{literal}', 23)",
            SqlServerForm.Instant => $"CONVERT(datetimeoffset(7), '{literal} +00:00', 121)",
            SqlServerForm.Local => $"CONVERT(datetime2(7), '{literal}', 121)",
            // .997 is kept as .99666…, and compares as that: a bound takes in a little more.
            SqlServerForm.OldLocal => $"DATEADD(millisecond, {(word == "<" ? 4 : -4)}, CONVERT(datetime2(7), '{literal}', 121))",
            _ => $"CONVERT(bigint, {literal})",
        };
        return $"{SqlServerName.Quote(column.Name)} {word} {bound}";
    }

    /// <summary>What the cells become. A contract may take whole numbers as booleans, a bit as a number, and a rowversion as bytes.</summary>
    public static SourceKind KindOf(SqlServerForm form, ColumnKind wanted) => form switch
    {
        SqlServerForm.Bit => wanted is ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Decimal ? SourceKind.Int64 : SourceKind.Boolean,
        SqlServerForm.TinyInt or SqlServerForm.SmallInt or SqlServerForm.Int or SqlServerForm.BigInt =>
            wanted == ColumnKind.Boolean ? SourceKind.Boolean : SourceKind.Int64,
        SqlServerForm.RowVersion => wanted == ColumnKind.Bytes ? SourceKind.Bytes : SourceKind.Int64,
        SqlServerForm.Decimal or SqlServerForm.WideDecimal => SourceKind.Decimal,
        SqlServerForm.Single or SqlServerForm.Double => SourceKind.Float64,
        SqlServerForm.Date => SourceKind.Date,
        SqlServerForm.Time => SourceKind.Time,
        SqlServerForm.Local or SqlServerForm.OldLocal => SourceKind.LocalTimestamp,
        SqlServerForm.Instant => SourceKind.Instant,
        SqlServerForm.Bytes => SourceKind.Bytes,
        _ => SourceKind.Text,
    };
}
