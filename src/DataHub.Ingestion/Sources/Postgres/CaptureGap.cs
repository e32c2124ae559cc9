using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>Why the log does not tell all that changed since the last pull, in words for the run: everything is read instead.</summary>
internal static class CaptureGap
{
    public static Text SlotMissing(string slot) => Whole(
        $"Khe sao chép {slot} không còn ở nguồn (bị quản trị nguồn xoá, hoặc trục đã bỏ vì giữ quá nhiều nhật ký hay không đọc được).",
        $"Replication slot {slot} is no longer at the source (dropped by its administrator, or given up by the hub because it kept too much log or could not be read).");

    public static Text SlotLost(string slot) => Whole(
        $"Máy chủ nguồn đã bỏ phần nhật ký mà khe sao chép {slot} còn cần (max_slot_wal_keep_size).",
        $"The source's server removed log that replication slot {slot} still needed (max_slot_wal_keep_size).");

    public static Text SlotLarge(string slot, long megabytes) => Whole(
        $"Khe sao chép {slot} giữ hơn {megabytes} MB nhật ký (slotMegabytes) nên trục đã bỏ khe này.",
        $"Replication slot {slot} kept more than {megabytes} MB of log (slotMegabytes), so the hub gave it up.");

    public static Text SlotForeign(string slot) => Whole(
        $"Khe sao chép {slot} không phải khe pgoutput của cơ sở dữ liệu này.",
        $"Replication slot {slot} is no pgoutput slot of this database.");

    public static Text SlotMoved(string slot) => Whole(
        $"Khe sao chép {slot} đã vượt quá phần đã công bố (bị dời tại nguồn, hoặc kho của trục được khôi phục từ bản sao lưu).",
        $"Replication slot {slot} stands past what was published (moved at the source, or the hub's store was restored from a backup).");

    /// <summary>The earlier slot may be another hub's, so that only a person can remove it.</summary>
    public static Text OtherStore(string slot) => Whole(
        $"Lần lấy trước dùng khe sao chép {slot} của một kho khác; nếu trục cũ không còn chạy, quản trị nguồn xoá khe đó: SELECT pg_drop_replication_slot('{slot}').",
        $"The last pull used replication slot {slot} of another store; if that hub no longer runs, the source's administrator drops it: SELECT pg_drop_replication_slot('{slot}').");

    public static Text OtherSource { get; } = Whole(
        "Nguồn là máy chủ hoặc bản khôi phục khác với lần lấy trước và đã được chấp nhận.",
        "The source is another server, or a restored one, than at the last pull, and was accepted.");

    public static Text TableChanged { get; } = Whole(
        "Cấu trúc bảng, tệp dữ liệu của bảng (TRUNCATE, VACUUM FULL, ALTER TABLE, phân vùng) hoặc ấn phẩm đã thay đổi.",
        "The table's columns, its file (TRUNCATE, VACUUM FULL, ALTER TABLE, partitions) or the publication have changed.");

    public static Text ContractRevised { get; } = Whole(
        "Hợp đồng dữ liệu đã được sửa sau lần lấy trước.",
        "The data contract has been revised since the last pull.");

    public static Text Truncated { get; } = Whole("Bảng đã bị TRUNCATE.", "The table was truncated.");

    public static Text ManyKeys { get; } = Whole(
        "Số khoá thay đổi quá lớn, đọc toàn bộ bảng nhanh hơn.",
        "So many keys changed that the whole table is read faster.");

    public static Text KeyUnsaid { get; } = Whole(
        "Nhật ký không ghi khoá của một bản ghi bị sửa hoặc xoá (REPLICA IDENTITY).",
        "The log lacks the key of a record that was changed or deleted (REPLICA IDENTITY).");

    private static Text Whole(string vi, string en) => new(vi + " Lần này đọc toàn bộ bảng.", en + " This run read the whole table.");
}
