using System.Reflection;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>One thing that can be wrong with a contract; its code is stable and listed in <c>contracts/errors.json</c>.</summary>
/// <param name="Code">Snake case, never translated.</param>
/// <param name="Message">What is wrong and what to do, with places for the occurrence's arguments.</param>
public sealed record ContractCode(string Code, Text Message)
{
    /// <summary>An occurrence; an argument that is a <see cref="Text"/> is placed in each language.</summary>
    internal ErrorDetail At(string pointer, params object?[] arguments) => new(Code, Fill(arguments)) { Pointer = pointer };

    private Text Fill(object?[] arguments) => new(
        Message.In("vi", [.. arguments.Select(a => a is Text text ? text.Vi : a)]),
        Message.In("en", [.. arguments.Select(a => a is Text text ? text.En : a)]));
}

/// <summary>
/// The closed list of what <see cref="ContractReader"/> and <see cref="ContractChange"/> can report in <c>errors[]</c>.
/// Warnings carry codes of the same list.
/// </summary>
public static partial class ContractCodes
{
    // Lazy: static fields of the other partial file have no promised order of initialisation.
    private static readonly Lazy<IReadOnlyList<ContractCode>> AllCodes = new(() =>
    [
        .. typeof(ContractCodes).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(f => f.FieldType == typeof(ContractCode))
            .Select(f => (ContractCode)f.GetValue(null)!)
            .OrderBy(c => c.Code, StringComparer.Ordinal),
    ]);

    /// <summary>Every code, in order.</summary>
    public static IReadOnlyList<ContractCode> All => AllCodes.Value;

    // The document as text.
    internal static readonly ContractCode TooLarge = new("contract_too_large", new(
        "Hợp đồng dữ liệu dài {0} byte, vượt giới hạn {1} byte.",
        "The contract has {0} bytes; the limit is {1}."));

    internal static readonly ContractCode TooDeep = new("contract_too_deep", new(
        "Hợp đồng dữ liệu lồng nhau quá {0} cấp.",
        "The contract is nested more than {0} levels deep."));

    internal static readonly ContractCode EncodingInvalid = new("contract_encoding_invalid", new(
        "Hợp đồng dữ liệu không phải là văn bản UTF-8 hợp lệ.",
        "The contract is not valid UTF-8 text."));

    internal static readonly ContractCode JsonInvalid = new("contract_json_invalid", new(
        "JSON sai cú pháp tại dòng {0}, cột {1}.",
        "The JSON cannot be read at line {0}, column {1}."));

    internal static readonly ContractCode YamlInvalid = new("contract_yaml_invalid", new(
        "YAML sai cú pháp tại dòng {0}, cột {1}: {2}",
        "The YAML cannot be read at line {0}, column {1}: {2}"));

    internal static readonly ContractCode YamlAnchor = new("contract_yaml_anchor", new(
        "Dòng {0}, cột {1} dùng neo (&) hoặc bí danh (*) của YAML; hãy viết đầy đủ nội dung.",
        "Line {0}, column {1} uses a YAML anchor (&) or alias (*); write the content out in full."));

    internal static readonly ContractCode YamlTag = new("contract_yaml_tag", new(
        "Dòng {0}, cột {1} dùng thẻ kiểu {2} của YAML; hãy bỏ thẻ, cần văn bản thì đặt trong dấu nháy.",
        "Line {0}, column {1} uses the YAML tag {2}; remove it, and quote what must stay text."));

    internal static readonly ContractCode KeyDuplicate = new("contract_key_duplicate", new(
        "Thuộc tính \"{0}\" được viết hai lần trong cùng một mục.",
        "The property \"{0}\" is written twice in the same section."));

    internal static readonly ContractCode NotAnObject = new("contract_not_an_object", new(
        "Hợp đồng dữ liệu phải là một đối tượng có các thuộc tính apiVersion, kind, id, version, status…",
        "The contract must be an object with the properties apiVersion, kind, id, version, status…"));

    // The structure of ODCS.
    internal static readonly ContractCode ApiVersionUnsupported = new("contract_api_version_unsupported", new(
        "apiVersion \"{0}\" không được hỗ trợ.",
        "apiVersion \"{0}\" is not supported."));

    internal static readonly ContractCode PropertyMissing = new("contract_property_missing", new(
        "Thiếu thuộc tính bắt buộc \"{0}\".",
        "The required property \"{0}\" is missing."));

    internal static readonly ContractCode PropertyUnknown = new("contract_property_unknown", new(
        "ODCS không có thuộc tính \"{0}\" ở đây{1}.",
        "ODCS has no property \"{0}\" here{1}."));

    internal static readonly ContractCode PropertyMoved = new("contract_property_moved", new(
        "ODCS 3.1 không có thuộc tính \"{0}\" ở đây{1}; giá trị được giữ lại trong customProperties.",
        "ODCS 3.1 has no property \"{0}\" here{1}; its value is kept in customProperties."));

    internal static readonly ContractCode PropertyType = new("contract_property_type", new(
        "Giá trị của \"{0}\" phải là {1}.",
        "The value of \"{0}\" must be {1}."));

    internal static readonly ContractCode ValueNotAllowed = new("contract_value_not_allowed", new(
        "\"{0}\" nhận giá trị không được phép \"{1}\"{2}.",
        "\"{0}\" does not accept the value \"{1}\"{2}."));

    internal static readonly ContractCode ValueInvalid = new("contract_value_invalid", new(
        "Giá trị \"{1}\" của \"{0}\" không hợp lệ: {2}.",
        "The value \"{1}\" of \"{0}\" is not valid: {2}."));

    internal static readonly ContractCode VersionInvalid = new("contract_version_invalid", new(
        "Phiên bản \"{0}\" không có dạng MAJOR.MINOR.PATCH, ví dụ 1.0.0.",
        "The version \"{0}\" is not MAJOR.MINOR.PATCH, for example 1.0.0."));

    internal static readonly ContractCode NotSingleObject = new("contract_not_single_object", new(
        "Mỗi hợp đồng mô tả đúng một tập dữ liệu: schema phải có một đối tượng, hiện có {0}.",
        "A contract describes exactly one dataset: schema must have one object, it has {0}."));

    internal static readonly ContractCode NoColumns = new("contract_no_columns", new(
        "Hợp đồng chưa khai báo cột nào trong schema[0].properties.",
        "The contract declares no column in schema[0].properties."));

    internal static readonly ContractCode TooManyColumns = new("contract_too_many_columns", new(
        "Hợp đồng khai báo {0} cột; tối đa là {1}.",
        "The contract declares {0} columns; at most {1} are possible."));

    internal static readonly ContractCode DatasetInvalid = new("dataset_id_invalid", new(
        "Mã tập dữ liệu \"{0}\" phải bắt đầu bằng chữ thường không dấu, gồm 2-63 ký tự a-z, 0-9 và -; gợi ý: {1}.",
        "The dataset id \"{0}\" must start with a letter a-z and have 2-63 characters a-z, 0-9 and -; "
        + "proposal: {1}."));
}
