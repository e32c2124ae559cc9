namespace DataHub.Core.Errors;

/// <summary>Refusals around datasets, their versions and records.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind DatasetNotFoundKind = new(
        "dataset_not_found", 404, ErrorOrigin.Client,
        new("Không có tập dữ liệu này", "No such dataset"),
        new("Không tìm thấy tập dữ liệu {0}.", "Dataset {0} was not found."),
        new("Tìm trong danh mục tại /api/v1/catalog/datasets.", "Search the catalogue at /api/v1/catalog/datasets."));

    private static readonly ErrorKind DatasetExistsKind = new(
        "dataset_exists", 409, ErrorOrigin.Client,
        new("Tập dữ liệu đã được đăng ký", "The dataset exists"),
        new("Tập dữ liệu {0} đã được đăng ký.", "Dataset {0} is registered already."),
        new("Đổi name trong hợp đồng, hoặc gửi bản sửa bằng PUT /api/v1/datasets/{0}/contract.",
            "Change the contract's name, or send a revision by PUT /api/v1/datasets/{0}/contract."));

    private static readonly ErrorKind ContractRevisedMeanwhileKind = new(
        "contract_revised_meanwhile", 409, ErrorOrigin.Client,
        new("Hợp đồng vừa được người khác sửa", "The contract was revised meanwhile"),
        new("Hợp đồng của {0} đã có bản mới trong lúc xử lý.", "The contract of {0} got another revision in the meantime."),
        new("Đọc lại hợp đồng, so sánh rồi gửi lại.", "Read the contract again, compare, and send it again."));

    private static readonly ErrorKind KeylessTooLargeKind = new(
        "keyless_too_large", 409, ErrorOrigin.Client,
        new("Quá nhiều bản ghi không khóa", "Too many records without a key"),
        new("Tập dữ liệu không khai báo khóa chính và có hơn {0} bản ghi khác nhau.", "The dataset declares no primary key and has more than {0} different records."),
        new("Khai báo các cột xác định duy nhất mỗi bản ghi làm khóa chính.", "Declare the columns that identify each record as its primary key."));

    private static readonly ErrorKind DatasetNameDiffersKind = new(
        "dataset_name_differs", 400, ErrorOrigin.Client,
        new("Tên trong hợp đồng khác địa chỉ", "The contract's name differs from the address"),
        new("Địa chỉ nói tới {0}, hợp đồng lại có name {1}.", "The address names {0}, the contract has name {1}."),
        new("Dùng cùng một tên; tên của tập dữ liệu không bao giờ đổi.", "Use the same name; a dataset's name never changes."));

    private static readonly ErrorKind VersionNotFoundKind = new(
        "version_not_found", 404, ErrorOrigin.Client,
        new("Không có phiên bản này", "No such version"),
        new("Tập dữ liệu {0} không có phiên bản {1}.", "Dataset {0} has no version {1}."),
        new("Xem các phiên bản tại /api/v1/datasets/{0}/versions.", "See the versions at /api/v1/datasets/{0}/versions."));

    private static readonly ErrorKind VersionMalformedKind = new(
        "version_malformed", 400, ErrorOrigin.Client,
        new("Tham chiếu phiên bản không đúng", "The version reference is malformed"),
        new("«{0}» không phải là tham chiếu phiên bản.", "'{0}' is not a version reference."),
        new("Dùng số (57), nhãn (v2.3.418, v2.3, v2), latest, hoặc thời điểm UTC (@2026-03-01T00:00:00Z).",
            "Use a number (57), a label (v2.3.418, v2.3, v2), latest, or a moment in UTC (@2026-03-01T00:00:00Z)."));

    private static readonly ErrorKind RecordNotFoundKind = new(
        "record_not_found", 404, ErrorOrigin.Client,
        new("Không có bản ghi này", "No such record"),
        new("Phiên bản {1} của {0} không có bản ghi với khóa này.", "Version {1} of {0} has no record with this key."),
        new("Kiểm tra khóa, hoặc đọc một phiên bản khác.", "Check the key, or read another version."));

    private static readonly ErrorKind KeyMalformedKind = new(
        "key_malformed", 400, ErrorOrigin.Client,
        new("Khóa viết không đúng", "The key is spelled wrongly"),
        new("Khóa trong địa chỉ không đúng cách viết: {0}.", "The key in the address is spelled wrongly: {1}."),
        new("Các phần của khóa ({2}) nối bằng dấu phẩy; phần có ký tự khác A-Z a-z 0-9 -_.:@ viết là ~ rồi base64url của UTF-8.",
            "Join the key's parts ({2}) by commas; write a part with other characters than A-Z a-z 0-9 -_.:@ as ~ and base64url of its UTF-8."));

    private static readonly ErrorKind PersonalValueInUrlKind = new(
        "personal_value_in_url", 400, ErrorOrigin.Client,
        new("Giá trị cá nhân nằm trong địa chỉ", "A personal value stands in the URL"),
        new("Địa chỉ chứa giá trị của khóa hoặc cột cá nhân của {0}; giá trị cá nhân không được viết trong địa chỉ.",
            "The URL names a value of a personal key or column of {0}; personal values must not stand in a URL."),
        new("Dùng POST /api/v1/datasets/{0}/versions/{1}/query, hoặc …/lookup cho một khóa.",
            "Use POST /api/v1/datasets/{0}/versions/{1}/query, or …/lookup for one key."));

    private static readonly ErrorKind CursorMismatchKind = new(
        "cursor_mismatch", 400, ErrorOrigin.Client,
        new("Con trỏ không thuộc về yêu cầu này", "The cursor does not belong to this request"),
        new("Con trỏ bị sửa, hoặc được cấp cho tập dữ liệu, phiên bản, truy vấn hay hệ thống khác.",
            "The cursor was altered, or given for another dataset, version, query or client."),
        new("Bắt đầu lại từ trang đầu, không có tham số cursor.", "Start again from the first page, without the cursor parameter."));

    private static readonly ErrorKind NextPageTooLongKind = new(
        "next_page_too_long", 400, ErrorOrigin.Client,
        new("Không ghi được trang tiếp theo vào địa chỉ", "The next page does not fit into an address"),
        new("Con trỏ mang giá trị của các cột sắp xếp; các giá trị này dài hơn mức một địa chỉ hay tiêu đề chứa được.",
            "A cursor holds the values of the columns of the order; these are longer than an address or a header takes."),
        new("Sắp xếp theo cột khác, tăng limit, hoặc gửi POST …/query với format=json hay ndjson: con trỏ nằm trong thân trả lời.",
            "Order by another column, raise limit, or POST …/query with format=json or ndjson: its cursor stands in the body."));

    private static readonly ErrorKind SourceExistsKind = new(
        "source_exists", 409, ErrorOrigin.Client,
        new("Nguồn đã được đăng ký", "The source exists"),
        new("Nguồn {0} đã được đăng ký.", "Source {0} is registered already."),
        new("Chọn mã khác, hoặc sửa nguồn đó bằng PUT /api/v1/sources/{0}.", "Choose another id, or change that source by PUT /api/v1/sources/{0}."));

    private static readonly ErrorKind SourceInUseKind = new(
        "source_in_use", 409, ErrorOrigin.Client,
        new("Nguồn đang được dùng", "The source is in use"),
        new("Nguồn {0} đang được dùng bởi: {1}.", "Source {0} is used by: {1}."),
        new("Nguồn chỉ xóa được khi không tập dữ liệu nào dùng nó.", "A source can be deleted only when no dataset uses it."));

    private static readonly ErrorKind ContractVersionNotFoundKind = new(
        "contract_version_not_found", 404, ErrorOrigin.Client,
        new("Không có phiên bản hợp đồng này", "No such contract version"),
        new("Tập dữ liệu {0} không có hợp đồng phiên bản {1}.", "Dataset {0} has no contract of version {1}."),
        new("Bỏ tham số version để đọc bản mới nhất.", "Leave out the version parameter to read the newest."));

    private static readonly ErrorKind RunModeUnsupportedKind = new(
        "run_mode_unsupported", 400, ErrorOrigin.Client,
        new("Chế độ chạy không dùng được", "The run mode does not do here"),
        new("Chế độ «{0}» không dùng được cho tập dữ liệu này.", "Mode '{0}' does not do for this dataset."),
        new("Các chế độ dùng được: {1}. incremental và backfill cần hub.mode và hub.watermark trong hợp đồng.",
            "These do: {1}. incremental and backfill need hub.mode and hub.watermark in the contract."));

    public static HubError SourceExists(string source) => Make(SourceExistsKind, source);

    public static HubError SourceInUse(string source, IReadOnlyList<string> datasets) => Make(SourceInUseKind, source, string.Join(", ", datasets));

    public static HubError ContractVersionNotFound(string dataset, string version) => Make(ContractVersionNotFoundKind, dataset, version);

    /// <param name="mode">As asked for.</param>
    /// <param name="allowed">What this dataset's contract allows.</param>
    public static HubError RunModeUnsupported(string mode, IReadOnlyList<string> allowed) =>
        Make(RunModeUnsupportedKind, mode, string.Join(", ", allowed));

    private static readonly ErrorKind DatasetHasNoWatermarkKind = new(
        "dataset_has_no_watermark", 409, ErrorOrigin.Client,
        new("Tập dữ liệu không có watermark", "The dataset has no watermark"),
        new("Hợp đồng của {0} không khai báo hub.watermark.", "The contract of {0} declares no hub.watermark."),
        new("Gửi một bản sửa hợp đồng có hub.watermark trước.", "Send a revision of the contract with hub.watermark first."));

    /// <summary>A watermark is set where the contract names no column for it.</summary>
    public static HubError DatasetHasNoWatermark(string dataset) => Make(DatasetHasNoWatermarkKind, dataset);

    private static readonly ErrorKind LimitOutOfRangeKind = new(
        "limit_out_of_range", 400, ErrorOrigin.Client,
        new("Tham số limit không hợp lệ", "The limit is out of range"),
        new("limit phải là số nguyên từ 1 đến {0}.", "limit must be a whole number from 1 to {0}."),
        new("Sửa limit rồi gọi lại; không có giá trị nào bị tự ý cắt bớt.", "Correct limit and call again; no value is clamped silently."));

    private static readonly ErrorKind KeyNotGrantedKind = new(
        "key_not_granted", 403, ErrorOrigin.Client,
        new("Không được đọc theo khóa", "Reading by key is not granted"),
        new("Thỏa thuận với {0} không cho đọc cột khóa {1}, nên cũng không được tìm theo khóa đó.",
            "The agreement on {0} does not grant key column {1}, so records cannot be asked for by it."),
        new("Đọc theo trang, hoặc đề nghị bổ sung cột khóa vào thỏa thuận.", "Read page by page, or ask for the key column in the agreement."));

    /// <summary>A key column is outside the agreement.</summary>
    public static HubError KeyNotGranted(string dataset, IReadOnlyList<string> columns) => Make(KeyNotGrantedKind, dataset, string.Join(", ", columns));

    public static HubError LimitOutOfRange(int maximum) =>
        Make(LimitOutOfRangeKind, maximum) with { Errors = [RequestCodes.NumberInvalid.In("limit", 1, maximum)] };

    public static HubError DatasetNotFound(string dataset) => Make(DatasetNotFoundKind, dataset);

    public static HubError DatasetExists(string dataset) => Make(DatasetExistsKind, dataset);

    public static HubError ContractRevisedMeanwhile(string dataset) => Make(ContractRevisedMeanwhileKind, dataset);

    /// <summary>A pull without a key outgrew the memory for telling its records apart.</summary>
    public static HubError KeylessTooLarge(int most) => Make(KeylessTooLargeKind, most);

    public static HubError DatasetNameDiffers(string path, string name) => Make(DatasetNameDiffersKind, path, name);

    public static HubError VersionNotFound(string dataset, string reference) => Make(VersionNotFoundKind, dataset, reference);

    public static HubError VersionMalformed(string reference) => Make(VersionMalformedKind, reference);

    public static HubError RecordNotFound(string dataset, int seq) => Make(RecordNotFoundKind, dataset, seq);

    /// <summary>A key in a path that is not canonical.</summary>
    public static HubError KeyMalformed(Text reason, string parts) => Make(KeyMalformedKind, reason.Vi, reason.En, parts);

    public static HubError PersonalValueInUrl(string dataset, string reference) => Make(PersonalValueInUrlKind, dataset, reference);

    /// <summary>A page whose successor could not be named in its headers.</summary>
    public static HubError NextPageTooLong() => Make(NextPageTooLongKind);

    public static HubError CursorMismatch() => Make(CursorMismatchKind);
}
