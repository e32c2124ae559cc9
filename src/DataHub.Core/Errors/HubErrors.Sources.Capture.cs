namespace DataHub.Core.Errors;

/// <summary>Failures of following a source's own log.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceCaptureNotReadyKind = new(
        "source_capture_not_ready", 422, ErrorOrigin.Source,
        new("Nguồn chưa sẵn sàng cho việc theo nhật ký", "The source is not ready for log-based capture"),
        new(
            "Chưa thể theo nhật ký thay đổi của “{1}” tại nguồn “{0}”.",
            "The log of source \"{0}\" cannot be followed for \"{1}\" yet."),
        new(
            "Đề nghị quản trị cơ sở dữ liệu nguồn thực hiện các lệnh trong danh sách, hoặc dùng hub.mode incremental hay full.",
            "Have the source's database administrator run the statements listed, or use hub.mode incremental or full."));

    /// <summary>All that is missing at once; each with the statement that mends it.</summary>
    public static HubError SourceCaptureNotReady(string source, string table, IReadOnlyList<Text> missing) =>
        Make(SourceCaptureNotReadyKind, source, table) with
        { Errors = [.. missing.Select(m => new ErrorDetail("source_capture_not_ready", m))] };

    private static readonly ErrorKind SourceCaptureBusyKind = new(
        "source_capture_busy", 503, ErrorOrigin.Source,
        new("Khe sao chép đang được dùng", "The replication slot is in use"),
        new(
            "Khe sao chép “{1}” của nguồn “{0}” đang bị một phiên khác giữ.",
            "The replication slot \"{1}\" of source \"{0}\" is held by another session."),
        new(
            "Trục sẽ thử lại; nếu kéo dài, kiểm tra pg_replication_slots.active_pid tại nguồn.",
            "The hub tries again; if it lasts, look at pg_replication_slots.active_pid at the source.")) { IsTransient = true };

    /// <summary>Another session reads the slot.</summary>
    public static HubError SourceCaptureBusy(string source, string slot) => Make(SourceCaptureBusyKind, source, slot);

    private static readonly ErrorKind SourceCaptureSlotsFullKind = new(
        "source_capture_slots_full", 422, ErrorOrigin.Source,
        new("Nguồn đã dùng hết khe sao chép", "The source has no replication slot left"),
        new(
            "Máy chủ của nguồn “{0}” đã dùng hết max_replication_slots, không tạo được khe “{1}”.",
            "The server of source \"{0}\" has used up max_replication_slots; slot \"{1}\" could not be made."),
        new(
            "Đề nghị quản trị cơ sở dữ liệu nguồn xoá khe không còn ai dùng (SELECT * FROM pg_replication_slots WHERE NOT active) hoặc tăng max_replication_slots rồi khởi động lại "
            + "máy chủ.",
            "Have the source's database administrator drop slots that nobody uses (SELECT * FROM pg_replication_slots WHERE NOT active), or raise max_replication_slots and restart "
            + "the server."));

    /// <summary>Nothing that trying again would mend.</summary>
    public static HubError SourceCaptureSlotsFull(string source, string slot) => Make(SourceCaptureSlotsFullKind, source, slot);

    private static readonly ErrorKind SourceCaptureWaitsKind = new(
        "source_capture_waits", 503, ErrorOrigin.Source,
        new("Chưa bắt đầu theo nhật ký được", "The log cannot be followed yet"),
        new(
            "Khe sao chép “{1}” của nguồn “{0}” chỉ bắt đầu được khi mọi giao dịch đang mở kết thúc; có giao dịch mở lâu hơn lockTimeout.",
            "The replication slot \"{1}\" of source \"{0}\" begins only when all open transactions have ended; one is open for longer than lockTimeout."),
        new(
            "Trục sẽ thử lại; nếu kéo dài, tìm giao dịch cũ nhất trong pg_stat_activity (xact_start) và pg_prepared_xacts tại nguồn.",
            "The hub tries again; if it lasts, look for the oldest transaction in pg_stat_activity (xact_start) and pg_prepared_xacts at the source.")) { IsTransient = true };

    /// <summary>A new slot waits for every transaction that was open before it.</summary>
    public static HubError SourceCaptureWaits(string source, string slot) => Make(SourceCaptureWaitsKind, source, slot);

    private static readonly ErrorKind SourceCaptureBrokenKind = new(
        "source_capture_broken", 503, ErrorOrigin.Source,
        new("Không đọc tiếp được nhật ký của nguồn", "The source's log cannot be read on"),
        new(
            "Khe sao chép “{1}” của nguồn “{0}” bị xoá, mất hiệu lực hoặc đọc quá lâu trong lúc lấy dữ liệu (mã {2}).",
            "The replication slot \"{1}\" of source \"{0}\" was dropped, invalidated or took too long to read during the pull (code {2})."),
        new(
            "Trục sẽ thử lại với khe mới và đọc toàn bộ một lần; không mất dữ liệu.",
            "The hub tries again with a new slot and reads everything once; nothing is lost.")) { IsTransient = true };

    /// <summary>The slot went away under the pull; <paramref name="sqlState"/> is PostgreSQL's code.</summary>
    public static HubError SourceCaptureBroken(string source, string slot, string sqlState) => Make(SourceCaptureBrokenKind, source, slot, sqlState);
}
