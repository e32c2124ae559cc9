namespace DataHub.Core.Errors;

/// <summary>Failures that only file sources have.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceFilesDisabledKind = new(
        "source_files_disabled", 503, ErrorOrigin.Hub,
        new("Chưa cấu hình thư mục tệp nguồn", "No folder for file sources is configured"),
        new(
            "Trục dữ liệu chưa được cấu hình thư mục gốc cho nguồn dạng tệp.",
            "The hub has no root folder configured for file sources."),
        new(
            "Quản trị trục đặt thư mục gốc cho nguồn tệp rồi khởi động lại.",
            "The hub's operators set the root folder of file sources and restart."));

    /// <summary>The operators have not opened a folder.</summary>
    public static HubError SourceFilesDisabled() =>
        Make(SourceFilesDisabledKind);

    private static readonly ErrorKind SourceFileOutsideFolderKind = new(
        "source_file_outside_folder", 422, ErrorOrigin.Client,
        new("Đường dẫn nằm ngoài thư mục nguồn", "The path leaves the source folder"),
        new(
            "Đường dẫn “{1}” của nguồn “{0}” nằm ngoài thư mục được phép.",
            "The path \"{1}\" of source \"{0}\" leads outside the permitted folder."),
        new(
            "Dùng đường dẫn tương đối bên trong thư mục của nguồn, không có “..”, không dùng liên kết trỏ "
            + "ra ngoài.",
            "Use a relative path inside the source's folder, without \"..\", and no link that leads "
            + "outside."));

    /// <summary>Absolute, with "..", or through a link.</summary>
    public static HubError SourceFileOutsideFolder(string source, string path) =>
        Make(SourceFileOutsideFolderKind, source, path);

    private static readonly ErrorKind SourceFileMissingKind = new(
        "source_file_missing", 422, ErrorOrigin.Source,
        new("Không có tệp này", "There is no such file"),
        new("Thư mục của nguồn “{0}” không có “{1}”.", "The folder of source \"{0}\" has no \"{1}\"."),
        new(
            "Kiểm tra tên tệp (đúng chữ hoa, chữ thường và dấu) hoặc đề nghị đơn vị cung cấp đưa tệp lên "
            + "lại.",
            "Check the name (case and accents count) or ask the provider to deliver the file again."));

    /// <summary>Not delivered, moved or misspelt.</summary>
    public static HubError SourceFileMissing(string source, string path) =>
        Make(SourceFileMissingKind, source, path);

    private static readonly ErrorKind SourceFileUnreadableKind = new(
        "source_file_unreadable", 422, ErrorOrigin.Source,
        new("Không đọc được tệp", "The file cannot be read"),
        new(
            "“{1}” của nguồn “{0}” không phải tệp thường hoặc không đọc được.",
            "\"{1}\" of source \"{0}\" is not an ordinary file or cannot be read."),
        new(
            "Thay bằng một tệp thường; kiểm tra ổ đĩa và quyền đọc.",
            "Replace it by an ordinary file; check the disk and the permission to read."));

    /// <summary>A folder, pipe or device, or a failing disk.</summary>
    public static HubError SourceFileUnreadable(string source, string path) =>
        Make(SourceFileUnreadableKind, source, path);

    private static readonly ErrorKind SourceEncodingMismatchKind = new(
        "source_encoding_mismatch", 422, ErrorOrigin.Source,
        new("Tệp không đúng bảng mã đã khai báo", "The file is not in the declared encoding"),
        new(
            "“{1}” của nguồn “{0}” được khai báo là {2} nhưng phần đầu tệp cho thấy {3}.",
            "\"{1}\" of source \"{0}\" is declared as {2}, but its beginning shows {3}."),
        new(
            "Sửa thiết lập encoding của nguồn cho đúng tệp, hoặc xuất lại tệp theo bảng mã đã khai báo.",
            "Correct the source's encoding setting, or export the file again in the declared encoding."));

    /// <summary>Refused whole: every value would be wrong.</summary>
    public static HubError SourceEncodingMismatch(string source, string path, string declared, string seen) =>
        Make(SourceEncodingMismatchKind, source, path, declared, seen);

    private static readonly ErrorKind SourceHeaderMissingKind = new(
        "source_header_missing", 422, ErrorOrigin.Source,
        new("Tệp không có dòng tiêu đề", "The file has no header row"),
        new(
            "“{1}” của nguồn “{0}” trống hoặc dòng tiêu đề không đọc được.",
            "\"{1}\" of source \"{0}\" is empty or its header row cannot be read."),
        new(
            "Xuất lại tệp với dòng đầu tiên là tên cột, ngoặc kép đóng đủ.",
            "Export the file again with column names in the first row and every quote closed."));

    /// <summary>Columns are found by name only.</summary>
    public static HubError SourceHeaderMissing(string source, string path) =>
        Make(SourceHeaderMissingKind, source, path);

    private static readonly ErrorKind SourceDelimiterMismatchKind = new(
        "source_delimiter_mismatch", 422, ErrorOrigin.Client,
        new("Dấu phân cách không khớp", "The delimiter does not match"),
        new(
            "“{1}” của nguồn “{0}” tự khai báo dấu phân cách “{2}” (dòng sep=), khác với thiết lập “{3}”.",
            "\"{1}\" of source \"{0}\" itself declares the delimiter \"{2}\" (its sep= line), unlike the "
            + "setting \"{3}\"."),
        new("Sửa thiết lập delimiter của nguồn.", "Correct the source's delimiter setting."));

    /// <summary>Excel's sep= line contradicts the setting.</summary>
    public static HubError SourceDelimiterMismatch(string source, string path, string declared, string setting) =>
        Make(SourceDelimiterMismatchKind, source, path, declared, setting);

    private static readonly ErrorKind SourceQuoteUnclosedKind = new(
        "source_quote_unclosed", 422, ErrorOrigin.Source,
        new("Ngoặc kép không được đóng", "A quote is never closed"),
        new(
            "“{1}” của nguồn “{0}”: ngoặc kép mở ở dòng {2} không được đóng đến hết tệp, phần còn lại "
            + "không thể tách thành bản ghi.",
            "\"{1}\" of source \"{0}\": the quote opened in line {2} is not closed up to the end of the "
            + "file, so the rest cannot be split into records."),
        new("Sửa dòng đó và đưa tệp lên lại.", "Correct that line and deliver the file again."));

    /// <summary>Failing is safer than taking the rest of the records for removed.</summary>
    public static HubError SourceQuoteUnclosed(string source, string path, long line) =>
        Make(SourceQuoteUnclosedKind, source, path, line);

    private static readonly ErrorKind SourceChangedWhileReadingKind = new(
        "source_changed_while_reading", 502, ErrorOrigin.Source,
        new("Tệp thay đổi khi đang đọc", "The file changed while it was read"),
        new(
            "“{1}” của nguồn “{0}” bị ghi trong lúc đang đọc; phần đã đọc bị bỏ đi.",
            "\"{1}\" of source \"{0}\" was written to while it was being read; what was read is thrown "
            + "away."),
        new(
            "Chạy lại khi tệp đã ghi xong; nên ghi ra tệp tạm rồi đổi tên.",
            "Run again when writing is over; providers should write a temporary file and rename it.")) { IsTransient = true };

    /// <summary>A file is a snapshot only while nobody writes to it.</summary>
    public static HubError SourceChangedWhileReading(string source, string path) =>
        Make(SourceChangedWhileReadingKind, source, path);

    private static readonly ErrorKind SourceFileIsWebPageKind = new(
        "source_file_is_web_page", 422, ErrorOrigin.Source,
        new("Máy chủ trả về trang web thay cho tệp", "The server answers with a web page in place of the file"),
        new(
            "Địa chỉ của “{1}” ở nguồn “{0}” trả về một trang web (HTML), thường là trang đăng nhập hay trang báo lỗi, không phải tệp.",
            "The address of \"{1}\" at source \"{0}\" answers with a web page (HTML), mostly one for signing in or for an error, and not with the file."),
        new(
            "Mở địa chỉ đó bằng cửa sổ trình duyệt ẩn danh; sửa đường dẫn trong files, hoặc khai báo auth và thông tin đăng nhập của nguồn.",
            "Open the address in a private browser window; correct the path in files, or declare auth and the source's credential."));

    /// <summary>Whatever type the server gives it.</summary>
    public static HubError SourceFileIsWebPage(string source, string path) =>
        Make(SourceFileIsWebPageKind, source, path);
}
