namespace DataHub.Core.Errors;

/// <summary>Failures that only sources behind an HTTP interface have.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceResponseInvalidKind = new(
        "source_response_invalid", 502, ErrorOrigin.Source,
        new("Nguồn trả lời không đúng JSON", "The source's answer is not valid JSON"),
        new(
            "Trang {2} của “{1}” ở nguồn “{0}” không đọc được: {3} (dòng {4}, byte {5}).",
            "Page {2} of \"{1}\" at source \"{0}\" cannot be read: {3} (line {4}, byte {5})."),
        new(
            "Gọi thử địa chỉ này bằng trình duyệt hoặc curl; đề nghị đơn vị quản lý nguồn sửa câu trả lời, hoặc sửa các thiết lập "
            + "records, format, maxDepth của nguồn.",
            "Ask the address by browser or curl; have the source's office mend the answer, or correct the source's settings records, "
            + "format or maxDepth."));

    /// <summary>Broken off, another format, a wrong encoding, too deep.</summary>
    /// <param name="source">Source id.</param>
    /// <param name="what">Resource.</param>
    /// <param name="page">Number of the page in the pull.</param>
    /// <param name="reason">What is wrong, without content.</param>
    /// <param name="at">Line from 1 and byte from 1 in it.</param>
    public static HubError SourceResponseInvalid(string source, string what, long page, string reason, (long Line, long Byte) at) =>
        Make(SourceResponseInvalidKind, source, what, page, reason, at.Line, at.Byte);

    private static readonly ErrorKind SourceRecordsMissingKind = new(
        "source_records_missing", 422, ErrorOrigin.Client,
        new("Không thấy danh sách bản ghi trong câu trả lời", "The answer has no list of records where it is expected"),
        new(
            "Câu trả lời của “{1}” ở nguồn “{0}” không có mảng tại “{2}”.",
            "The answer for \"{1}\" at source \"{0}\" has no array at \"{2}\"."),
        new(
            "Sửa thiết lập records của nguồn (JSON pointer tới mảng bản ghi; để trống nếu cả câu trả lời là mảng).",
            "Correct the source's setting records (JSON pointer to the array of records; empty where the whole answer is the array)."));

    /// <summary>Another shape than the settings say.</summary>
    public static HubError SourceRecordsMissing(string source, string what, string pointer) =>
        Make(SourceRecordsMissingKind, source, what, pointer.Length == 0 ? "(gốc, root)" : pointer);

    private static readonly ErrorKind SourcePagingLoopKind = new(
        "source_paging_loop", 502, ErrorOrigin.Source,
        new("Nguồn trả lại trang đã đọc", "The source gives a page again that was read already"),
        new(
            "Sau trang {2}, “{1}” ở nguồn “{0}” dẫn lại tới một trang đã đọc: đọc tiếp sẽ không bao giờ hết.",
            "Behind page {2}, \"{1}\" at source \"{0}\" leads back to a page that was read: going on would never end."),
        new(
            "Kiểm tra tên các tham số phân trang trong thiết lập nguồn; một tham số mà nguồn không hiểu cho lại mãi trang đầu.",
            "Check the names of the paging parameters in the source's settings; a parameter that the source does not know gives the first "
            + "page for ever."));

    /// <summary>The same cursor, address or content twice.</summary>
    public static HubError SourcePagingLoop(string source, string what, long page) => Make(SourcePagingLoopKind, source, what, page);

    private static readonly ErrorKind SourcePageLimitKind = new(
        "source_page_limit", 422, ErrorOrigin.Client,
        new("Quá nhiều trang", "Too many pages"),
        new(
            "“{1}” ở nguồn “{0}” có hơn {2} trang, giới hạn của một lần đọc.",
            "\"{1}\" at source \"{0}\" has more than {2} pages, the limit of one pull."),
        new(
            "Tăng pageSize, hoặc tăng maxPages nếu tài nguyên thật sự lớn như vậy.",
            "Raise pageSize, or maxPages where the resource really is that large."));

    /// <summary>maxPages.</summary>
    public static HubError SourcePageLimit(string source, string what, int pages) => Make(SourcePageLimitKind, source, what, pages);

    private static readonly ErrorKind SourcePagesMovedKind = new(
        "source_pages_moved", 502, ErrorOrigin.Source,
        new("Dữ liệu thay đổi trong khi đọc từng trang", "The data moved while its pages were read"),
        new(
            "“{1}” ở nguồn “{0}” báo {2} bản ghi lúc đầu, {3} lúc cuối và đã gửi {4}: có thể thiếu hoặc trùng, nên không công bố gì.",
            "\"{1}\" at source \"{0}\" announced {2} records at the beginning, {3} at the end and sent {4}: some may be missing or twice, so "
            + "nothing is published."),
        new(
            "Chạy lại vào lúc nguồn ít thay đổi; tốt hơn: đề nghị đơn vị quản lý nguồn phân trang bằng cursor, hoặc sắp xếp theo khóa.",
            "Run again when the source is quiet; better, have the source's office page by cursor, or sort by key.")) { IsTransient = true };

    /// <summary>The total that the API gives is another at the end, or another than what it delivered.</summary>
    public static HubError SourcePagesMoved(string source, string what, long first, long last, long delivered) =>
        Make(SourcePagesMovedKind, source, what, first, last, delivered);

    private static readonly ErrorKind SourcePageChangedKind = new(
        "source_page_changed", 502, ErrorOrigin.Source,
        new("Trang đọc lại không còn như trước", "A page is not what it was when it was asked for again"),
        new(
            "Trang {2} của “{1}” ở nguồn “{0}” bị đứt khi đang đọc; khi gọi lại, phần đã nhận không còn như trước, nên không công bố gì.",
            "Page {2} of \"{1}\" at source \"{0}\" broke off while it was read; asked for again, what had come was not the same, so nothing is "
            + "published."),
        new(
            "Chạy lại; nếu lặp lại, đề nghị đơn vị quản lý nguồn sắp xếp câu trả lời theo khóa.",
            "Run again; if it happens again, have the source's office sort its answers by key.")) { IsTransient = true };

    /// <summary>What was delivered already would not be delivered again: to go on would lose or double records.</summary>
    public static HubError SourcePageChanged(string source, string what, long page) => Make(SourcePageChangedKind, source, what, page);

    private static readonly ErrorKind SourceRedirectDeniedKind = new(
        "source_redirect_denied", 422, ErrorOrigin.Source,
        new("Nguồn chuyển tới nơi không được phép", "The source leads to a place that is not allowed"),
        new(
            "Nguồn “{0}” chuyển hướng, hoặc dẫn trang tiếp theo, tới một máy chủ hay giao thức không được phép.",
            "Source \"{0}\" redirects, or leads to its next page, at a host or by a scheme that is not allowed."),
        new(
            "Nếu máy chủ đó đúng là của nguồn, thêm tên của nó vào thiết lập alsoHosts (không được gửi thông tin đăng nhập tới đó), hoặc sửa "
            + "baseUrl.",
            "If the host really is the source's, add its name to the setting alsoHosts (it does not get the credential), or correct baseUrl."));

    /// <summary>Another host that no setting names, http behind https, too many steps, or an address that is none.</summary>
    public static HubError SourceRedirectDenied(string source) => Make(SourceRedirectDeniedKind, source);

    private static readonly ErrorKind SourceCertificateInvalidKind = new(
        "source_certificate_invalid", 502, ErrorOrigin.Source,
        new("Chứng thư của nguồn không hợp lệ", "The source's certificate is not valid"),
        new(
            "Chứng thư TLS của nguồn “{0}” bị từ chối: {1}.", "The TLS certificate of source \"{0}\" is refused: {1}."),
        new(
            "Đề nghị đơn vị quản lý nguồn gia hạn hoặc sửa chứng thư; nếu là CA nội bộ, đưa chứng thư CA vào thiết lập caCertificate.",
            "Have the source's office renew or mend the certificate; where it comes from an internal authority, put that authority's "
            + "certificate into the setting caCertificate."));

    /// <summary>Expired, for another name, from an unknown authority: <paramref name="reasons"/> are their names.</summary>
    public static HubError SourceCertificateInvalid(string source, string reasons) => Make(SourceCertificateInvalidKind, source, reasons);

    private static readonly ErrorKind SourceResponseTooLargeKind = new(
        "source_response_too_large", 422, ErrorOrigin.Source,
        new("Câu trả lời của nguồn quá lớn", "The source's answer is too large"),
        new(
            "Trang {2} của “{1}” ở nguồn “{0}” vượt quá {3} MB sau khi giải nén, hoặc phình ra quá nhiều lần khi giải nén.",
            "Page {2} of \"{1}\" at source \"{0}\" exceeds {3} MB decompressed, or grows too many times by decompression."),
        new(
            "Giảm pageSize; nếu một câu trả lời thật sự lớn như vậy, tăng maxPageMegabytes.",
            "Lower pageSize; where one answer really is that large, raise maxPageMegabytes."));

    /// <summary>maxPageMegabytes, or a compression bomb.</summary>
    public static HubError SourceResponseTooLarge(string source, string what, long page, long megabytes) =>
        Make(SourceResponseTooLargeKind, source, what, page, megabytes);

    private static readonly ErrorKind SourceRateLimitedKind = new(
        "source_rate_limited", 503, ErrorOrigin.Source,
        new("Nguồn giới hạn số lần gọi", "The source limits the calls"),
        new(
            "Nguồn “{0}” yêu cầu chờ {1} giây trước lần gọi tiếp theo.",
            "Source \"{0}\" asks for {1} seconds before the next call."),
        new(
            "Chạy lại sau thời gian đó; nếu lặp lại, tăng pageSize hoặc đề nghị đơn vị quản lý nguồn nâng hạn mức cho tài khoản.",
            "Run again after that time; if it happens again, raise pageSize or have the source's office raise the account's limit."))
        { IsTransient = true };

    /// <summary>429 or 503 with a time to wait, or a used-up allowance.</summary>
    public static HubError SourceRateLimited(string source, int seconds) =>
        Make(SourceRateLimitedKind, source, seconds) with { RetryAfterSeconds = seconds };
}
