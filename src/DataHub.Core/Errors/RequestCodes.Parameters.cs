namespace DataHub.Core.Errors;

/// <summary>What can be wrong with parameters of reads.</summary>
public static partial class RequestCodes
{
    public static readonly RequestCode NumberInvalid = new("number_invalid", new(
        "Phải là số nguyên từ {0} đến {1}.",
        "It must be a whole number from {0} to {1}."));

    public static readonly RequestCode FlagInvalid = new("flag_invalid", new(
        "Phải là true hoặc false.",
        "It must be true or false."));

    public static readonly RequestCode FormatUnknown = new("format_unknown", new(
        "Không có định dạng «{0}»{1}",
        "There is no format '{0}'{1}"));

    public static readonly RequestCode FormatNotOffered = new("format_not_offered", new(
        "Địa chỉ này chỉ trả: {0}.",
        "This address answers with: {0}."));

    public static readonly RequestCode BomNeedsCsv = new("bom_needs_csv", new(
        "Dấu BOM chỉ có trong CSV; bỏ bom hoặc dùng format=csv.",
        "Only CSV can begin with a BOM; leave bom out or use format=csv."));
}
