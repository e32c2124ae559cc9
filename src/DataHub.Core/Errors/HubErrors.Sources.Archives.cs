namespace DataHub.Core.Errors;

/// <summary>Refusals of archives, of files that are read together, and of files that lie elsewhere.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceArchiveDamagedKind = new(
        "source_archive_damaged", 422, ErrorOrigin.Source,
        new("Tệp nén bị hỏng", "The archive is damaged"),
        new(
            "“{1}” của nguồn “{0}” không phải tệp nén hợp lệ, bị cắt cụt hoặc sai tổng kiểm tra; không có gì được công bố.",
            "\"{1}\" of source \"{0}\" is no valid archive, was cut off, or does not have its checksum; "
            + "nothing was published."),
        new(
            "Tạo lại tệp nén và đưa lên lại; kiểm tra bằng gzip -t hoặc unzip -t trước khi gửi.",
            "Make the archive again and deliver it again; test it by gzip -t or unzip -t before sending it."));

    /// <summary>Not an archive, truncated, or altered: a part of it would look like records removed.</summary>
    public static HubError SourceArchiveDamaged(string source, string file) =>
        Make(SourceArchiveDamagedKind, source, file);

    private static readonly ErrorKind SourceArchiveEncryptedKind = new(
        "source_archive_encrypted", 422, ErrorOrigin.Source,
        new("Tệp nén có mật khẩu", "The archive is encrypted"),
        new(
            "“{2}” trong “{1}” của nguồn “{0}” được mã hóa bằng mật khẩu.",
            "\"{2}\" in \"{1}\" of source \"{0}\" is encrypted with a password."),
        new(
            "Gửi tệp nén không đặt mật khẩu qua kênh được bảo vệ (SFTP, HTTPS).",
            "Deliver an archive without a password over a protected channel (SFTP, HTTPS)."));

    /// <summary>The hub keeps no passwords of archives.</summary>
    public static HubError SourceArchiveEncrypted(string source, string file, string entry) =>
        Make(SourceArchiveEncryptedKind, source, file, entry);

    private static readonly ErrorKind SourceArchiveExplodesKind = new(
        "source_archive_explodes", 422, ErrorOrigin.Source,
        new("Tệp nén bung ra quá lớn", "The archive unpacks to too much"),
        new(
            "“{1}” của nguồn “{0}” bung ra quá {2} MiB hoặc quá {3} lần dung lượng nén; việc đọc đã dừng và "
            + "không có gì được công bố.",
            "\"{1}\" of source \"{0}\" unpacks to more than {2} MiB or {3} times its packed size; reading has "
            + "stopped and nothing was published."),
        new(
            "Chia tệp nhỏ hơn; nếu tệp là thật, quản trị trục nâng giới hạn DATAHUB_FILES_UNPACKED_MB hoặc "
            + "DATAHUB_FILES_UNPACKED_RATIO.",
            "Divide it into smaller ones; where it is genuine, the hub's operators raise "
            + "DATAHUB_FILES_UNPACKED_MB or DATAHUB_FILES_UNPACKED_RATIO."));

    /// <summary>A bomb, or a file beyond the limits.</summary>
    public static HubError SourceArchiveExplodes(string source, string file, long megabytes, int ratio) =>
        Make(SourceArchiveExplodesKind, source, file, megabytes, ratio);

    private static readonly ErrorKind SourceArchiveEntryUnsafeKind = new(
        "source_archive_entry_unsafe", 422, ErrorOrigin.Source,
        new("Tên trong tệp nén không được chấp nhận", "A name in the archive is not accepted"),
        new(
            "“{1}” của nguồn “{0}” có mục “{2}”: đường dẫn tuyệt đối, có “..” hay “\\”, hoặc trùng tên.",
            "\"{1}\" of source \"{0}\" has the entry \"{2}\": absolute, with \"..\" or a backslash, or there twice."),
        new(
            "Tạo lại tệp nén chỉ với đường dẫn tương đối dùng “/” và tên không trùng.",
            "Make the archive again with relative paths written with \"/\" and every name once."));

    /// <summary>An archive that lies about where its files belong is not trusted in anything.</summary>
    public static HubError SourceArchiveEntryUnsafe(string source, string file, string entry) =>
        Make(SourceArchiveEntryUnsafeKind, source, file, entry);

    private static readonly ErrorKind SourceArchiveEntryMissingKind = new(
        "source_archive_entry_missing", 422, ErrorOrigin.Source,
        new("Tệp nén không có tệp cần đọc", "The archive has no such file"),
        new(
            "“{1}” của nguồn “{0}” không có mục nào khớp “{2}”.",
            "\"{1}\" of source \"{0}\" has no entry that matches \"{2}\"."),
        new(
            "Kiểm tra tên sau .zip trong hub.file (đúng chữ hoa, chữ thường và dấu).",
            "Check the name behind .zip in hub.file (case and accents count)."));

    /// <summary>Empty, or the pattern is misspelt.</summary>
    public static HubError SourceArchiveEntryMissing(string source, string file, string pattern) =>
        Make(SourceArchiveEntryMissingKind, source, file, pattern);

    private static readonly ErrorKind SourceArchiveEntryAmbiguousKind = new(
        "source_archive_entry_ambiguous", 422, ErrorOrigin.Client,
        new("Tệp nén có nhiều tệp", "The archive has several files"),
        new(
            "“{1}” của nguồn “{0}” có {2} tệp, hợp đồng không nói đọc tệp nào: {3}.",
            "\"{1}\" of source \"{0}\" has {2} files and the contract does not say which: {3}."),
        new(
            "Ghi tên hoặc mẫu tên sau .zip trong hub.file, ví dụ ho-so.zip/*.csv.",
            "Write the name or a pattern behind .zip in hub.file, such as ho-so.zip/*.csv."));

    /// <summary>None of them is chosen by guess.</summary>
    public static HubError SourceArchiveEntryAmbiguous(string source, string file, int count, IReadOnlyList<string> entries) =>
        Make(SourceArchiveEntryAmbiguousKind, source, file, count, List(entries));

    private static readonly ErrorKind SourceHeaderDiffersKind = new(
        "source_header_differs", 422, ErrorOrigin.Source,
        new("Các tệp không cùng tiêu đề", "The files do not have the same header"),
        new(
            "“{1}” của nguồn “{0}” có tiêu đề khác “{2}” (cột {3}); không có gì được công bố.",
            "The header of \"{1}\" of source \"{0}\" differs from that of \"{2}\" (column {3}); nothing was published."),
        new(
            "Sửa tệp đó cho cùng tên và thứ tự cột, hoặc thu hẹp mẫu tên trong hub.file.",
            "Correct that file to the same names and order of columns, or narrow the pattern in hub.file."));

    /// <summary>One dataset is one form.</summary>
    public static HubError SourceHeaderDiffers(string source, string file, string first, string difference) =>
        Make(SourceHeaderDiffersKind, source, file, first, difference);

    private static readonly ErrorKind SourceFilePatternInvalidKind = new(
        "source_file_pattern_invalid", 422, ErrorOrigin.Client,
        new("Mẫu tên tệp không hợp lệ", "The file pattern is not valid"),
        new(
            "“{1}” của nguồn “{0}” không phải đường dẫn hay mẫu tên hợp lệ.",
            "\"{1}\" of source \"{0}\" is not a valid path or pattern."),
        new(
            "Dùng * và ? trong từng phần của đường dẫn; không dùng ** và phần rỗng.",
            "Use * and ? within the parts of a path; no ** and no empty parts."));

    /// <summary>Empty segments and double stars.</summary>
    public static HubError SourceFilePatternInvalid(string source, string pattern) =>
        Make(SourceFilePatternInvalidKind, source, pattern);

    private static readonly ErrorKind SourceFilesTooManyKind = new(
        "source_files_too_many", 422, ErrorOrigin.Client,
        new("Mẫu tên khớp quá nhiều tệp", "The pattern matches too many files"),
        new(
            "“{1}” của nguồn “{0}” khớp hơn {2} tệp.",
            "\"{1}\" of source \"{0}\" matches more than {2} files."),
        new(
            "Chuyển tệp cũ đã lấy sang thư mục khác, hoặc thu hẹp mẫu tên trong hub.file.",
            "Move old files that were taken to another folder, or narrow the pattern in hub.file."));

    /// <summary>More than a pull can remember.</summary>
    public static HubError SourceFilesTooMany(string source, string pattern, int most) =>
        Make(SourceFilesTooManyKind, source, pattern, most);

    private static readonly ErrorKind SourceHostKeyUnconfirmedKind = new(
        "source_host_key_unconfirmed", 422, ErrorOrigin.Client,
        new("Chưa xác nhận khóa máy chủ", "The server's key has not been confirmed"),
        new(
            "Nguồn “{0}” chưa khai báo hostKey; máy chủ vừa trả lời bằng khóa {1}. Chưa gửi tài khoản và mật khẩu.",
            "Source \"{0}\" declares no hostKey; the server has just answered with the key {1}. No credential was sent."),
        new(
            "Hỏi người quản trị máy chủ SFTP dấu vân tay khóa (ssh-keygen -lf); nếu đúng, ghi vào thiết lập hostKey của nguồn.",
            "Ask whoever runs the SFTP server for its fingerprint (ssh-keygen -lf); where it is the same, set it as "
            + "the source's hostKey."));

    /// <summary>Trust is given by a person, never at first use.</summary>
    public static HubError SourceHostKeyUnconfirmed(string source, string fingerprint) =>
        Make(SourceHostKeyUnconfirmedKind, source, fingerprint);

    private static readonly ErrorKind SourceHostKeyMismatchKind = new(
        "source_host_key_mismatch", 422, ErrorOrigin.Source,
        new("Khóa máy chủ không đúng", "The server's key is another one"),
        new(
            "Máy chủ của nguồn “{0}” trả lời bằng khóa {1}, khác với hostKey đã khai báo. Chưa gửi tài khoản và mật khẩu.",
            "The server of source \"{0}\" answers with the key {1}, not the declared hostKey. No credential was sent."),
        new(
            "Có thể máy chủ đã cài lại, hoặc có kẻ đứng giữa: xác minh với người quản trị máy chủ trước khi đổi hostKey.",
            "It was set up again, or somebody stands in between: verify with whoever runs the server before changing hostKey."));

    /// <summary>Refused before any credential.</summary>
    public static HubError SourceHostKeyMismatch(string source, string fingerprint) =>
        Make(SourceHostKeyMismatchKind, source, fingerprint);

    private static readonly ErrorKind SourceFileTooLargeKind = new(
        "source_file_too_large", 422, ErrorOrigin.Source,
        new("Tệp quá lớn", "The file is too large"),
        new(
            "“{1}” của nguồn “{0}” lớn hơn {2} MiB.",
            "\"{1}\" of source \"{0}\" is larger than {2} MiB."),
        new(
            "Chia tệp nhỏ hơn, hoặc nén lại.",
            "Divide it into smaller files, or pack it."));

    /// <summary>Beyond what the hub brings to itself, or reads at once.</summary>
    public static HubError SourceFileTooLarge(string source, string file, long megabytes) =>
        Make(SourceFileTooLargeKind, source, file, megabytes);
}
