namespace DataHub.Core.Errors;

/// <summary>What can be wrong with a decision on quarantined records.</summary>
public static partial class RequestCodes
{
    public static readonly RequestCode EntryUnknown = new("entry_unknown", new(
        "Tập dữ liệu này không có mục cách ly số {0}.", "This dataset has no quarantine entry {0}."));

    public static readonly RequestCode EntryExpired = new("entry_expired", new(
        "Bản ghi của mục {0} đã hết hạn lưu và bị xóa; hãy đề nghị đơn vị quản lý nguồn sửa ở nguồn.",
        "The record of entry {0} expired and was removed; have it corrected at the source."));

    public static readonly RequestCode EntryNotOpen = new("entry_not_open", new(
        "Mục {0} không còn mở: {1}.", "Entry {0} is not open any more: {1}."));

    public static readonly RequestCode EntryNotReplayable = new("entry_not_replayable", new(
        "Mục {0} không tách được thành cột nên không phát lại được; hãy đề nghị đơn vị quản lý nguồn sửa ở nguồn.",
        "Entry {0} could not be split into columns, so that it cannot be replayed; have it corrected at the source."));

    public static readonly RequestCode EntryNone = new("entry_none", new(
        "Không có mục mở nào khớp để phát lại.", "No open entry matches that could be replayed."));

    public static readonly RequestCode EntryChoice = new("entry_choice", new(
        "Hãy nêu đúng một trong ids và filter.", "Give exactly one of ids and filter."));

    public static readonly RequestCode EntriesTooMany = new("entries_too_many", new(
        "Mỗi lần nhiều nhất {0} mục.", "At most {0} entries at a time."));

    public static readonly RequestCode PatchWithoutEntry = new("patch_without_entry", new(
        "Bản vá này không thuộc mục nào được phát lại.", "This patch belongs to no entry that is replayed."));

    public static readonly RequestCode PatchColumnUnknown = new("patch_column_unknown", new(
        "Hợp đồng không có cột {0}{1}", "The contract has no column {0}{1}"));

    public static readonly RequestCode PatchChangesKey = new("patch_changes_key", new(
        "Không được đổi khóa của bản ghi: cột khóa {0} đã đọc được từ nguồn.",
        "A record's key cannot be changed: key column {0} was read from the source."));

    public static readonly RequestCode StatusUnknown = new("status_unknown", new(
        "Trạng thái không tồn tại.", "There is no such status."));
}
