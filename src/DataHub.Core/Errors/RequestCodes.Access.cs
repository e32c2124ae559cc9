namespace DataHub.Core.Errors;

/// <summary>Problems of requests about agencies, clients and agreements.</summary>
public static partial class RequestCodes
{
    public static readonly RequestCode AgencyCodeInvalid = new("agency_code_invalid", new(
        "Mã cơ quan gồm các nhóm 0-9 A-Z cách nhau bằng dấu chấm, tối đa 35 ký tự.",
        "An agency code is groups of 0-9 A-Z separated by dots, at most 35 characters."));

    public static readonly RequestCode AgencyUnknown = new("agency_unknown", new(
        "Không có cơ quan này, hoặc cơ quan đã chấm dứt.",
        "There is no such agency, or it has ended."));

    public static readonly RequestCode AgreementOverlaps = new("agreement_overlaps", new(
        "Thoả thuận {0} đã cho phép cơ quan này dùng bộ dữ liệu cho cùng mục đích trong thời gian đó; hãy chấm dứt nó trước.",
        "Agreement {0} already covers this agency, dataset and purpose in that time; end it first."));

    public static readonly RequestCode ClientIdInvalid = new("client_id_invalid", new(
        "Mã ứng dụng bắt đầu bằng chữ cái hoặc chữ số, gồm a-z, A-Z, 0-9 và - _ . , tối đa 100 ký tự.",
        "A client id starts with a letter or digit and has a-z, A-Z, 0-9 and - _ . , at most 100 characters."));

    public static readonly RequestCode ColumnUnknown = new("column_unknown", new(
        "Không có cột này{0}",
        "There is no such column{0}"));

    public static readonly RequestCode DatasetUnknown = new("dataset_unknown", new(
        "Không có bộ dữ liệu này{0}",
        "There is no such dataset{0}"));

    public static readonly RequestCode ScopeUnknown = new("scope_unknown", new(
        "Không có phạm vi này.",
        "There is no such scope."));

    public static readonly RequestCode UntilBeforeFrom = new("until_before_from", new(
        "until phải sau from.",
        "until must be after from."));
}
