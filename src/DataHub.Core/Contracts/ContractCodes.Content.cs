namespace DataHub.Core.Contracts;

/// <summary>Codes about what a contract declares: custom properties, columns, rules, and its revisions.</summary>
public static partial class ContractCodes
{
    internal static readonly ContractCode HubPropertyUnknown = new("hub_property_unknown", new(
        "Không có thuộc tính \"{0}\"{1}.",
        "There is no property \"{0}\"{1}."));

    internal static readonly ContractCode HubPropertyLevel = new("hub_property_misplaced", new(
        "\"{0}\" phải đặt trong customProperties của {1}.",
        "\"{0}\" belongs in the customProperties of {1}."));

    internal static readonly ContractCode HubPropertyDuplicate = new("hub_property_duplicate", new(
        "\"{0}\" được khai báo nhiều lần.",
        "\"{0}\" is declared more than once."));

    internal static readonly ContractCode HubPropertyMissing = new("hub_property_missing", new(
        "Thiếu \"{0}\" trong customProperties: {1}",
        "\"{0}\" is missing from customProperties: {1}"));

    internal static readonly ContractCode HubEntityChoice = new("hub_entity_not_single", new(
        "Phải khai báo đúng một trong hub.table, hub.query, hub.file; hiện có {0}.",
        "Exactly one of hub.table, hub.query and hub.file must be declared; there are {0}."));

    internal static readonly ContractCode HubNotApplicable = new("hub_property_not_applicable", new(
        "\"{0}\" không dùng được cho cột \"{1}\" kiểu {2}.",
        "\"{0}\" does not apply to column \"{1}\" of type {2}."));

    internal static readonly ContractCode NumberCharsEqual = new("number_chars_equal", new(
        "Cột \"{0}\": hub.decimalChar và hub.groupChar không được trùng nhau.",
        "Column \"{0}\": hub.decimalChar and hub.groupChar must differ."));

    internal static readonly ContractCode NumberPattern = new("number_pattern", new(
        "Cột \"{0}\" kiểu {1}: hub.numberPattern gồm # rồi 0, nhóm ba chữ số (cần hub.groupChar), phần thập phân 0 rồi # không dài hơn kiểu, E0 chỉ với float64.",
        "Column \"{0}\" of type {1}: hub.numberPattern is # then 0, groups of three (with hub.groupChar), decimals 0 then # within the type, E0 for float64 only."));

    internal static readonly ContractCode BooleanTexts = new("boolean_texts", new(
        "Cột \"{0}\": hub.trueTexts và hub.falseTexts phải khai báo cùng nhau và không có văn bản chung.",
        "Column \"{0}\": hub.trueTexts and hub.falseTexts are declared together, and no text is in both."));

    internal static readonly ContractCode TimeZoneUnknown = new("time_zone_unknown", new(
        "Không có múi giờ IANA \"{0}\"; ví dụ đúng: Asia/Ho_Chi_Minh.",
        "There is no IANA time zone \"{0}\"; a correct one is Asia/Ho_Chi_Minh."));

    internal static readonly ContractCode ColumnNameInvalid = new("column_name_invalid", new(
        "Tên cột \"{0}\" không hợp lệ: {1}. Gợi ý: đặt name là \"{2}\" và giữ tên trong nguồn ở physicalName.",
        "The column name \"{0}\" is not valid: {1}. Proposal: name \"{2}\", with the source's name in physicalName."));

    internal static readonly ContractCode ColumnNameDuplicate = new("column_name_duplicate", new(
        "Tên cột \"{0}\" trùng với cột \"{1}\" (không phân biệt chữ hoa, chữ thường).",
        "The column name \"{0}\" is the same as \"{1}\", letter case aside."));

    internal static readonly ContractCode ColumnTypeUnsupported = new("column_type_unsupported", new(
        "Cột \"{0}\" có kiểu {1}, hiện chưa công bố được; hãy bỏ cột này khỏi hợp đồng.",
        "Column \"{0}\" is of type {1}, which cannot be published yet; leave it out of the contract."));

    internal static readonly ContractCode ColumnTypeUndeclared = new("column_type_undeclared", new(
        "Chưa rõ kiểu của cột \"{0}\"; hãy khai báo hub.type, ví dụ {1}.",
        "The type of column \"{0}\" is not clear; declare hub.type, for example {1}."));

    internal static readonly ContractCode ColumnTypeConflict = new("column_type_conflict", new(
        "Cột \"{0}\": hub.type {1} mâu thuẫn với logicalType {2}.",
        "Column \"{0}\": hub.type {1} contradicts logicalType {2}."));

    internal static readonly ContractCode KeyPositionDuplicate = new("key_position_duplicate", new(
        "Cột \"{0}\": primaryKeyPosition {1} đã được dùng cho cột khác.",
        "Column \"{0}\": primaryKeyPosition {1} is already taken by another column."));

    internal static readonly ContractCode OptionNotApplicable = new("column_option_not_applicable", new(
        "logicalTypeOptions.{0} không dùng được cho cột \"{1}\" kiểu {2}.",
        "logicalTypeOptions.{0} does not apply to column \"{1}\" of type {2}."));

    internal static readonly ContractCode OptionInvalid = new("column_option_invalid", new(
        "logicalTypeOptions.{0} của cột \"{1}\" không nhận giá trị \"{2}\": {3}.",
        "logicalTypeOptions.{0} of column \"{1}\" does not accept \"{2}\": {3}."));

    internal static readonly ContractCode PatternInvalid = new("pattern_invalid", new(
        "Biểu thức chính quy của cột \"{0}\" không dùng được (không hỗ trợ tham chiếu ngược và lookaround): {1}",
        "The regular expression of column \"{0}\" cannot be used (no back-references, no lookaround): {1}"));

    internal static readonly ContractCode DateFormatUnsupported = new("date_format_unsupported", new(
        "Định dạng ngày giờ \"{0}\" của cột \"{1}\" không dùng được: {2}.",
        "The date format \"{0}\" of column \"{1}\" cannot be used: {2}."));

    internal static readonly ContractCode QualityMetric = new("quality_metric_unknown", new(
        "Quy tắc chất lượng phải nêu một metric có trong thư viện ODCS; \"{0}\" không có{1}.",
        "A quality rule must name a metric of the ODCS library; \"{0}\" is none{1}."));

    internal static readonly ContractCode QualityOperator = new("quality_operator_not_single", new(
        "Quy tắc chất lượng phải có đúng một phép so sánh; hiện có {0}.",
        "A quality rule must have exactly one operator; it has {0}."));

    internal static readonly ContractCode QualityThreshold = new("quality_threshold_invalid", new(
        "{0} cần {1}.",
        "{0} needs {1}."));

    internal static readonly ContractCode QualityArgument = new("quality_argument_invalid", new(
        "Đối số {0} của quy tắc chất lượng không hợp lệ: {1}.",
        "The argument {0} of the quality rule is not valid: {1}."));

    internal static readonly ContractCode QualityColumn = new("quality_column_unknown", new(
        "Quy tắc chất lượng nêu cột \"{0}\" không có trong hợp đồng{1}.",
        "The quality rule names column \"{0}\", which the contract does not have{1}."));

    internal static readonly ContractCode QualityNotExecuted = new("quality_not_executed", new(
        "Quy tắc chất lượng loại {0} được giữ trong hợp đồng nhưng hệ thống không thực thi.",
        "The quality rule of type {0} is kept in the contract, but the hub does not execute it."));

    internal static readonly ContractCode OptionNotExecuted = new("column_option_not_executed", new(
        "logicalTypeOptions.{0} của cột \"{1}\" được giữ trong hợp đồng nhưng hệ thống không kiểm tra.",
        "logicalTypeOptions.{0} of column \"{1}\" is kept in the contract, but the hub does not check it."));

    internal static readonly ContractCode ChangeBreaks = new("contract_change_breaking", new(
        "Thay đổi làm hỏng hệ thống đang đọc: {0}.",
        "The change breaks those who read: {0}."));

    internal static readonly ContractCode VersionTooLow = new("contract_version_too_low", new(
        "Phiên bản {0} quá thấp: so với {1}, nội dung thay đổi cần ít nhất {2}.",
        "Version {0} is too low: compared with {1}, what changed needs at least {2}."));
}
