namespace DataHub.Core.Errors;

/// <summary>What a contract names and the source does not have.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceTableMissingKind = new(
        "source_table_missing", 422, ErrorOrigin.Client,
        new("Không có bảng này ở nguồn", "The source has no such table"),
        new(
            "Nguồn “{0}” không có bảng hay khung nhìn “{1}”. Gần giống: {2}.",
            "Source \"{0}\" has no table or view \"{1}\". Similar: {2}."),
        new(
            "Sửa hub.table trong hợp đồng dữ liệu (schema.bảng, đúng chữ hoa, chữ thường) hoặc hỏi đơn vị "
            + "quản lý nguồn bảng đã chuyển đi đâu.",
            "Correct hub.table in the contract (schema.table, exact case) or ask the source's office "
            + "where the table went."));

    /// <summary>Dropped, renamed or misspelt.</summary>
    public static HubError SourceTableMissing(string source, string table, IReadOnlyList<string> similar) =>
        Make(SourceTableMissingKind, source, table, List(similar));

    private static readonly ErrorKind SourceColumnMissingKind = new(
        "source_column_missing", 422, ErrorOrigin.Client,
        new("Nguồn thiếu cột", "The source lacks columns"),
        new(
            "“{1}” của nguồn “{0}” không có các cột: {2}. Hiện có: {3}. Gần giống: {4}.",
            "\"{1}\" of source \"{0}\" lacks the columns: {2}. It has: {3}. Similar: {4}."),
        new(
            "Sửa physicalName của các cột này trong hợp đồng dữ liệu, hoặc đề nghị đơn vị quản lý nguồn "
            + "khôi phục cột; với tệp, kiểm tra cả dấu phân cách.",
            "Correct physicalName of these columns in the contract, or ask the source's office to restore "
            + "them; for a file check the delimiter too."));

    /// <summary>All missing columns at once.</summary>
    public static HubError SourceColumnMissing(
        string source, string what, IReadOnlyList<string> missing, IReadOnlyList<string> present, IReadOnlyList<string> similar) =>
        Make(SourceColumnMissingKind, source, what, List(missing), List(present), List(similar));

    private static readonly ErrorKind SourceColumnsFrozenKind = new(
        "source_columns_frozen", 409, ErrorOrigin.Client,
        new("Nguồn có cột mới, hợp đồng không cho phép", "The source has new columns, which the contract does not allow"),
        new(
            "Nguồn “{0}” của {1} có các cột mới: {2}; hợp đồng khai báo hub.newColumn: freeze.",
            "Source \"{0}\" of {1} has new columns: {2}; the contract declares hub.newColumn: freeze."),
        new(
            "Gửi một bản sửa hợp đồng (nhận cột mới hoặc bỏ qua chúng), rồi cho tập dữ liệu chạy lại (resume).",
            "Send a revision of the contract, with or without them, and resume the dataset."));

    /// <summary>Columns came where the contract freezes the source's shape.</summary>
    public static HubError SourceColumnsFrozen(string source, string dataset, IReadOnlyList<string> columns) =>
        Make(SourceColumnsFrozenKind, source, dataset, List(columns));

    private static readonly ErrorKind SourceColumnDuplicateKind = new(
        "source_column_duplicate", 422, ErrorOrigin.Source,
        new("Cột bị trùng tên", "A column name occurs twice"),
        new(
            "“{1}” của nguồn “{0}” có nhiều cột cùng tên: {2}.",
            "\"{1}\" of source \"{0}\" has several columns of the same name: {2}."),
        new(
            "Đặt lại tên cho các cột trùng ở nguồn: không đoán được cột nào là cột cần lấy.",
            "Rename the duplicates at the source: which one is meant cannot be guessed."));

    /// <summary>A needed name is ambiguous.</summary>
    public static HubError SourceColumnDuplicate(string source, string what, IReadOnlyList<string> names) =>
        Make(SourceColumnDuplicateKind, source, what, List(names));

    private static readonly ErrorKind SourceViewBrokenKind = new(
        "source_view_broken", 422, ErrorOrigin.Source,
        new("Khung nhìn của nguồn bị hỏng", "The source's view is broken"),
        new(
            "Khung nhìn “{1}” của nguồn “{0}” dùng bảng, cột hoặc hàm không còn, hoặc người tạo nó không còn quyền đọc.",
            "View \"{1}\" of source \"{0}\" uses a table, column or function that is gone, or that its owner may no "
            + "longer read."),
        new(
            "Đề nghị đơn vị quản lý nguồn sửa khung nhìn; phiên bản tốt gần nhất vẫn được phục vụ.",
            "Have the source's office correct the view; the last good version is still served."));

    /// <summary>What a view stands on has changed under it.</summary>
    public static HubError SourceViewBroken(string source, string view) => Make(SourceViewBrokenKind, source, view);

    private static readonly ErrorKind SourceTypeUnsupportedKind = new(
        "source_type_unsupported", 422, ErrorOrigin.Client,
        new("Kiểu dữ liệu của cột không hỗ trợ", "Columns have an unsupported type"),
        new(
            "“{1}” của nguồn “{0}” có các cột mà trục dữ liệu không đọc được: {2}.",
            "\"{1}\" of source \"{0}\" has columns that the hub cannot read: {2}."),
        new(
            "Bỏ các cột này khỏi hợp đồng, hoặc chuyển chúng thành số hay văn bản bằng hub.query.",
            "Leave these columns out of the contract, or turn them into numbers or text by hub.query."));

    /// <summary>All such columns at once, each with its type.</summary>
    public static HubError SourceTypeUnsupported(string source, string what, IReadOnlyList<string> columns) =>
        Make(SourceTypeUnsupportedKind, source, what, List(columns));

    private static readonly ErrorKind SourceQueryInvalidKind = new(
        "source_query_invalid", 422, ErrorOrigin.Client,
        new("Câu truy vấn không hợp lệ", "The query is not valid"),
        new(
            "Nguồn “{0}” không nhận câu truy vấn trong hợp đồng (mã {1}, vị trí {2}): {3}",
            "Source \"{0}\" does not accept the contract's query (code {1}, position {2}): {3}"),
        new(
            "Sửa hub.query: đúng một câu SELECT, VALUES hoặc WITH chỉ đọc, không có tham số.",
            "Correct hub.query: exactly one read-only SELECT, VALUES or WITH statement without "
            + "parameters."));

    /// <summary>One complete reading statement is required.</summary>
    public static HubError SourceQueryInvalid(string source, string code, int position, string reason) =>
        Make(SourceQueryInvalidKind, source, code, position, reason);

    private static readonly ErrorKind SourceTargetInvalidKind = new(
        "source_target_invalid", 422, ErrorOrigin.Client,
        new("Hợp đồng không chỉ đúng đối tượng ở nguồn", "The contract names nothing this source can read"),
        new(
            "Nguồn “{0}” thuộc loại {1}; hợp đồng phải khai báo {2}.",
            "Source \"{0}\" is of kind {1}; the contract must declare {2}."),
        new(
            "Sửa phần hub.* của hợp đồng dữ liệu cho đúng loại nguồn.",
            "Correct the contract's hub.* properties for this kind of source."));

    /// <summary>hub.table, hub.query and hub.file belong to kinds.</summary>
    public static HubError SourceTargetInvalid(string source, string kind, string expected) =>
        Make(SourceTargetInvalidKind, source, kind, expected);
}
