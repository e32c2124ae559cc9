namespace DataHub.Core.Errors;

/// <summary>Refusals of answers in a format, and of whole-version files.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind FileFormatUnavailableKind = new(
        "file_format_unavailable", 404, ErrorOrigin.Client,
        new("Không có tệp ở định dạng này", "There is no file in this format"),
        new("Phiên bản của {0} không có tệp «{1}».", "Versions of {0} have no file '{1}'."),
        new("Dùng /api/v1/datasets/{0}/versions/{2}/files/ với một trong các định dạng: {3}.",
            "Use /api/v1/datasets/{0}/versions/{2}/files/ with one of the formats: {3}."));

    private static readonly ErrorKind ExportsBusyKind = new(
        "exports_busy", 503, ErrorOrigin.Hub,
        new("Quá nhiều tệp đang được tải", "Too many files are being sent"),
        new("Số tệp được gửi cùng lúc đã đạt giới hạn {0}.", "The limit of {0} files sent at a time is reached."),
        new("Thử lại theo tiêu đề Retry-After, hoặc đọc theo trang tại …/records.",
            "Try again as Retry-After says, or read page by page at …/records.")) { IsTransient = true };

    /// <summary>A file in a format that does not exist, or does not yet.</summary>
    public static HubError FileFormatUnavailable(string dataset, string format, string reference, IReadOnlyList<string> formats) =>
        Make(FileFormatUnavailableKind, dataset, format, reference, string.Join(", ", formats)) with
        {
            Errors = [RequestCodes.FormatUnknown.In("format", format, Contracts.DidYouMean.Clause(format, formats)) with { Allowed = formats }],
        };

    public static HubError ExportsBusy(int limit) => Make(ExportsBusyKind, limit) with { RetryAfterSeconds = 10 };

    /// <summary>The Accept header allows none of the formats.</summary>
    public static HubError NotAcceptable(string method, string path, IReadOnlyList<string> offered) =>
        ForStatus(406, method, path) with { Errors = [RequestCodes.FormatNotOffered.In("Accept", string.Join(", ", offered)) with { Allowed = offered }] };
}
