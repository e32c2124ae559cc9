namespace DataHub.Core.Errors;

/// <summary>Refusals that the operators of the hub must act on.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind DatabaseTooOldKind = new(
        "database_too_old", 503, ErrorOrigin.Hub,
        new("Phiên bản PostgreSQL quá cũ", "PostgreSQL is too old"),
        new("Máy chủ PostgreSQL có phiên bản {0}; DataHub cần phiên bản 15 trở lên.",
            "The PostgreSQL server has version {0}; DataHub needs 15 or newer."),
        new("Nâng cấp PostgreSQL hoặc trỏ DATAHUB_DATABASE tới máy chủ mới hơn.",
            "Upgrade PostgreSQL, or point DATAHUB_DATABASE at a newer server."));

    private static readonly ErrorKind DatabaseNotUtf8Kind = new(
        "database_not_utf8", 503, ErrorOrigin.Hub,
        new("Cơ sở dữ liệu không dùng UTF-8", "The database is not UTF-8"),
        new("Cơ sở dữ liệu dùng bảng mã {0}; tiếng Việt và mọi chữ khác chỉ giữ nguyên vẹn trong UTF8.",
            "The database's encoding is {0}; only UTF8 keeps Vietnamese and every other script whole."),
        new("Tạo cơ sở dữ liệu mới với ENCODING 'UTF8' và trỏ DATAHUB_DATABASE tới đó.",
            "Create a database with ENCODING 'UTF8' and point DATAHUB_DATABASE at it."));

    private static readonly ErrorKind DatabaseWithoutIcuKind = new(
        "database_without_icu", 503, ErrorOrigin.Hub,
        new("PostgreSQL không có ICU", "PostgreSQL lacks ICU"),
        new("Máy chủ PostgreSQL được biên dịch không có ICU; thiếu nó, tolower không đổi được chữ có dấu theo Unicode.",
            "The PostgreSQL server was built without ICU; without it tolower cannot lower letters by Unicode's rules."),
        new("Dùng bản PostgreSQL có ICU (các gói của Debian, Ubuntu và PGDG đều có) và trỏ DATAHUB_DATABASE tới đó.",
            "Use a PostgreSQL built with ICU (those of Debian, Ubuntu and PGDG are) and point DATAHUB_DATABASE at it."));

    private static readonly ErrorKind DatabaseExtensionMissingKind = new(
        "database_extension_missing", 503, ErrorOrigin.Hub,
        new("Cơ sở dữ liệu thiếu phần mở rộng", "The database lacks an extension"),
        new("Tìm kiếm trong danh mục cần các phần mở rộng PostgreSQL chưa có và tài khoản này không tạo được: {0}.",
            "Searching the catalogue needs PostgreSQL extensions that are not there and that this account cannot create: {0}."),
        new("Cài gói postgresql-contrib nếu thiếu, rồi chạy bằng quản trị viên cơ sở dữ liệu trong chính cơ sở dữ liệu này: {1}",
            "Install the package postgresql-contrib if it is missing, then let a database administrator run in this very database: {1}"));

    /// <summary>Extensions that a start could neither find nor create.</summary>
    public static HubError DatabaseExtensionMissing(IReadOnlyList<string> names) => Make(
        DatabaseExtensionMissingKind, string.Join(", ", names), string.Join(" ", names.Select(n => $"CREATE EXTENSION {n};")));

    /// <summary>The collations of Unicode are not there.</summary>
    public static HubError DatabaseWithoutIcu() => Make(DatabaseWithoutIcuKind);

    public static HubError DatabaseTooOld(string version) => Make(DatabaseTooOldKind, version);

    public static HubError DatabaseNotUtf8(string encoding) => Make(DatabaseNotUtf8Kind, encoding);
}
