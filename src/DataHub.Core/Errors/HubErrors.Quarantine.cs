namespace DataHub.Core.Errors;

/// <summary>Refusals around quarantined records.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind ReplayNeedsKeyKind = new(
        "replay_needs_key", 409, ErrorOrigin.Client,
        new("Tập dữ liệu không có khóa", "The dataset has no key"),
        new("Tập dữ liệu {0} không có khóa chính, nên không biết bản ghi phát lại thay bản ghi nào.",
            "Dataset {0} has no primary key, so that a replayed record would have no place among the others."),
        new("Đề nghị đơn vị quản lý nguồn sửa bản ghi ở nguồn rồi chạy lại.", "Have the records corrected at the source and run again."));

    private static readonly ErrorKind NotAReplayKind = new(
        "run_not_a_replay", 404, ErrorOrigin.Client,
        new("Lần chạy không phải phát lại", "The run is no replay"),
        new("Lần chạy {0} có chế độ {1}.", "Run {0} has mode {1}."),
        new("Xem kết quả của lần chạy tại /api/v1/runs/{0}.", "See the run at /api/v1/runs/{0}."));

    /// <summary>Without a key a replayed record cannot be told from a further one.</summary>
    public static HubError ReplayNeedsKey(string dataset) => Make(ReplayNeedsKeyKind, dataset);

    /// <summary>Outcomes of entries were asked of a run that has none.</summary>
    public static HubError NotAReplay(long run, string mode) => Make(NotAReplayKind, run, mode);
}
