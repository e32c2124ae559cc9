namespace DataHub.Core.Errors;

/// <summary>Failures that only databases in one file have.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceDatabaseInvalidKind = new(
        "source_database_invalid", 422, ErrorOrigin.Source,
        new("Tệp không phải cơ sở dữ liệu SQLite", "The file is not a SQLite database"),
        new(
            "“{1}” của nguồn “{0}” không bắt đầu như một cơ sở dữ liệu SQLite: là tệp loại khác, hoặc đã bị "
            + "mã hóa.",
            "\"{1}\" of source \"{0}\" does not begin as a SQLite database does: it is another kind of file, "
            + "or it is encrypted."),
        new(
            "Kiểm tra đường dẫn; cơ sở dữ liệu mã hóa (SQLCipher, SEE) phải được xuất ra tệp không mã hóa "
            + "trước khi đưa vào thư mục nguồn.",
            "Check the path; an encrypted database (SQLCipher, SEE) must be exported to a plain one before it "
            + "is put into the source folder."));

    /// <summary>Another format; an encrypted file cannot be told from one.</summary>
    public static HubError SourceDatabaseInvalid(string source, string file) =>
        Make(SourceDatabaseInvalidKind, source, file);

    private static readonly ErrorKind SourceDatabaseEmptyKind = new(
        "source_database_empty", 422, ErrorOrigin.Source,
        new("Tệp cơ sở dữ liệu rỗng", "The database file is empty"),
        new(
            "“{1}” của nguồn “{0}” có 0 byte: chưa chép xong, hoặc chưa từng được ghi.",
            "\"{1}\" of source \"{0}\" has 0 bytes: copying is not over, or it was never written."),
        new(
            "Chép lại tệp; nên chép ra tên tạm rồi đổi tên.",
            "Copy the file again; better copy it under a temporary name and rename it."));

    /// <summary>SQLite would take it for a database without tables.</summary>
    public static HubError SourceDatabaseEmpty(string source, string file) =>
        Make(SourceDatabaseEmptyKind, source, file);

    private static readonly ErrorKind SourceDatabaseCorruptKind = new(
        "source_database_corrupt", 422, ErrorOrigin.Source,
        new("Tệp cơ sở dữ liệu hỏng hoặc bị cắt cụt", "The database file is damaged or cut short"),
        new(
            "“{1}” của nguồn “{0}” ({2} byte) không toàn vẹn (mã SQLite {3}): hỏng, hoặc bị cắt khi chép; "
            + "phần đã đọc bị bỏ đi, không có gì được công bố.",
            "\"{1}\" of source \"{0}\" ({2} bytes) is not whole (SQLite code {3}): damaged, or cut while it was "
            + "copied; what was read is thrown away and nothing is published."),
        new(
            "Ở nơi quản lý nguồn: chạy PRAGMA integrity_check; tạo lại bản sao bằng VACUUM INTO hoặc .backup, "
            + "không chép tệp đang được ghi.",
            "At the source's office: run PRAGMA integrity_check; make the copy anew by VACUUM INTO or .backup, "
            + "and never copy a file that is being written to."));

    /// <summary>SQLITE_CORRUPT and short reads: the pull is void as a whole.</summary>
    public static HubError SourceDatabaseCorrupt(string source, string file, long bytes, int code) =>
        Make(SourceDatabaseCorruptKind, source, file, bytes, code);

    private static readonly ErrorKind SourceRecoveryNeededKind = new(
        "source_recovery_needed", 422, ErrorOrigin.Source,
        new("Cơ sở dữ liệu cần được phục hồi trước", "The database needs recovery first"),
        new(
            "“{1}” của nguồn “{0}” còn giao dịch dở dang trong “{2}”; hệ thống chỉ đọc nên không tự phục hồi.",
            "\"{1}\" of source \"{0}\" has an unfinished transaction in \"{2}\"; the hub only reads and does not "
            + "recover it."),
        new(
            "Ở nơi quản lý nguồn: mở cơ sở dữ liệu một lần bằng chương trình của nó (hoặc sqlite3 … "
            + "'PRAGMA wal_checkpoint(TRUNCATE)'), rồi chạy lại.",
            "At the source's office: open the database once with its own program (or sqlite3 … "
            + "'PRAGMA wal_checkpoint(TRUNCATE)'), then run again."));

    /// <summary>A hot journal, or a write-ahead log that nobody has open: reading on would need writing.</summary>
    public static HubError SourceRecoveryNeeded(string source, string file, string journal) =>
        Make(SourceRecoveryNeededKind, source, file, journal);

    private static readonly ErrorKind SourceTableUnsupportedKind = new(
        "source_table_unsupported", 422, ErrorOrigin.Client,
        new("Loại bảng này không được đọc", "This kind of table is not read"),
        new(
            "“{1}” của nguồn “{0}” là bảng ảo ({2}): đọc nó là chạy mã do tệp chỉ định.",
            "\"{1}\" of source \"{0}\" is a virtual table ({2}): to read it is to run code that the file names."),
        new(
            "Dùng bảng gốc chứa dữ liệu đó, hoặc đề nghị đơn vị quản lý nguồn tạo bảng thường.",
            "Use the table that the data comes from, or ask the source's office for an ordinary table."));

    /// <summary>Virtual tables.</summary>
    public static HubError SourceTableUnsupported(string source, string table, string kind) =>
        Make(SourceTableUnsupportedKind, source, table, kind);

    private static readonly ErrorKind SourceValueTooLargeKind = new(
        "source_value_too_large", 422, ErrorOrigin.Source,
        new("Nguồn có giá trị quá lớn", "The source has a value that is too large"),
        new(
            "“{1}” của nguồn “{0}”: sau bản ghi thứ {2} có giá trị lớn hơn {3} MiB.",
            "\"{1}\" of source \"{0}\": behind record {2} there is a value of more than {3} MiB."),
        new(
            "Bỏ cột đó khỏi hợp đồng dữ liệu, hoặc dùng hub.query để không lấy bản ghi đó.",
            "Leave that column out of the contract, or leave the record out by hub.query."));

    /// <summary>Memory stays bounded, and no part of a value is taken for the whole.</summary>
    public static HubError SourceValueTooLarge(string source, string what, long records, int mebibytes) =>
        Make(SourceValueTooLargeKind, source, what, records, mebibytes);

    private static readonly ErrorKind SourceTextInvalidKind = new(
        "source_text_invalid", 422, ErrorOrigin.Source,
        new("Nguồn có văn bản sai bảng mã", "The source has text that is not valid in its encoding"),
        new(
            "“{1}” của nguồn “{0}” có văn bản không đổi được sang UTF-8 (mã lỗi {2}).",
            "\"{1}\" of source \"{0}\" has text that cannot be converted to UTF-8 (code {2})."),
        new(
            "Sửa văn bản tại nguồn, hoặc dùng hub.query để đổi cột đó sang UTF-8 hay không lấy bản ghi đó (SQL_ASCII: kiểm tra bảng mã của cơ sở dữ liệu).",
            "Correct the text at the source, or convert the column to UTF-8 or leave the record out by hub.query (SQL_ASCII: check the database's encoding)."));

    /// <summary>The engine itself refuses to send it, so that no record behind it can be read.</summary>
    public static HubError SourceTextInvalid(string source, string what, string code) =>
        Make(SourceTextInvalidKind, source, what, code);

    private static readonly ErrorKind SourceNotReadyKind = new(
        "source_not_ready", 409, ErrorOrigin.Source,
        new("Nguồn chưa có dữ liệu để đọc", "The source's relation cannot be read yet"),
        new("“{1}” của nguồn “{0}” chưa ở trạng thái đọc được (55000): thường là materialized view chưa được nạp.",
            "\"{1}\" of source \"{0}\" is not in a state to be read (55000): most often a materialized view that was never populated."),
        new("Đơn vị quản lý nguồn chạy REFRESH MATERIALIZED VIEW {1}, rồi thử lại.",
            "The source's office runs REFRESH MATERIALIZED VIEW {1}; then try again."));

    /// <summary>PostgreSQL's 55000: what is asked for exists, but is not in the state that reading needs.</summary>
    public static HubError SourceNotReady(string source, string what) => Make(SourceNotReadyKind, source, what);
}
