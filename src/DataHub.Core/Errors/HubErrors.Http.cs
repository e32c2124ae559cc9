namespace DataHub.Core.Errors;

/// <summary>Refusals of the HTTP surface itself, and what a caller sees of faults.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind RouteNotFoundKind = new(
        "route_not_found", 404, ErrorOrigin.Client,
        new("Không có địa chỉ này", "No such address"),
        new("Không có gì ở {0} {1}.", "There is nothing at {0} {1}."),
        new("Xem danh sách địa chỉ tại /swagger.", "See /swagger for the list of addresses."));

    private static readonly ErrorKind MethodNotAllowedKind = new(
        "method_not_allowed", 405, ErrorOrigin.Client,
        new("Phương thức không được hỗ trợ", "Method not allowed"),
        new("Địa chỉ {1} không nhận phương thức {0}.", "{1} does not take the method {0}."),
        new("Dùng một phương thức trong tiêu đề Allow.", "Use one of the methods in the Allow header."));

    private static readonly ErrorKind NotAcceptableKind = new(
        "not_acceptable", 406, ErrorOrigin.Client,
        new("Không có định dạng được yêu cầu", "No acceptable format"),
        new("{1} không trả được định dạng nào trong tiêu đề Accept.", "{1} offers none of the formats in the Accept header."),
        new("Gửi Accept: application/json hoặc bỏ tiêu đề này.", "Send Accept: application/json, or leave the header out."));

    private static readonly ErrorKind BodyTooLargeKind = new(
        "body_too_large", 413, ErrorOrigin.Client,
        new("Nội dung gửi lên quá lớn", "The body is too large"),
        new("Nội dung gửi tới {1} vượt giới hạn.", "The body sent to {1} is over the limit."),
        new("Gửi nội dung nhỏ hơn.", "Send a smaller body."));

    private static readonly ErrorKind AddressTooLongKind = new(
        "address_too_long", 414, ErrorOrigin.Client,
        new("Địa chỉ quá dài", "The address is too long"),
        new("Địa chỉ kèm tham số dài quá {0} byte.", "The address with its parameters has more than {0} bytes."),
        new("Gửi câu hỏi trong thân yêu cầu: POST …/versions/…/query.", "Send the question in a body: POST …/versions/…/query."));

    private static readonly ErrorKind MediaTypeUnsupportedKind = new(
        "media_type_unsupported", 415, ErrorOrigin.Client,
        new("Kiểu nội dung không được hỗ trợ", "Media type not supported"),
        new("{1} không đọc được kiểu nội dung đã gửi.", "{1} does not read the content type that was sent."),
        new("Gửi Content-Type: application/json.", "Send Content-Type: application/json."));

    private static readonly ErrorKind TooManyRequestsKind = new(
        "too_many_requests", 429, ErrorOrigin.Client,
        new("Quá nhiều yêu cầu", "Too many requests"),
        new("Đã vượt số yêu cầu cho phép.", "The number of requests allowed was exceeded."),
        new("Chờ theo tiêu đề Retry-After; giữ token và dùng lại đến khi hết hạn.",
            "Wait as Retry-After says; keep a token and use it until it expires."));

    private static readonly ErrorKind RequestMalformedKind = new(
        "request_malformed", 400, ErrorOrigin.Client,
        new("Yêu cầu không đọc được", "The request cannot be read"),
        new("Yêu cầu tới {1} không đúng cú pháp HTTP hoặc tham số.", "The request to {1} is malformed, or a parameter has a wrong form."),
        new("Kiểm tra tham số và nội dung so với tài liệu tại /swagger.",
            "Compare parameters and body with the documentation at /swagger."));

    private static readonly ErrorKind ParameterUnknownKind = new(
        "parameter_unknown", 400, ErrorOrigin.Client,
        new("Tham số không tồn tại", "Unknown parameter"),
        new("Không có tham số: {0}.", "There is no parameter: {0}."),
        new("Dùng các tham số được liệt kê trong errors.", "Use the parameters listed in errors."));

    private static readonly ErrorKind StoreUnavailableKind = new(
        "store_unavailable", 503, ErrorOrigin.Hub,
        new("Kho dữ liệu tạm thời không truy cập được", "The store is unavailable for the moment"),
        new("DataHub không kết nối được tới cơ sở dữ liệu của mình.", "DataHub cannot reach its own database."),
        new("Thử lại sau ít giây; nếu kéo dài, báo quản trị viên kèm traceId.",
            "Try again in a few seconds; if it lasts, give an administrator the traceId."));

    private static readonly ErrorKind QueryTimeoutKind = new(
        "query_timeout", 503, ErrorOrigin.Hub,
        new("Truy vấn quá thời gian", "The query took too long"),
        new("Truy vấn bị dừng vì vượt thời gian cho phép.", "The query was stopped because it exceeded the time allowed."),
        new("Thu hẹp bộ lọc hoặc giảm limit rồi thử lại.", "Narrow the filter or lower the limit, then try again."));

    private static readonly ErrorKind ConflictKind = new(
        "conflict", 409, ErrorOrigin.Client,
        new("Xung đột với dữ liệu hiện có", "Conflict with what exists"),
        new("Một bản ghi khác đã tồn tại hoặc đang được tham chiếu.", "Another entry already exists or is being referred to."),
        new("Đọc lại trạng thái hiện tại rồi gửi lại.", "Read the present state, then send again."));

    private static readonly ErrorKind InternalErrorKind = new(
        "internal_error", 500, ErrorOrigin.Hub,
        new("Lỗi nội bộ", "Internal error"),
        new("DataHub gặp lỗi ngoài dự kiến; lỗi đã được ghi lại.", "DataHub met an unexpected error; it has been logged."),
        new("Báo quản trị viên kèm traceId.", "Give an administrator the traceId."));

    public static HubError RouteNotFound(string method, string path) => Make(RouteNotFoundKind, method, path);

    public static HubError ParameterUnknown(IReadOnlyList<string> names, IReadOnlyList<ErrorDetail> errors) =>
        Make(ParameterUnknownKind, string.Join(", ", names)) with { Errors = errors };

    public static HubError AddressTooLong(int most) => Make(AddressTooLongKind, most);

    public static HubError StoreUnavailable() => Make(StoreUnavailableKind) with { RetryAfterSeconds = 5 };

    public static HubError QueryTimeout() => Make(QueryTimeoutKind);

    public static HubError Conflict() => Make(ConflictKind);

    public static HubError InternalError() => Make(InternalErrorKind);

    public static HubError TooManyRequests(int retryAfterSeconds) =>
        Make(TooManyRequestsKind) with { RetryAfterSeconds = retryAfterSeconds };

    /// <summary>The refusal for a bare HTTP status that the framework answered.</summary>
    public static HubError ForStatus(int status, string method, string path) => Make(
        status switch
        {
            400 => RequestMalformedKind,
            401 => TokenMissingKind,
            403 => ScopeMissingKind,
            404 => RouteNotFoundKind,
            405 => MethodNotAllowedKind,
            406 => NotAcceptableKind,
            413 => BodyTooLargeKind,
            415 => MediaTypeUnsupportedKind,
            429 => TooManyRequestsKind,
            503 => StoreUnavailableKind,
            >= 400 and < 500 => RequestMalformedKind,
            _ => InternalErrorKind,
        },
        method,
        path);
}
