namespace DataHub.Core.Errors;

/// <summary>Failures of reaching a source and of staying connected to it.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceUnreachableKind = new(
        "source_unreachable", 502, ErrorOrigin.Source,
        new("Không kết nối được nguồn", "The source cannot be reached"),
        new(
            "Không mở được kết nối tới nguồn “{0}”: máy chủ từ chối hoặc không có đường mạng tới đó.",
            "No connection to source \"{0}\" could be opened: it was refused or there is no route to it."),
        new(
            "Kiểm tra địa chỉ, cổng, tường lửa và dịch vụ cơ sở dữ liệu của nguồn có đang chạy hay không.",
            "Check the address, the port, the firewall and whether the source's database service is "
            + "running.")) { IsTransient = true };

    /// <summary>Refused, no route, or closed before it answered.</summary>
    public static HubError SourceUnreachable(string source) =>
        Make(SourceUnreachableKind, source);

    private static readonly ErrorKind SourceHostUnknownKind = new(
        "source_host_unknown", 502, ErrorOrigin.Client,
        new("Không phân giải được tên máy chủ", "The host name does not resolve"),
        new(
            "Tên máy chủ khai báo cho nguồn “{0}” không phân giải được thành địa chỉ nào.",
            "The host name given for source \"{0}\" resolves to no address."),
        new(
            "Kiểm tra thiết lập host của nguồn và máy chủ DNS mà trục dữ liệu đang dùng.",
            "Check the source's host setting and the DNS server that the hub uses.")) { IsTransient = true };

    /// <summary>The name has no address.</summary>
    public static HubError SourceHostUnknown(string source) =>
        Make(SourceHostUnknownKind, source);

    private static readonly ErrorKind SourceAddressDeniedKind = new(
        "source_address_denied", 422, ErrorOrigin.Client,
        new("Địa chỉ nguồn không được phép", "The source address is not allowed"),
        new(
            "Địa chỉ của nguồn “{0}” nằm ngoài các dải mạng mà trục dữ liệu được phép kết nối.",
            "The address of source \"{0}\" is outside the networks that the hub may connect to."),
        new(
            "Dùng đúng địa chỉ của hệ thống nguồn, hoặc đề nghị quản trị trục bổ sung dải mạng vào danh "
            + "sách cho phép.",
            "Use the real address of the source system, or have the hub's operators add its network to "
            + "the allowed list."));

    /// <summary>Refused before any connection: guards against request forgery.</summary>
    public static HubError SourceAddressDenied(string source) =>
        Make(SourceAddressDeniedKind, source);

    private static readonly ErrorKind SourceTlsFailedKind = new(
        "source_tls_failed", 502, ErrorOrigin.Source,
        new("Không thiết lập được kết nối mã hóa", "No encrypted connection could be made"),
        new(
            "Nguồn “{0}” không thiết lập được TLS theo chế độ sslMode “{1}”.",
            "Source \"{0}\" could not agree on TLS as sslMode \"{1}\" asks."),
        new(
            "Kiểm tra chứng thư của nguồn, hoặc chọn sslMode phù hợp với cấu hình của máy chủ.",
            "Check the source's certificate, or choose the sslMode that its server supports."));

    /// <summary>TLS refused, or a certificate that does not verify.</summary>
    public static HubError SourceTlsFailed(string source, string sslMode) =>
        Make(SourceTlsFailedKind, source, sslMode);

    private static readonly ErrorKind SourceEncryptionRequiredKind = new(
        "source_encryption_required", 422, ErrorOrigin.Client,
        new("Nguồn chỉ nhận mật khẩu qua kết nối mã hóa", "The source takes this password over TLS only"),
        new(
            "Tài khoản của nguồn “{0}” dùng cách xác thực cần kết nối mã hóa, nhưng kết nối theo sslMode “{1}” "
            + "không được mã hóa; trục không gửi mật khẩu.",
            "The account of source \"{0}\" signs in by a method that needs an encrypted connection, and with sslMode "
            + "\"{1}\" there was none; the password was not sent."),
        new(
            "Bật TLS ở máy chủ nguồn và chọn sslMode require trở lên, hoặc đề nghị đơn vị quản lý nguồn đổi cách xác "
            + "thực của tài khoản.",
            "Enable TLS at the source's server and choose sslMode require or better, or have the source's office change "
            + "how the account signs in."));

    /// <summary>A login that would show the password, or take a key on trust, without TLS.</summary>
    public static HubError SourceEncryptionRequired(string source, string sslMode) =>
        Make(SourceEncryptionRequiredKind, source, sslMode);

    private static readonly ErrorKind SourceLoginUnsupportedKind = new(
        "source_login_unsupported", 422, ErrorOrigin.Client,
        new("Không hỗ trợ cách xác thực của tài khoản", "The account's way of signing in is not supported"),
        new(
            "Tài khoản của nguồn “{0}” dùng cách xác thực mà trục dữ liệu không có.",
            "The account of source \"{0}\" signs in by a method that the hub does not have."),
        new(
            "Đề nghị đơn vị quản lý nguồn tạo tài khoản xác thực bằng mật khẩu (mysql_native_password hoặc "
            + "caching_sha2_password).",
            "Have the source's office make an account that signs in by password (mysql_native_password or "
            + "caching_sha2_password)."));

    /// <summary>ed25519, PAM, Kerberos and the like.</summary>
    public static HubError SourceLoginUnsupported(string source) => Make(SourceLoginUnsupportedKind, source);

    private static readonly ErrorKind SourceProtocolUnexpectedKind = new(
        "source_protocol_unexpected", 502, ErrorOrigin.Client,
        new("Dịch vụ trả lời không đúng giao thức", "What answers speaks another protocol"),
        new(
            "Địa chỉ của nguồn “{0}” có trả lời nhưng không phải theo giao thức {1}.",
            "Something answers at the address of source \"{0}\", but it does not speak {1}."),
        new(
            "Kiểm tra host và cổng: có thể đang trỏ tới một dịch vụ khác.",
            "Check host and port: they probably point at another service."));

    /// <summary>The port belongs to something else.</summary>
    public static HubError SourceProtocolUnexpected(string source, string protocol) =>
        Make(SourceProtocolUnexpectedKind, source, protocol);

    private static readonly ErrorKind SourceCredentialsRejectedKind = new(
        "source_credentials_rejected", 422, ErrorOrigin.Client,
        new("Nguồn từ chối tài khoản", "The source rejected the credential"),
        new(
            "Nguồn “{0}” không chấp nhận tài khoản hoặc mật khẩu đã khai báo, hoặc không cho tài khoản "
            + "này đăng nhập từ trục dữ liệu.",
            "Source \"{0}\" did not accept the account or password given, or does not let this account "
            + "sign in from the hub."),
        new(
            "Nhập lại tài khoản và mật khẩu; nếu đã đúng, đề nghị đơn vị quản lý nguồn mở quyền đăng nhập "
            + "cho tài khoản.",
            "Enter account and password again; if they are right, ask the source's office to let the "
            + "account sign in."));

    /// <summary>Never retried: repeated attempts lock accounts.</summary>
    public static HubError SourceCredentialsRejected(string source) =>
        Make(SourceCredentialsRejectedKind, source);

    private static readonly ErrorKind SourceDatabaseMissingKind = new(
        "source_database_missing", 422, ErrorOrigin.Client,
        new("Không có cơ sở dữ liệu này", "There is no such database"),
        new(
            "Máy chủ của nguồn “{0}” không có cơ sở dữ liệu “{1}”.",
            "The server of source \"{0}\" has no database \"{1}\"."),
        new(
            "Sửa thiết lập database của nguồn; tên phân biệt chữ hoa, chữ thường.",
            "Correct the source's database setting; names are case-sensitive."));

    /// <summary>Signed in, but the database is not there.</summary>
    public static HubError SourceDatabaseMissing(string source, string database) =>
        Make(SourceDatabaseMissingKind, source, database);

    private static readonly ErrorKind SourcePermissionDeniedKind = new(
        "source_permission_denied", 422, ErrorOrigin.Source,
        new("Tài khoản không có quyền đọc", "The account may not read this"),
        new(
            "Tài khoản của nguồn “{0}” không có quyền đọc “{1}”.",
            "The account of source \"{0}\" has no permission to read \"{1}\"."),
        new(
            "Đề nghị đơn vị quản lý nguồn cấp quyền SELECT (và USAGE trên schema, hoặc quyền đọc tệp) cho "
            + "tài khoản này.",
            "Ask the source's office to grant the account SELECT (and USAGE on the schema, or read access "
            + "to the file)."));

    /// <summary>The source refuses this account this object.</summary>
    public static HubError SourcePermissionDenied(string source, string what) =>
        Make(SourcePermissionDeniedKind, source, what);

    private static readonly ErrorKind SourceTimeoutKind = new(
        "source_timeout", 504, ErrorOrigin.Source,
        new("Nguồn không trả lời kịp", "The source did not answer in time"),
        new("Nguồn “{0}” không gửi dữ liệu nào trong {1} giây.", "Source \"{0}\" sent nothing for {1} seconds."),
        new(
            "Thử lại sau; nếu lặp lại, kiểm tra tải của máy chủ nguồn, đường mạng và các thiết lập thời "
            + "gian chờ.",
            "Try again later; if it happens again, check the load of the source's server, the network and "
            + "the timeout settings.")) { IsTransient = true };

    /// <summary>Silence longer than a timeout, whichever side noticed.</summary>
    public static HubError SourceTimeout(string source, int seconds) =>
        Make(SourceTimeoutKind, source, seconds);

    private static readonly ErrorKind SourceLockedKind = new(
        "source_locked", 504, ErrorOrigin.Source,
        new("Bảng của nguồn đang bị khóa", "The source's table is locked"),
        new(
            "Không có được khóa đọc “{1}” của nguồn “{0}” trong thời gian chờ: một giao dịch khác đang "
            + "giữ bảng.",
            "No read lock on \"{1}\" of source \"{0}\" could be had in time: another transaction holds "
            + "it."),
        new(
            "Thử lại sau khi việc bảo trì hoặc cập nhật ở nguồn kết thúc.",
            "Try again when the maintenance or update at the source is over.")) { IsTransient = true };

    /// <summary>lock_timeout: the hub gives way to the source's own work.</summary>
    public static HubError SourceLocked(string source, string what) =>
        Make(SourceLockedKind, source, what);

    private static readonly ErrorKind SourceBusyKind = new(
        "source_busy", 503, ErrorOrigin.Source,
        new("Nguồn đang quá tải", "The source is overloaded"),
        new(
            "Nguồn “{0}” tạm thời không phục vụ được (mã {1}): hết kết nối, hết tài nguyên hoặc đang khởi "
            + "động.",
            "Source \"{0}\" cannot serve for now (code {1}): out of connections or resources, or starting "
            + "up."),
        new(
            "Thử lại sau ít phút; nếu lặp lại, đề nghị đơn vị quản lý nguồn tăng giới hạn kết nối cho tài "
            + "khoản.",
            "Try again in a few minutes; if it happens again, ask the source's office to raise the "
            + "account's connection limit.")) { IsTransient = true };

    /// <summary>Out of connections, memory or disk, starting up, or a conflict with recovery.</summary>
    public static HubError SourceBusy(string source, string code) =>
        Make(SourceBusyKind, source, code);

    private static readonly ErrorKind SourceConnectionLostKind = new(
        "source_connection_lost", 502, ErrorOrigin.Source,
        new("Mất kết nối tới nguồn", "The connection to the source was lost"),
        new(
            "Kết nối tới nguồn “{0}” bị ngắt khi đang đọc; phần đã đọc bị bỏ đi, không có gì được công "
            + "bố.",
            "The connection to source \"{0}\" broke while reading; what was read is thrown away and "
            + "nothing is published."),
        new(
            "Chạy lại; nếu lặp lại, kiểm tra nhật ký của máy chủ nguồn và đường mạng.",
            "Run again; if it happens again, check the source server's log and the network.")) { IsTransient = true };

    /// <summary>Broke in the middle: the whole pull is void.</summary>
    public static HubError SourceConnectionLost(string source) =>
        Make(SourceConnectionLostKind, source);

    private static readonly ErrorKind SourceFailedKind = new(
        "source_failed", 502, ErrorOrigin.Source,
        new("Nguồn báo lỗi", "The source reported an error"),
        new("Nguồn “{0}” báo lỗi mã {1} khi đọc.", "Source \"{0}\" reported error {1} while reading."),
        new(
            "Tra mã lỗi này trong nhật ký của máy chủ nguồn cùng thời điểm.",
            "Look this code up in the source server's log at the same time."));

    /// <summary>An engine error that has no place of its own in the table.</summary>
    public static HubError SourceFailed(string source, string code) =>
        Make(SourceFailedKind, source, code);
}
