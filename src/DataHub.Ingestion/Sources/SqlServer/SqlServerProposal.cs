using DataHub.Core.Contracts;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>Which type a contract is proposed for a native one, and what an administrator should check.</summary>
internal static class SqlServerProposal
{
    private static readonly Text WideNote = new(
        "Rộng hơn 28 chữ số: giá trị không vừa sẽ bị cách ly.",
        "Wider than 28 digits: values that do not fit go to quarantine.");

    private static readonly Text ZoneNote = new(
        "Thời điểm không có múi giờ: hợp đồng phải khai báo hub.timeZone.",
        "A time without a zone: the contract must declare hub.timeZone.");

    private static readonly Text ZoneAndDigitsNote = new(
        "Thời điểm không có múi giờ: hợp đồng phải khai báo hub.timeZone. Chữ số thứ bảy của giây bị bỏ: trục dữ liệu giữ đến micro giây.",
        "A time without a zone: the contract must declare hub.timeZone. The seventh digit of a second is cut off: the hub keeps microseconds.");

    private static readonly Text DigitsNote = new(
        "Chữ số thứ bảy của giây bị bỏ: trục dữ liệu giữ đến micro giây.",
        "The seventh digit of a second is cut off: the hub keeps microseconds.");

    private static readonly Text VersionNote = new(
        "rowversion tăng theo mỗi lần ghi: dùng làm watermark; đọc thành số nguyên.",
        "A rowversion grows with every write: take it as the watermark; it is read as a whole number.");

    private static readonly Text PaddedNote = new(
        "Kiểu có độ dài cố định: dấu cách đệm ở cuối không được đọc.",
        "A type of fixed length: the blanks that pad it are not read.");

    private static readonly Text MaskedNote = new(
        "Cột bị che (dynamic data masking): tài khoản không có quyền UNMASK sẽ không đọc được.",
        "A masked column (dynamic data masking): an account without UNMASK cannot read it.");

    private static readonly Text RefusedNote = new(
        "Kiểu này không công bố được: hãy chọn phần cần dùng bằng hub.query (hinh.Lat, hinh.STAsText(), CONVERT…).",
        "This type cannot be published: select what is needed of it by hub.query (shape.Lat, shape.STAsText(), CONVERT…).");

    /// <summary>The proposal for a column as the catalogue declares it.</summary>
    public static (ColumnType? Type, Text? Note) For(SqlServerColumn column, bool isMasked)
    {
        var (type, note) = Plain(column);
        return (type, isMasked && type is not null ? MaskedNote : note);
    }

    private static (ColumnType?, Text?) Plain(SqlServerColumn column) => column.Form switch
    {
        SqlServerForm.Bit => (new(ColumnKind.Boolean), null),
        SqlServerForm.TinyInt or SqlServerForm.SmallInt or SqlServerForm.Int => (new(ColumnKind.Int32), null),
        SqlServerForm.BigInt => (new(ColumnKind.Int64), null),
        SqlServerForm.RowVersion => (new(ColumnKind.Int64), VersionNote),
        SqlServerForm.Decimal => (Decimal(column), null),
        SqlServerForm.WideDecimal =>
            (new(ColumnKind.Decimal, ColumnType.MaxPrecision, Math.Min(column.Scale, ColumnType.MaxPrecision)), WideNote),
        SqlServerForm.Single or SqlServerForm.Double => (new(ColumnKind.Float64), null),
        SqlServerForm.Date => (new(ColumnKind.Date), null),
        SqlServerForm.Time => (new(ColumnKind.Time), column.Scale == 7 ? DigitsNote : null),
        SqlServerForm.Local => (new(ColumnKind.Timestamp), column.Scale == 7 ? ZoneAndDigitsNote : ZoneNote),
        SqlServerForm.OldLocal => (new(ColumnKind.Timestamp), ZoneNote),
        SqlServerForm.Instant => (new(ColumnKind.Timestamp), column.Scale == 7 ? DigitsNote : null),
        SqlServerForm.Bytes => (new(ColumnKind.Bytes), null),
        SqlServerForm.Padded => (new(ColumnKind.Text), PaddedNote),
        SqlServerForm.Unicode or SqlServerForm.Text or SqlServerForm.Guid => (new(ColumnKind.Text), null),
        _ => (null, RefusedNote),
    };

    private static ColumnType Decimal(SqlServerColumn column) => column.Type switch
    {
        "money" => new(ColumnKind.Decimal, 19, 4),
        "smallmoney" => new(ColumnKind.Decimal, 10, 4),
        _ => new(ColumnKind.Decimal, column.Precision, column.Scale),
    };
}
