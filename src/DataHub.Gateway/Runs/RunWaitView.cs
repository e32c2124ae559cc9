using DataHub.Core.Errors;
using DataHub.Storage.Runs;

namespace DataHub.Gateway.Runs;

/// <summary>Why a queued run has not begun, in the caller's language.</summary>
/// <param name="Code">dataset_paused, source_blackout, source_runs_limit, source_hourly_limit, worker.</param>
/// <param name="Until">When that is over, where it is known.</param>
internal sealed record RunWaitView(string Code, string Message, DateTimeOffset? Until)
{
    private static readonly Dictionary<string, Text> Words = new Dictionary<string, Text>(StringComparer.Ordinal)
    {
        ["dataset_paused"] = new("Tập dữ liệu đang tạm dừng; chạy khi được tiếp tục (POST …/resume).",
            "The dataset is paused; it runs when it is resumed (POST …/resume)."),
        ["source_blackout"] = new("Đang trong khung giờ không được đọc nguồn.", "The source may not be read at this hour."),
        ["source_runs_limit"] = new("Nguồn đã có đủ số lần chạy cùng lúc.", "As many runs of the source as may be are under way."),
        ["source_hourly_limit"] = new("Nguồn đã đủ số lần chạy trong giờ này.", "As many runs of the source as may be have begun in this hour."),
        ["worker"] = new("Chờ tiến trình rảnh.", "It waits for a free worker."),
    };

    public static RunWaitView? From(RunWait? wait, string language) =>
        wait is null ? null : new RunWaitView(wait.Code, Words[wait.Code].In(language), wait.Until);
}
