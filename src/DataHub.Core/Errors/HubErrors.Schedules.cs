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

    private static readonly ErrorKind NoticeNotFoundKind = new(
        "notice_not_found", 404, ErrorOrigin.Client,
        new("Không có thông báo này", "No such notice"),
        new("Không tìm thấy thông báo {0}.", "Notice {0} was not found."),
        new("Xem danh sách tại /api/v1/notices.", "See the list at /api/v1/notices."));

    private static readonly ErrorKind WatchersBusyKind = new(
        "watchers_busy", 503, ErrorOrigin.Hub,
        new("Có quá nhiều người theo dõi", "Too many watchers"),
        new("Nút này đã có {0} kết nối theo dõi lần chạy.", "This node already has {0} watchers of runs."),
        new("Thử lại sau, hoặc hỏi GET /api/v1/runs/… vài giây một lần.", "Try again later, or ask GET /api/v1/runs/… every few seconds."))
        { IsTransient = true };

    private static readonly ErrorKind SourceRateLimitKind = new(
        "source_rate_limit", 503, ErrorOrigin.Hub,
        new("Nguồn đã được gọi đủ số lần", "The source was called as often as it may be"),
        new("Nguồn «{0}» chỉ được gọi {1} lần mỗi phút từ một nút, và đã hết lượt chờ.",
            "Source '{0}' may be called {1} times a minute by a node, and the wait for a turn is over."),
        new("Thử lại sau một phút, hoặc nâng pacing.callsPerMinute bằng PUT /api/v1/sources/{0}/limits nếu đơn vị quản lý nguồn đồng ý.",
            "Try again in a minute, or raise pacing.callsPerMinute by PUT /api/v1/sources/{0}/limits if the source's office agrees."))
        { IsTransient = true };

    public static HubError NoticeNotFound(long notice) => Make(NoticeNotFoundKind, notice);

    /// <summary>A node holds so many streams of events and no more.</summary>
    public static HubError WatchersBusy(int most) => Make(WatchersBusyKind, most) with { RetryAfterSeconds = 10 };

    /// <summary>The source's own limit of calls a minute.</summary>
    public static HubError SourceRateLimit(string source, int calls) => Make(SourceRateLimitKind, source, calls) with { RetryAfterSeconds = 60 };

    public static HubError ScheduleNotFound(string dataset) => Make(ScheduleNotFoundKind, dataset);

    /// <summary>A run was asked for, or another pause, while the dataset is paused.</summary>
    public static HubError DatasetPaused(string dataset, Text reason) => Make(DatasetPausedKind, dataset, reason.Vi, reason.En);

    public static HubError DatasetNotPaused(string dataset) => Make(DatasetNotPausedKind, dataset);
}
