namespace DataHub.Core.Errors;

/// <summary>Refusals of a request before its feature is reached.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind RequestInvalidKind = new(
        "request_invalid", 400, ErrorOrigin.Client,
        new("Yêu cầu không hợp lệ", "The request is not valid"),
        new("Yêu cầu có {0} lỗi; xem mục errors.", "The request has {0} problem(s); see errors."),
        new("Sửa từng lỗi trong errors rồi gửi lại.", "Correct each problem in errors and send it again."));

    /// <summary>A body or its fields are not as required; all problems at once.</summary>
    public static HubError RequestInvalid(IReadOnlyList<ErrorDetail> errors) =>
        Make(RequestInvalidKind, errors.Count) with { Errors = errors };
}
