using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Errors;

/// <summary>Refusals around runs and what they publish.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceTypeChangedKind = new(
        "source_type_changed", 409, ErrorOrigin.Source,
        new("Kiểu cột của nguồn không còn khớp hợp đồng", "A source column's type no longer fits the contract"),
        new("{0} cột của nguồn có kiểu không thể chuyển sang kiểu đã khai báo mà không mất dữ liệu; xem mục errors.",
            "{0} source column(s) have a type that cannot become the declared one without loss; see errors."),
        new("Hỏi đơn vị quản lý nguồn vì sao kiểu đổi, rồi sửa nguồn hoặc đăng ký hợp đồng mới.",
            "Ask the source's office why the type changed; then mend the source or register a new contract."));

    private static readonly ErrorKind RunReadNothingKind = new(
        "run_read_nothing", 409, ErrorOrigin.Client,
        new("Lần chạy bị giữ này chưa đọc gì", "This held run has read nothing"),
        new("Lần chạy {0} bị giữ vì kiểu cột của nguồn đã đổi; không có kết quả nào để duyệt.",
            "Run {0} is held because its source's columns changed their types; there is no result to approve."),
        new("Xem đề xuất ở GET /api/v1/runs/{0}/proposal, gửi bằng PUT …/contract nếu đồng ý, hoặc sửa nguồn; rồi chạy lại.",
            "See GET /api/v1/runs/{0}/proposal, send it by PUT …/contract if it is right, or mend the source; then start a new run."));

    private static readonly ErrorKind RunProposesNothingKind = new(
        "run_proposes_nothing", 404, ErrorOrigin.Client,
        new("Lần chạy không đề xuất gì", "The run proposes nothing"),
        new("Lần chạy {0} không có đề xuất sửa hợp đồng.", "Run {0} has no proposal for the contract."),
        new("Chỉ lần chạy bị giữ vì kiểu cột của nguồn đã đổi mới có đề xuất, và chỉ khi kiểu mới công bố được.",
            "Only a run held because its source's columns changed their types has one, and only where the new types can be published."));

    private static readonly ErrorKind CandidateOutdatedKind = new(
        "candidate_outdated", 409, ErrorOrigin.Client,
        new("Bản chờ duyệt đã lỗi thời", "The candidate is outdated"),
        new("Kết quả của lần chạy {0} được tính từ một phiên bản không còn là mới nhất.",
            "What run {0} computed is based on a version that is no longer the newest."),
        new("Chạy lại để tính từ phiên bản mới nhất.", "Start a new run, so that it is computed from the newest version."));

    private static readonly ErrorKind RunLostKind = new(
        "run_lost", 409, ErrorOrigin.Hub,
        new("Lần chạy đã chuyển cho tiến trình khác", "The run went to another worker"),
        new("Lần chạy {0} đã được tiến trình khác tiếp nhận; kết quả này bị bỏ.", "Run {0} was taken over by another worker; this result is dropped."),
        new("Không cần làm gì.", "Nothing needs to be done."));

    private static readonly ErrorKind RunNotFoundKind = new(
        "run_not_found", 404, ErrorOrigin.Client,
        new("Không có lần chạy này", "No such run"),
        new("Không tìm thấy lần chạy {0}.", "Run {0} was not found."),
        new("Xem danh sách tại /api/v1/runs.", "See the list at /api/v1/runs."));

    private static readonly ErrorKind RunNotHeldKind = new(
        "run_not_held", 409, ErrorOrigin.Client,
        new("Lần chạy không chờ duyệt", "The run is not held"),
        new("Lần chạy {0} đang ở trạng thái {1}; chỉ lần chạy được giữ lại (held) mới duyệt hoặc bỏ được.",
            "Run {0} is {1}; only a held run can be approved or discarded."),
        new("Xem lại trạng thái của lần chạy.", "Look at the run's state again."));

    private static readonly ErrorKind RunInProgressKind = new(
        "run_in_progress", 409, ErrorOrigin.Client,
        new("Đang có lần chạy khác", "A run is in progress"),
        new("Tập dữ liệu {0} đang có lần chạy {1} chưa kết thúc.", "Dataset {0} has run {1} under way."),
        new("Chờ lần chạy đó kết thúc, hoặc hủy nó rồi thử lại.", "Wait for that run to end, or cancel it and try again."));

    private static readonly ErrorKind RunEndedKind = new(
        "run_ended", 409, ErrorOrigin.Client,
        new("Lần chạy đã kết thúc", "The run has ended"),
        new("Lần chạy {0} đã kết thúc với trạng thái {1}.", "Run {0} has ended as {1}."),
        new("Không cần làm gì.", "Nothing needs to be done."));

    private static readonly ErrorKind RunGaveUpKind = new(
        "run_gave_up", 500, ErrorOrigin.Hub,
        new("Lần chạy nhiều lần làm dừng tiến trình", "The run stopped its worker again and again"),
        new("Lần chạy {0} đã làm dừng tiến trình {1} lần nên không được thử lại nữa.", "Run {0} stopped its worker {1} times and is not tried again."),
        new("Người vận hành xem nhật ký (thường do thiếu bộ nhớ hoặc đĩa), rồi tạo lần chạy mới.",
            "Operators look at the log (often memory or disk), then start a new run."));

    private static readonly ErrorKind RunFaultKind = new(
        "run_fault", 500, ErrorOrigin.Hub,
        new("Lần chạy gặp sự cố của hệ thống", "The run met a fault of the hub"),
        new("Lần chạy {0} dừng vì sự cố của hệ thống; không có gì được công bố.", "Run {0} stopped by a fault of the hub; nothing was published."),
        new("Người vận hành xem nhật ký theo số lần chạy, rồi tạo lần chạy mới.", "Operators look at the log by the run's number, then start a new run."));

    private static readonly ErrorKind StoreFullKind = new(
        "store_full", 507, ErrorOrigin.Hub,
        new("Kho dữ liệu đã đầy", "The store is full"),
        new("Lần chạy {0} dừng vì máy chủ PostgreSQL của hệ thống hết dung lượng đĩa; không có gì được công bố.",
            "Run {0} stopped because the hub's PostgreSQL has no disk space left; nothing was published."),
        new("Người vận hành thêm dung lượng đĩa cho máy chủ PostgreSQL, rồi tạo lần chạy mới.",
            "Operators add disk space for the hub's PostgreSQL, then start a new run."));

    private static readonly ErrorKind RunNeedsVersionKind = new(
        "run_needs_version", 409, ErrorOrigin.Client,
        new("Chưa có phiên bản nào", "There is no version yet"),
        new("Chế độ {0} so với phiên bản đã công bố, nhưng tập dữ liệu {1} chưa có phiên bản nào của hợp đồng hiện tại.",
            "Mode {0} works on a published version, and dataset {1} has none of its present contract's major."),
        new("Chạy chế độ full trước.", "Run in mode full first."));

    /// <summary>Code of <see cref="SourceIdentityChanged"/>, by which its pause is known.</summary>
    public const string SourceIdentityChangedCode = "source_identity_changed";

    private static readonly ErrorKind SourceIdentityChangedKind = new(
        SourceIdentityChangedCode, 409, ErrorOrigin.Source,
        new("Nguồn không còn là nguồn cũ", "The source is not the one it was"),
        new("Nguồn {0} là một máy chủ hoặc bản khôi phục khác với lần công bố trước của {1}; không có gì được đọc.",
            "Source {0} is another server, or a restored one, than at the last publication of {1}; nothing was read."),
        new("Hỏi đơn vị quản lý nguồn. Nếu đúng, chạy {{\"mode\":\"full\",\"acceptSource\":true}}; kết quả vẫn qua kiểm tra mất dữ liệu.",
            "Ask the source's office. If it is right, run {{\"mode\":\"full\",\"acceptSource\":true}}; the brake still judges the result."));

    private static readonly ErrorKind SourceNotFoundKind = new(
        "source_not_found", 404, ErrorOrigin.Client,
        new("Không có nguồn này", "No such source"),
        new("Không tìm thấy nguồn {0}.", "Source {0} was not found."),
        new("Xem danh sách tại /api/v1/sources.", "See the list at /api/v1/sources."));

    public static HubError RunNotFound(string run) => Make(RunNotFoundKind, run);

    public static HubError RunNotHeld(long run, string state) => Make(RunNotHeldKind, run, state);

    /// <summary>Only one run of a dataset is open at a time.</summary>
    public static HubError RunInProgress(string dataset, long run) =>
        Make(RunInProgressKind, dataset, run) with { Location = $"/api/v1/runs/{run}" };

    public static HubError RunEnded(long run, string state) => Make(RunEndedKind, run, state);

    public static HubError RunGaveUp(long run, int attempts) => Make(RunGaveUpKind, run, attempts);

    public static HubError RunFault(long run) => Make(RunFaultKind, run);

    public static HubError SourceNotFound(string source) => Make(SourceNotFoundKind, source);

    /// <summary>The head moved between the difference and its publishing.</summary>
    public static HubError CandidateOutdated(long run) => Make(CandidateOutdatedKind, run);

    /// <summary>The store's disk is full.</summary>
    public static HubError StoreFull(long run) => Make(StoreFullKind, run);

    /// <summary>Reconciling and backfilling need something published.</summary>
    public static HubError RunNeedsVersion(string mode, string dataset) => Make(RunNeedsVersionKind, mode, dataset);

    /// <summary>A pull met a source of another identity.</summary>
    public static HubError SourceIdentityChanged(string source, string dataset) => Make(SourceIdentityChangedKind, source, dataset);

    /// <summary>A worker's lease lapsed and somebody else has the run: it must not publish.</summary>
    public static HubError RunLost(long run) => Make(RunLostKind, run);

    /// <summary>A run found columns whose type cannot be coerced.</summary>
    public static HubError SourceTypeChanged(IReadOnlyList<ErrorDetail> columns) =>
        Make(SourceTypeChangedKind, columns.Count) with { Errors = columns };

    /// <summary>What was held has no candidate that could be approved.</summary>
    public static HubError RunReadNothing(long run) => Make(RunReadNothingKind, run);

    /// <summary>A run without a proposal.</summary>
    public static HubError RunProposesNothing(long run) => Make(RunProposesNothingKind, run);

    /// <summary>One column of <see cref="SourceTypeChanged"/>.</summary>
    public static ErrorDetail ChangedType(ContractColumn column, SourceField field) =>
        field.Kind == SourceKind.LocalTimestamp && column.Type.Kind == ColumnKind.Timestamp
            ? new ErrorDetail("time_zone_missing", new(
                $"Cột {column.Name}: nguồn có kiểu {field.NativeType} không kèm múi giờ; khai báo hub.timeZone.",
                $"Column {column.Name}: the source's {field.NativeType} carries no time zone; declare hub.timeZone."))
            : new ErrorDetail("type_changed", new(
                $"Cột {column.Name}: hợp đồng khai báo {column.Type}, nguồn có kiểu {field.NativeType}.",
                $"Column {column.Name}: the contract declares {column.Type}, the source has {field.NativeType}."));
}
