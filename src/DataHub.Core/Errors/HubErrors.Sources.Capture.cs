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
}
