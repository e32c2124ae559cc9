namespace DataHub.Core.Errors;

/// <summary>Problems of schedules and of sources' limits.</summary>
public static partial class RequestCodes
{
    public static readonly RequestCode BlackoutsLeaveNoTime = new("blackouts_leave_no_time", new(
        "Các khung giờ cấm phủ kín cả tuần, không lần chạy nào bắt đầu được; muốn dừng hẳn thì tạm dừng tập dữ liệu.",
        "The windows cover the whole week, so that no run could ever begin; to stop altogether, pause the datasets."));

    public static readonly RequestCode CronInvalid = new("cron_invalid", new(
        "Phải là biểu thức cron năm trường «phút giờ ngày tháng thứ» có ít nhất một thời điểm, ví dụ 30 1 * * * hoặc 0 6,18 * * MON-FRI.",
        "It must be a cron expression of five fields, minute hour day month weekday, that is ever due, for example 30 1 * * * or 0 6,18 * * MON-FRI."));

    public static readonly RequestCode IntervalInvalid = new("interval_invalid", new(
        "Phải là khoảng thời gian ISO 8601 bằng ngày, giờ, phút, giây, từ PT1M (PT10S với hub.mode log) đến P366D, ví dụ PT6H.",
        "It must be an ISO 8601 duration of days, hours, minutes and seconds from PT1M (PT10S with hub.mode log) to P366D, for example PT6H."));

    public static readonly RequestCode NoticeKindUnknown = new("notice_kind_unknown", new(
        "Không có loại thông báo này.",
        "There is no such kind of notice."));

    public static readonly RequestCode ScheduleAmbiguous = new("schedule_ambiguous", new(
        "Chỉ dùng một trong hai: cron hoặc interval.",
        "Give either cron or interval, not both."));

    public static readonly RequestCode ScheduleCycle = new("schedule_cycle", new(
        "Các tập dữ liệu chờ nhau thành vòng: {0}. Bỏ một mắt xích.",
        "The datasets wait for each other in a circle: {0}. Leave one link out."));

    public static readonly RequestCode ScheduleEmpty = new("schedule_empty", new(
        "Phải có cron, interval hoặc after.",
        "Give cron, interval or after."));

    public static readonly RequestCode ModeUnknown = new("mode_unknown", new(
        "Lịch không chạy được chế độ này.",
        "A schedule cannot run this mode."));

    public static readonly RequestCode TimeOfDayInvalid = new("time_of_day_invalid", new(
        "Phải là giờ trong ngày viết HH:mm, ví dụ 07:30; until có thể là 24:00.",
        "It must be a time of day as HH:mm, for example 07:30; until may be 24:00."));

    public static readonly RequestCode TimeZoneUnknown = new("time_zone_unknown", new(
        "Phải là tên múi giờ IANA, ví dụ Asia/Ho_Chi_Minh.",
        "It must be the IANA name of a time zone, for example Asia/Ho_Chi_Minh."));

    public static readonly RequestCode TooManyItems = new("too_many_items", new(
        "Nhiều quá {0} mục.",
        "There are more than {0} items."));

    public static readonly RequestCode WeekdayInvalid = new("weekday_invalid", new(
        "Phải là mon, tue, wed, thu, fri, sat hoặc sun.",
        "It must be mon, tue, wed, thu, fri, sat or sun."));

    public static readonly RequestCode BlackoutEmpty = new("blackout_empty", new(
        "Khung giờ bắt đầu và kết thúc cùng lúc; cả ngày viết là 00:00 đến 24:00.",
        "The window begins and ends at the same time; a whole day is 00:00 to 24:00."));
}
