using System.Globalization;
using System.Text.RegularExpressions;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>Which type a contract is proposed for a native one, and what an administrator should check.</summary>
internal static partial class MySqlProposal
{
    private static readonly Text BooleanNote = new(
        "tinyint(1) và bit(1) được đề xuất là boolean: giá trị khác 0 và 1 sẽ bị cách ly; nếu cột là số, hãy sửa thành int32.",
        "tinyint(1) and bit(1) are proposed as boolean: values other than 0 and 1 go to quarantine; change it to int32 for numbers.");

    private static readonly Text WideNote = new(
        "Rộng hơn 28 chữ số: giá trị không vừa sẽ bị cách ly.",
        "Wider than 28 digits: values that do not fit go to quarantine.");

    private static readonly Text ZoneNote = new(
        "datetime không có múi giờ: hợp đồng phải khai báo hub.timeZone.",
        "datetime has no zone: the contract must declare hub.timeZone.");

    private static readonly Text TimeNote = new(
        "time âm hoặc từ 24 giờ trở lên không phải giờ trong ngày và sẽ bị cách ly.",
        "A time below zero or of 24 hours and more is no time of day and goes to quarantine.");

    private static readonly Text RefusedNote = new(
        "Kiểu này không công bố được: hãy chọn toạ độ hoặc văn bản của nó bằng hub.query (ST_X, ST_AsText…).",
        "This type cannot be published: select its coordinates or its text by hub.query (ST_X, ST_AsText…).");

    private static readonly Text InvisibleNote = new(
        "Cột ẩn (INVISIBLE): SELECT * không thấy, nhưng hợp đồng đọc được.",
        "An invisible column: SELECT * does not show it, a contract may read it.");

    /// <summary>The proposal for a column as the catalogue declares it.</summary>
    public static (ColumnType? Type, Text? Note) For(string dataType, string columnType, string extra)
    {
        var form = MySqlTypes.FormOf(dataType, columnType);
        var (type, note) = Plain(form, dataType, columnType);
        return (type, note ?? (extra.Contains("INVISIBLE", StringComparison.OrdinalIgnoreCase) ? InvisibleNote : null));
    }

    private static (ColumnType?, Text?) Plain(MySqlForm form, string dataType, string columnType) => form switch
    {
        _ when columnType is "tinyint(1)" or "bit(1)" => (new ColumnType(ColumnKind.Boolean), BooleanNote),
        MySqlForm.Integer => (new ColumnType(Wide(dataType, columnType) ? ColumnKind.Int64 : ColumnKind.Int32), null),
        MySqlForm.Bit => (new ColumnType(ColumnKind.Int64), null),
        MySqlForm.Unsigned => (new ColumnType(ColumnKind.Decimal, 20, 0), null),
        MySqlForm.Decimal => Decimal(columnType),
        MySqlForm.Single or MySqlForm.Double => (new ColumnType(ColumnKind.Float64), null),
        MySqlForm.Date => (new ColumnType(ColumnKind.Date), null),
        MySqlForm.Time => (new ColumnType(ColumnKind.Time), TimeNote),
        MySqlForm.Local => (new ColumnType(ColumnKind.Timestamp), ZoneNote),
        MySqlForm.Instant => (new ColumnType(ColumnKind.Timestamp), null),
        MySqlForm.Bytes => (new ColumnType(ColumnKind.Bytes), null),
        MySqlForm.Text => (new ColumnType(ColumnKind.Text), null),
        _ => (null, RefusedNote),
    };

    private static bool Wide(string dataType, string columnType) =>
        dataType.Equals("bigint", StringComparison.OrdinalIgnoreCase)
        || (dataType.StartsWith("int", StringComparison.OrdinalIgnoreCase)
            && columnType.Contains("unsigned", StringComparison.OrdinalIgnoreCase));

    private static (ColumnType?, Text?) Decimal(string columnType)
    {
        var digits = Digits().Match(columnType);
        var precision = int.Parse(digits.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        var scale = digits.Groups[2].Success ? int.Parse(digits.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0;
        return precision <= ColumnType.MaxPrecision
            ? (new ColumnType(ColumnKind.Decimal, precision, scale), null)
            : (new ColumnType(ColumnKind.Decimal, ColumnType.MaxPrecision, Math.Min(scale, ColumnType.MaxPrecision)), WideNote);
    }

    [GeneratedRegex(@"\((\d+)(?:,(\d+))?\)")]
    private static partial Regex Digits();
}
