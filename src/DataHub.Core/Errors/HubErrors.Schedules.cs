namespace DataHub.Core.Errors;

/// <summary>Refusals around pauses, schedules, limits and notices.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind DatasetPausedKind = new(
        "dataset_paused", 409, ErrorOrigin.Client,
        new("Tập dữ liệu đang tạm dừng", "The dataset is paused"),
        new("Tập dữ liệu {0} đang tạm dừng: {1}", "Dataset {0} is paused: {2}"),
        new("Khắc phục nguyên nhân, gọi POST /api/v1/datasets/{0}/resume, rồi chạy lại.",
            "Mend the cause, call POST /api/v1/datasets/{0}/resume, then start the run again."));

    private static readonly ErrorKind DatasetNotPausedKind = new(
        "dataset_not_paused", 409, ErrorOrigin.Client,
        new("Tập dữ liệu không tạm dừng", "The dataset is not paused"),
        new("Tập dữ liệu {0} không ở trạng thái tạm dừng.", "Dataset {0} is not paused."),
        new("Không cần làm gì.", "Nothing needs to be done."));

    private static readonly ErrorKind ScheduleNotFoundKind = new(
        "schedule_not_found", 404, ErrorOrigin.Client,
        new("Chưa có lịch chạy", "There is no schedule"),
        new("Tập dữ liệu {0} chưa có lịch chạy.", "Dataset {0} has no schedule."),
        new("Đặt lịch bằng PUT /api/v1/datasets/{0}/schedule.", "Set one by PUT /api/v1/datasets/{0}/schedule."));

    public static HubError ScheduleNotFound(string dataset) => Make(ScheduleNotFoundKind, dataset);

    /// <summary>A run was asked for, or another pause, while the dataset is paused.</summary>
    public static HubError DatasetPaused(string dataset, Text reason) => Make(DatasetPausedKind, dataset, reason.Vi, reason.En);

    public static HubError DatasetNotPaused(string dataset) => Make(DatasetNotPausedKind, dataset);
}
