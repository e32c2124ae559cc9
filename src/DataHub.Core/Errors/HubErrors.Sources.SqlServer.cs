namespace DataHub.Core.Errors;

/// <summary>Failures that only SQL Server sources have.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind SourceSnapshotUnavailableKind = new(
        "source_snapshot_unavailable", 422, ErrorOrigin.Source,
        new("Cơ sở dữ liệu không cho đọc theo ảnh chụp", "The database allows no snapshot"),
        new(
            "Cơ sở dữ liệu “{1}” của nguồn “{0}” không bật ALLOW_SNAPSHOT_ISOLATION hay READ_COMMITTED_SNAPSHOT: không đọc được một "
            + "trạng thái nhất quán mà không khóa bảng; không có gì được đọc.",
            "Database \"{1}\" of source \"{0}\" has neither ALLOW_SNAPSHOT_ISOLATION nor READ_COMMITTED_SNAPSHOT on: one consistent state "
            + "cannot be read without locks; nothing was read."),
        new(
            "Đề nghị đơn vị quản lý nguồn chạy ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON; nếu không được, đặt isolation là "
            + "serializable (mọi lần ghi vào bảng phải chờ trong lúc đọc).",
            "Have the source's office run ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON; where that cannot be, set isolation to "
            + "serializable (whoever writes to the table waits while it is read)."));

    /// <summary>No row versions, and locks were not chosen.</summary>
    public static HubError SourceSnapshotUnavailable(string source, string database) =>
        Make(SourceSnapshotUnavailableKind, source, database);
}
