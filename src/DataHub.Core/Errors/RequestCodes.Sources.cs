namespace DataHub.Core.Errors;

/// <summary>Problems of a source's settings and of what its columns turned into; their words are placed where they are found.</summary>
public static partial class RequestCodes
{
    public static readonly RequestCode SettingNotAllowed = new("setting_not_allowed", new(
        "Giá trị của thiết lập này không được hỗ trợ.",
        "This value of the setting is not supported."));

    public static readonly RequestCode SettingOutOfRange = new("setting_out_of_range", new(
        "Thiết lập này là số nguyên trong giới hạn đã nêu.",
        "The setting is a whole number within the limits given."));

    public static readonly RequestCode SettingRequired = new("setting_required", new(
        "Thiếu một thiết lập bắt buộc.",
        "A required setting is missing."));

    public static readonly RequestCode SettingUnknown = new("setting_unknown", new(
        "Không có thiết lập này.",
        "There is no such setting."));

    public static readonly RequestCode SourceIdInvalid = new("source_id_invalid", new(
        "Mã nguồn gồm chữ thường a-z, chữ số và dấu gạch nối, bắt đầu bằng chữ, 2-63 ký tự.",
        "A source id is lower-case letters, digits and hyphens, begins with a letter, 2-63 characters."));

    public static readonly RequestCode CharacterNotAllowed = new("character_not_allowed", new(
        "Không được có ký tự điều khiển.", "Control characters are not allowed."));

    public static readonly RequestCode TextNotUtf8 = new("text_not_utf8", new(
        "Chữ không được mã hóa UTF-8; đổi sang UTF-8 rồi mã hóa phần trăm.",
        "The text is not UTF-8; convert it to UTF-8, then percent-encode it."));

    public static readonly RequestCode TimeZoneMissing = new("time_zone_missing", new(
        "Nguồn có kiểu thời gian không kèm múi giờ; khai báo hub.timeZone.",
        "The source's time carries no time zone; declare hub.timeZone."));

    public static readonly RequestCode TypeChanged = new("type_changed", new(
        "Kiểu của cột ở nguồn không còn khớp với hợp đồng.",
        "The column's type in the source no longer fits the contract."));
}
