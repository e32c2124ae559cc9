namespace DataHub.Core.Errors;

/// <summary>Problems of the questions that readers ask of records.</summary>
public static partial class RequestCodes
{
    public static readonly RequestCode ColumnNotGranted = new("column_not_granted", new(
        "Cột {0} không nằm trong quyền đọc của bên gọi, nên không được chọn, lọc hay sắp xếp theo cột đó.",
        "Column {0} is not granted to the caller, so it can be neither selected, filtered nor sorted."));

    public static readonly RequestCode ColumnRepeated = new("column_repeated", new(
        "Cột {0} được nêu hai lần.",
        "Column {0} is named twice."));

    public static readonly RequestCode CountInvalid = new("count_invalid", new(
        "count là none, exact hoặc estimated.",
        "count is none, exact or estimated."));

    public static readonly RequestCode FilterArguments = new("filter_arguments_invalid", new(
        "Hàm {0} có số tham số không đúng; dùng contains(cột,'…'), startswith(cột,'…'), endswith(cột,'…'), tolower(cột).",
        "Function {0} has a wrong number of arguments; use contains(column,'…'), startswith(column,'…'), endswith(column,'…'), tolower(column)."));

    public static readonly RequestCode FilterConditionCompared = new("filter_condition_compared", new(
        "Một điều kiện chỉ so sánh được bằng eq hoặc ne với true hoặc false; phủ định viết là not (…).",
        "A condition can only be compared by eq or ne with true or false; a negation is written not (…)."));

    public static readonly RequestCode FilterList = new("filter_list_invalid", new(
        "Sau in phải là các giá trị trong ngoặc tròn, cách nhau bằng dấu phẩy, ví dụ in ('083','084').",
        "Behind in stand values in parentheses, separated by commas, for example in ('083','084')."));

    public static readonly RequestCode FilterNoCondition = new("filter_condition_missing", new(
        "«{0}» không phải là điều kiện; so sánh một cột với một giá trị, ví dụ ma eq '083'.",
        "'{0}' is not a condition; compare a column with a value, for example ma eq '083'."));

    public static readonly RequestCode FilterNoText = new("filter_text_required", new(
        "Hàm {0} cần cột kiểu text hoặc một chuỗi trong dấu nháy đơn; «{1}» không phải.",
        "Function {0} takes text columns and texts in single quotes; '{1}' is neither."));

    public static readonly RequestCode FilterSyntax = new("filter_syntax", new(
        "Bộ lọc sai cú pháp: {0}.",
        "The filter's syntax is wrong: {0}."));

    public static readonly RequestCode FilterTooComplex = new("filter_too_complex", new(
        "Bộ lọc có quá {0} phép so sánh, phép nối và hàm, hoặc quá {1} tầng ngoặc; nhiều giá trị của một cột viết bằng in (…).",
        "The filter has more than {0} comparisons, connectives and functions, or more than {1} levels of parentheses; write many values of a column with in (…)."));

    public static readonly RequestCode FilterTooLong = new("filter_too_long", new(
        "Bộ lọc dài quá {0} ký tự; bộ lọc dài gửi bằng POST …/query.",
        "The filter is longer than {0} characters; send a long one by POST …/query."));

    public static readonly RequestCode FilterTypesDiffer = new("filter_types_differ", new(
        "Không so sánh được cột {0} ({1}) với cột {2} ({3}).",
        "Column {0} ({1}) cannot be compared with column {2} ({3})."));

    public static readonly RequestCode FilterUnsupported = new("filter_unsupported", new(
        "Bộ lọc không hỗ trợ «{0}»{1}",
        "The filter does not support '{0}'{1}"));

    public static readonly RequestCode FilterValue = new("filter_value_invalid", new(
        "«{0}» không phải giá trị của cột {1} (kiểu {2}); viết như {3}.",
        "'{0}' is not a value of column {1} ({2}); write it like {3}."));

    public static readonly RequestCode ItemsTooMany = new("items_too_many", new(
        "Có quá {0} giá trị.",
        "There are more than {0} values."));

    public static readonly RequestCode MemberUnknown = new("member_unknown", new(
        "Thân yêu cầu không có trường này{0}",
        "The body has no such member{0}"));

    public static readonly RequestCode OrderInvalid = new("order_invalid", new(
        "«{0}» không phải là cách sắp xếp; viết tên cột, có thể thêm asc hoặc desc, ví dụ orderby=ngay desc,ma.",
        "'{0}' is not an order; write a column's name and, if wanted, asc or desc, for example orderby=ngay desc,ma."));

    public static readonly RequestCode ParameterRepeated = new("parameter_repeated", new(
        "Tham số này chỉ được có một lần.",
        "This parameter may stand only once."));

    public static readonly RequestCode PersonalValueInUrl = new("personal_value_in_url", new(
        "Cột {0} là dữ liệu cá nhân; giá trị của nó không được viết trong địa chỉ.",
        "Column {0} is personal; its value must not stand in a URL."));

    public static readonly RequestCode ValueInvalid = new("value_invalid", new(
        "«{0}» không phải giá trị của cột {1} (kiểu {2}) ở dạng chuẩn, ví dụ {3}.",
        "'{0}' is not a value of column {1} ({2}) in canonical form, for example {3}."));
}
