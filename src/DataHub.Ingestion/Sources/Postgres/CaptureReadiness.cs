using DataHub.Core.Errors;
using Npgsql;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>Whether a source has what capture needs; all that is missing is said at once, each with the statement that mends it.</summary>
/// <param name="log">A session without a transaction.</param>
/// <param name="relation">As SQL.</param>
/// <param name="key">Source names of the key's columns.</param>
internal sealed class CaptureReadiness(PostgresSession log, string relation, string[] key)
{
    private sealed record Found(bool[] Flags, string User);

    /// <exception cref="HubErrorException">source_capture_not_ready.</exception>
    public async Task RequireAsync(string table, CancellationToken cancellation)
    {
        var found = (await log.QueryAsync(PostgresCaptureSql.Ready,
            r => new Found([.. Enumerable.Range(0, 7).Select(r.GetBoolean)], r.GetString(7)), cancellation,
            Text(relation), Text(log.Options.Publication), new NpgsqlParameter<string[]> { TypedValue = key }))[0];

        // A publication that is not there cannot lack the table as well, or publish it under another name.
        var hasPublication = found.Flags[3];
        var missing = Needs(found.User).Where((_, i) => !found.Flags[i] && (i < 4 || hasPublication || i == 6)).ToArray();
        if (missing.Length > 0)
        {
            throw HubErrors.SourceCaptureNotReady(log.Source, table, missing).ToException();
        }
    }

    // In the order of the flags.
    private Text[] Needs(string user)
    {
        var publication = PostgresName.Quote(log.Options.Publication);
        return
        [
            Need("Máy chủ chính chưa ghi nhật ký ở mức logical (đổi xong phải khởi động lại máy chủ)",
                "The server is no primary that writes its log at level logical (a restart follows the change)", "ALTER SYSTEM SET wal_level = 'logical';"),
            Need("Tài khoản của trục chưa có quyền đọc nhật ký", "The hub's account may not read the log", $"ALTER ROLE {PostgresName.Quote(user)} REPLICATION;"),
            Need("Chỉ theo được bảng thường hoặc bảng phân vùng có ghi nhật ký, không kế thừa, không có phân vùng ngoại lai",
                "Only plain or partitioned tables can be followed that are logged, without inheritance and without foreign partitions",
                $"ALTER TABLE {relation} SET LOGGED;"),
            Need("Chưa có ấn phẩm", "There is no publication", $"CREATE PUBLICATION {publication} FOR TABLE {relation};"),
            Need("Ấn phẩm chưa có bảng này, hoặc lọc dòng, cột, hoặc không phát đủ bốn loại thay đổi",
                "The publication lacks the table, filters its rows or columns, or leaves out one of four kinds of change",
                $"ALTER PUBLICATION {publication} ADD TABLE {relation}; ALTER PUBLICATION {publication} SET (publish = 'insert, update, delete, truncate');"),
            Need("Ấn phẩm phát thay đổi của phân vùng dưới tên khác: bảng phân vùng cần true (PostgreSQL 13 trở lên), từng phân vùng cần false",
                "The publication tells changes of partitions under another name: a partitioned table needs true (from PostgreSQL 13 on), a partition false",
                $"ALTER PUBLICATION {publication} SET (publish_via_partition_root = true | false);"),
            Need("Nhật ký không ghi khoá của bản ghi bị sửa hoặc xoá (bảng phân vùng: đặt cho từng phân vùng)",
                "The log does not tell the key of records that are changed or deleted (a partitioned table: set it for each partition)",
                $"ALTER TABLE {relation} REPLICA IDENTITY FULL;"),
        ];
    }

    private static Text Need(string vi, string en, string statement) => new($"{vi}. Cần: {statement}", $"{en}. Needed: {statement}");

    private static NpgsqlParameter<string> Text(string value) => new NpgsqlParameter<string> { TypedValue = value };
}
