namespace DataHub.Core.Errors;

/// <summary>Refusals of a data contract; the codes inside errors[] are those of <see cref="Contracts.ContractCodes"/>.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind ContractInvalidKind = new(
        "contract_invalid", 400, ErrorOrigin.Client,
        new("Hợp đồng dữ liệu không hợp lệ", "The data contract is not valid"),
        new("Hợp đồng dữ liệu có {0} lỗi; xem mục errors.", "The data contract has {0} problem(s); see errors."),
        new("Sửa từng lỗi tại vị trí nêu trong pointer rồi gửi lại. Có thể bắt đầu từ hợp đồng gợi ý của nguồn dữ liệu.",
            "Correct each problem at its pointer and send it again. The source's proposed contract is a good start."));

    private static readonly ErrorKind ContractNotSingleObjectKind = new(
        "contract_not_single_object", 400, ErrorOrigin.Client,
        new("Hợp đồng không mô tả đúng một tập dữ liệu", "The contract does not describe exactly one dataset"),
        new("Mục schema của hợp đồng phải có đúng một đối tượng.", "The contract's schema must have exactly one object."),
        new("Tách hợp đồng: mỗi tập dữ liệu một hợp đồng, mỗi hợp đồng một đối tượng trong schema.",
            "Split the contract: one for each dataset, each with one object in schema."));

    private static readonly ErrorKind ContractBreakingKind = new(
        "contract_breaking", 409, ErrorOrigin.Client,
        new("Thay đổi hợp đồng làm hỏng hệ thống đang đọc", "The contract's change breaks those who read the dataset"),
        new("Hợp đồng mới có {0} thay đổi không tương thích; xem mục errors.",
            "The new contract has {0} incompatible change(s); see errors."),
        new("Giữ nguyên cột, kiểu, khóa và quy tắc đang có, chỉ thêm cột cho phép trống; hoặc đăng ký một tập dữ liệu mới.",
            "Keep the columns, types, key and rules that exist and only add columns that allow nulls, or register a new dataset."));

    private static readonly ErrorKind ContractVersionTooLowKind = new(
        "contract_version_too_low", 409, ErrorOrigin.Client,
        new("Phiên bản hợp đồng quá thấp", "The contract's version is too low"),
        new("Phiên bản khai báo không thể hiện hết thay đổi; xem mục errors.",
            "The declared version does not say what changed; see errors."),
        new("Nâng version của hợp đồng lên ít nhất {0}.", "Raise the contract's version to {0} at least."));

    /// <summary>
    /// What <see cref="Contracts.ContractReader"/> found, all at once; a contract whose only fault is the number of its
    /// objects is <c>contract_not_single_object</c> itself.
    /// </summary>
    public static HubError ContractInvalid(IReadOnlyList<ErrorDetail> errors) =>
        (errors.Count == 1 && errors[0].Code == ContractNotSingleObjectKind.Code
            ? Make(ContractNotSingleObjectKind)
            : Make(ContractInvalidKind, errors.Count)) with
        { Errors = errors };

    /// <summary>A revision that readers would notice, while revisions with their own major do not exist.</summary>
    public static HubError ContractBreaking(IReadOnlyList<ErrorDetail> changes) =>
        Make(ContractBreakingKind, changes.Count) with { Errors = changes };

    /// <summary>A revision whose version did not grow enough; <see cref="ErrorDetail.Allowed"/> names the lowest that does.</summary>
    public static HubError ContractVersionTooLow(ErrorDetail error) =>
        Make(ContractVersionTooLowKind, error.Allowed?[0]) with { Errors = [error] };
}
