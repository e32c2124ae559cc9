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

    /// <summary>The head moved between the difference and its publishing.</summary>
    public static HubError CandidateOutdated(long run) => Make(CandidateOutdatedKind, run);

    /// <summary>A worker's lease lapsed and somebody else has the run: it must not publish.</summary>
    public static HubError RunLost(long run) => Make(RunLostKind, run);

    /// <summary>A run found columns whose type cannot be coerced.</summary>
    public static HubError SourceTypeChanged(IReadOnlyList<ErrorDetail> columns) =>
        Make(SourceTypeChangedKind, columns.Count) with { Errors = columns };

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
