namespace DataHub.Core.Contracts;

/// <summary>Codes about how a dataset is pulled.</summary>
public static partial class ContractCodes
{
    internal static readonly ContractCode PullColumnUnknown = new("pull_column_unknown", new(
        "{0}: hợp đồng không có cột \"{1}\"{2}.",
        "{0}: the contract has no column \"{1}\"{2}."));

    internal static readonly ContractCode PullColumnType = new("pull_column_type", new(
        "{0}: cột \"{1}\" kiểu {2} không dùng được; các kiểu dùng được: {3}.",
        "{0}: column \"{1}\" of type {2} does not do; these types do: {3}."));

    internal static readonly ContractCode PullIncomplete = new("pull_incomplete", new(
        "\"{0}\" cần khai báo kèm {1}.",
        "\"{0}\" needs {1} declared beside it."));

    internal static readonly ContractCode PullLag = new("pull_lag", new(
        "hub.lag của cột \"{0}\" kiểu {1}: thời điểm cần khoảng thời gian (PT5M), số cần một số (1000).",
        "hub.lag of column \"{0}\" of type {1}: a time needs a duration (PT5M), a number needs a number (1000)."));

    internal static readonly ContractCode PullDuration = new("pull_duration", new(
        "{0}: \"{1}\" không phải là khoảng thời gian ISO 8601, ví dụ PT5M hoặc P7D.",
        "{0}: \"{1}\" is no ISO 8601 duration such as PT5M or P7D."));

    internal static readonly ContractCode PullTombstone = new("pull_tombstone", new(
        "hub.tombstone: cột \"{0}\" kiểu {1} không được là cột khóa; văn bản và số cần hub.tombstoneTexts, các kiểu khác thì không.",
        "hub.tombstone: column \"{0}\" of type {1} must not be part of the key; text and numbers need hub.tombstoneTexts, the others have none."));

    internal static readonly ContractCode PullKeyless = new("pull_keyless", new(
        "{0} cần khóa chính: tập dữ liệu không khóa chỉ lấy toàn bộ được.",
        "{0} needs a primary key: a dataset without one can only be pulled whole."));

    internal static readonly ContractCode PullAppendDeletes = new("pull_append_deletes", new(
        "hub.tombstone không dùng cùng hub.mode: append, vì dữ liệu chỉ được thêm.",
        "hub.tombstone does not go with hub.mode: append, where records are only added."));
}
