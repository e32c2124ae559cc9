namespace DataHub.Core.Errors;

/// <summary>How the hub treats its sources: settings, kinds, pacing.</summary>
public static partial class HubErrors
{
    private static string List(IReadOnlyList<string> names) => names.Count == 0 ? "–" : string.Join(", ", names);

    private static readonly ErrorKind SourceSettingsInvalidKind = new(
        "source_settings_invalid", 422, ErrorOrigin.Client,
        new("Thiết lập nguồn không hợp lệ", "The source settings are not valid"),
        new(
            "Thiết lập của nguồn “{0}” có {1} lỗi; xem mục errors.",
            "The settings of source \"{0}\" have {1} problem(s); see errors."),
        new(
            "Sửa từng lỗi trong errors rồi lưu lại nguồn.",
            "Correct each problem in errors and save the source again."));

    /// <summary>All problems at once.</summary>
    public static HubError SourceSettingsInvalid(string source, IReadOnlyList<ErrorDetail> errors) =>
        Make(SourceSettingsInvalidKind, source, errors.Count) with { Errors = errors };

    private static readonly ErrorKind SourceKindUnknownKind = new(
        "source_kind_unknown", 422, ErrorOrigin.Client,
        new("Không hỗ trợ loại nguồn này", "This kind of source is not supported"),
        new(
            "Không có bộ nối cho loại nguồn “{0}”. Các loại được hỗ trợ: {1}.",
            "There is no adapter for sources of kind \"{0}\". Supported: {1}."),
        new("Chọn một trong các loại được hỗ trợ.", "Choose one of the supported kinds."));

    /// <summary>No adapter is registered for the kind.</summary>
    public static HubError SourceKindUnknown(string kind, IReadOnlyList<string> known) =>
        Make(SourceKindUnknownKind, kind, List(known));

    private static readonly ErrorKind SourceCircuitOpenKind = new(
        "source_circuit_open", 503, ErrorOrigin.Source,
        new("Tạm ngừng gọi nguồn", "Calls to the source are paused"),
        new(
            "Nguồn “{0}” vừa lỗi nhiều lần liên tiếp nên trục dữ liệu tạm ngừng gọi để không gây thêm "
            + "tải.",
            "Source \"{0}\" has just failed repeatedly, so the hub pauses its calls in order not to add "
            + "load."),
        new(
            "Đợi ít phút; dùng chức năng kiểm tra nguồn để biết nguyên nhân.",
            "Wait a few minutes; test the source to learn the cause.")) { IsTransient = true };

    /// <summary>The circuit breaker is open.</summary>
    public static HubError SourceCircuitOpen(string source, int retryAfterSeconds) =>
        Make(SourceCircuitOpenKind, source) with { RetryAfterSeconds = retryAfterSeconds };

    private static readonly ErrorKind SourceConcurrencyLimitKind = new(
        "source_concurrency_limit", 503, ErrorOrigin.Hub,
        new("Nguồn đang được đọc bởi tác vụ khác", "The source is being read by other runs"),
        new(
            "Nguồn “{0}” đã có đủ {1} kết nối đọc cùng lúc của trục dữ liệu.",
            "Source \"{0}\" already has the {1} connections that the hub allows itself at a time."),
        new(
            "Thử lại khi các lần chạy khác kết thúc, hoặc tăng giới hạn nếu đơn vị quản lý nguồn đồng ý.",
            "Try again when other runs have ended, or raise the limit if the source's office agrees.")) { IsTransient = true };

    /// <summary>The hub must never crush a sector database.</summary>
    public static HubError SourceConcurrencyLimit(string source, int limit) =>
        Make(SourceConcurrencyLimitKind, source, limit);
}
