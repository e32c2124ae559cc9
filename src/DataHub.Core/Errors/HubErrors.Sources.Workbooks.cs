namespace DataHub.Core.Errors;

/// <summary>Refusals of workbooks.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceWorkbookLockedKind = new(
        "source_workbook_locked", 422, ErrorOrigin.Source,
        new("Bảng tính có mật khẩu", "The workbook has a password"),
        new(
            "“{1}” của nguồn “{0}” được bảo vệ bằng mật khẩu mở tệp.",
            "\"{1}\" of source \"{0}\" is protected by a password for opening."),
        new(
            "Bỏ mật khẩu mở tệp trong Excel rồi đưa tệp lên lại.",
            "Take the password for opening away in Excel and deliver the file again."));

    /// <summary>The hub keeps no passwords of files.</summary>
    public static HubError SourceWorkbookLocked(string source, string file) =>
        Make(SourceWorkbookLockedKind, source, file);

    private static readonly ErrorKind SourceWorkbookDamagedKind = new(
        "source_workbook_damaged", 422, ErrorOrigin.Source,
        new("Không đọc được bảng tính", "The workbook cannot be read"),
        new(
            "“{1}” của nguồn “{0}” không phải bảng tính Excel (.xlsx, .xls) nguyên vẹn; không có gì được công bố.",
            "\"{1}\" of source \"{0}\" is no intact Excel workbook (.xlsx, .xls); nothing was published."),
        new(
            "Mở tệp bằng Excel, lưu lại dạng .xlsx và đưa lên lại.",
            "Open it in Excel, save it as .xlsx and deliver it again."));

    /// <summary>Another kind of file, cut off or altered.</summary>
    public static HubError SourceWorkbookDamaged(string source, string file) =>
        Make(SourceWorkbookDamagedKind, source, file);

    private static readonly ErrorKind SourceSheetMissingKind = new(
        "source_sheet_missing", 422, ErrorOrigin.Client,
        new("Không có trang tính này", "There is no such sheet"),
        new(
            "“{1}” của nguồn “{0}” không có trang tính “{2}”; có: {3}.",
            "\"{1}\" of source \"{0}\" has no sheet \"{2}\"; it has: {3}."),
        new(
            "Sửa thiết lập sheet hoặc sheetNumber của nguồn (đúng chữ hoa, chữ thường và dấu).",
            "Correct the source's sheet or sheetNumber setting (case and accents count)."));

    /// <summary>By name or number, never the first by guess.</summary>
    public static HubError SourceSheetMissing(string source, string file, string sheet, IReadOnlyList<string> sheets) =>
        Make(SourceSheetMissingKind, source, file, sheet, List(sheets));
}
