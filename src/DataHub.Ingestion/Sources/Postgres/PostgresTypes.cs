using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// How each native type is read and which type a contract is proposed for it. What COPY BINARY does not deliver as a plain value is read
/// as text where that text is exact and always the same; any other type is refused by name.
/// </summary>
internal static class PostgresTypes
{
    public const uint Bool = 16, Bytea = 17, Name = 19, Int8 = 20, Int2 = 21, Int4 = 23, Text = 25, Float4 = 700,
        Float8 = 701, BpChar = 1042, VarChar = 1043, Date = 1082, Time = 1083, Timestamp = 1114, TimestampTz = 1184,
        Numeric = 1700;

    private const uint Money = 790;

    /// <summary>
    /// Built-in types whose text depends on nothing but the value and the settings that <see cref="PostgresCatalogueSql.Begin"/> pins.
    /// Not among them: money and reg* (locale, search path), tsvector (made for searching).
    /// </summary>
    private static readonly HashSet<uint> ExactTexts =
    [
        18 /* "char" */, 26 /* oid */, 28 /* xid */, 5069 /* xid8 */, 3220 /* pg_lsn */, 114 /* json */, 3802 /* jsonb */,
        142 /* xml */, 2950 /* uuid */, 869 /* inet */, 650 /* cidr */, 829 /* macaddr */, 774 /* macaddr8 */,
        1186 /* interval */, 1266 /* timetz */, 1560 /* bit */, 1562 /* varbit */, 600 /* point */, 601 /* lseg */,
        602 /* path */, 603 /* box */, 604 /* polygon */, 628 /* line */, 718 /* circle */, 4451 /* int4multirange */,
        4532 /* nummultirange */, 4533 /* tsmultirange */, 4534 /* tstzmultirange */, 4535 /* datemultirange */,
        4536, /* int8multirange */
    ];

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

    /// <summary>How a column compares with a watermark; null for types that do not.</summary>
    public static WatermarkForm? WatermarkOf(uint type) => type switch
    {
        Int2 or Int4 or Int8 or Numeric => WatermarkForm.Number,
        Date => WatermarkForm.Date,
        Timestamp => WatermarkForm.Local,
        TimestampTz => WatermarkForm.Instant,
        _ => null,
    };

    /// <summary>SQL name of a type that a watermark is compared as; wide enough for any bound.</summary>
    public static string NameOf(uint type) => type switch
    {
        Date => "date",
        Timestamp => "timestamp",
        TimestampTz => "timestamptz",
        Numeric => "numeric",
        _ => "bigint",
    };

    /// <summary>The expression that selects a column in its form.</summary>
    public static string Select(string column, PostgresForm form)
    {
        var quoted = PostgresName.Quote(column);
        return form switch
        {
            PostgresForm.Plain => quoted,
            PostgresForm.Json => $"pg_catalog.to_json({quoted})::text",
            _ => quoted + "::text",
        };
    }

    /// <summary>A type by its parts, itself first: refused when any of them is.</summary>
    public static PostgresType Judge(IReadOnlyList<PostgresTypePart> parts)
    {
        var own = parts[0];
        var form = FormOf(own);
        var refused = parts.FirstOrDefault(p => FormOf(p) == PostgresForm.Refused);
        return refused is not null
            ? new PostgresType(own.Name, PostgresForm.Refused, PostgresNotes.Refused(refused, own, refused.Oid == Money))
            : new PostgresType(own.Name, form, PostgresNotes.Of(own, form));
    }

    /// <summary>The proposal for a base type that is read, and its modifier (-1: none).</summary>
    public static (ColumnType Type, Core.Errors.Text? Note) Propose(uint type, int modifier) => type switch
    {
        Int2 or Int4 => (new ColumnType(ColumnKind.Int32), null),
        Int8 => (new ColumnType(ColumnKind.Int64), null),
        Numeric => ProposeNumeric(modifier),
        Float4 or Float8 => (new ColumnType(ColumnKind.Float64), null),
        Bool => (new ColumnType(ColumnKind.Boolean), null),
        Date => (new ColumnType(ColumnKind.Date), null),
        Time => (new ColumnType(ColumnKind.Time), null),
        Timestamp => (new ColumnType(ColumnKind.Timestamp), PostgresNotes.Zone),
        TimestampTz => (new ColumnType(ColumnKind.Timestamp), null),
        Bytea => (new ColumnType(ColumnKind.Bytes), null),
        _ => (new ColumnType(ColumnKind.Text), null),
    };

    /// <summary>The proposal for a column of a result, whose precision stands in its type's name: <c>numeric(12,2)</c>.</summary>
    public static ColumnType Propose(uint type, string display) =>
        type == Numeric && ColumnType.TryParse(display.Replace("numeric", "decimal", StringComparison.Ordinal), out var exact)
            ? exact : Propose(type, modifier: -1).Type;

    /// <summary>The declared length of varchar(n) and char(n).</summary>
    public static int? MaxLength(uint type, int modifier) =>
        type is VarChar or BpChar && modifier >= 4 ? modifier - 4 : null;

    private static PostgresForm FormOf(PostgresTypePart part) => part switch
    {
        { Kind: 'a' or 'c' } => PostgresForm.Json,
        { Kind: 'e' or 'd' } => PostgresForm.Plain,
        { Kind: 'r' } => PostgresForm.Text,
        { Extension: ("citext", "citext") } => PostgresForm.Text,
        { Extension: ("hstore", "hstore") } => PostgresForm.Json,
        _ when KindOf(part.Oid) != SourceKind.Text || part.Oid is Text or VarChar or BpChar or Name => PostgresForm.Plain,
        _ => ExactTexts.Contains(part.Oid) ? PostgresForm.Text : PostgresForm.Refused,
    };

    private static (ColumnType, Core.Errors.Text?) ProposeNumeric(int modifier)
    {
        if (modifier < 4)
        {
            return (new ColumnType(ColumnKind.Decimal, ColumnType.MaxPrecision, 6), PostgresNotes.Numeric);
        }

        var precision = ((modifier - 4) >> 16) & 0xFFFF;
        // Eleven bits with a sign since PostgreSQL 15: a scale may be negative, or larger than the precision.
        var scale = (((modifier - 4) & 0x7FF) ^ 1024) - 1024;
        var digits = Math.Max(precision - Math.Min(scale, 0), scale);
        return digits <= ColumnType.MaxPrecision
            ? (new ColumnType(ColumnKind.Decimal, digits, Math.Max(scale, 0)), null)
            : (new ColumnType(ColumnKind.Decimal, ColumnType.MaxPrecision, Math.Clamp(scale, 0, 28)), PostgresNotes.Wide);
    }
}
