namespace DataHub.Core.Errors;

/// <summary>Refusals about who may do what.</summary>
public static partial class HubErrors
{
    private static readonly ErrorKind TokenMissingKind = new(
        "token_missing", 401, ErrorOrigin.Client, new("Thiếu token", "Token missing"),
        new("Yêu cầu này cần token truy cập.", "This call needs an access token."), GetTokenHint());

    private static readonly ErrorKind TokenInvalidKind = new(
        "token_invalid", 401, ErrorOrigin.Client, new("Token không hợp lệ", "Token not valid"),
        new("Token không do hệ thống này cấp hoặc đã bị sửa đổi.", "The token was not issued by this hub or was altered."),
        GetTokenHint());

    private static readonly ErrorKind TokenExpiredKind = new(
        "token_expired", 401, ErrorOrigin.Client, new("Token đã hết hạn", "Token expired"),
        new("Token đã hết hạn lúc {0}.", "The token expired at {0}."), GetTokenHint());

    private static readonly ErrorKind TokenClientEndedKind = new(
        "token_client_ended", 401, ErrorOrigin.Client,
        new("Ứng dụng đã bị chấm dứt", "The client has been ended"),
        new("Ứng dụng {0} không còn được phép truy cập.", "The client {0} may no longer call."),
        new("Liên hệ quản trị viên để được cấp ứng dụng mới.", "Ask an administrator for a new client."));

    private static readonly ErrorKind ScopeMissingKind = new(
        "scope_missing", 403, ErrorOrigin.Client, new("Token thiếu phạm vi", "Scope missing"),
        new("Token không có phạm vi mà yêu cầu này cần.", "The token lacks the scope that this call needs."),
        new("Xin token với phạm vi datahub.read hoặc datahub.admin mà ứng dụng được cấp.",
            "Request a token with the scope datahub.read or datahub.admin, as granted to the client."));

    private static readonly ErrorKind AgreementRequiredKind = new(
        "agreement_required", 403, ErrorOrigin.Client, new("Chưa có thoả thuận chia sẻ", "Agreement required"),
        new("Không có thoả thuận còn hiệu lực cho bộ dữ liệu {0}.", "There is no agreement in force for dataset {0}."),
        new("Xem GET /api/v1/me; đề nghị đơn vị cung cấp dữ liệu hoặc quản trị viên lập thoả thuận.",
            "See GET /api/v1/me; ask the providing agency or an administrator for an agreement."));

    private static readonly ErrorKind AgreementAmbiguousKind = new(
        "agreement_ambiguous", 403, ErrorOrigin.Client,
        new("Nhiều thoả thuận cùng hiệu lực", "Several agreements apply"),
        new("Bộ dữ liệu {0} có các thoả thuận cho mục đích: {1}.", "Dataset {0} has agreements for the purposes: {1}."),
        new("Gửi tiêu đề Data-Purpose với đúng một mục đích đó.", "Send Data-Purpose with exactly one of these purposes."));

    private static readonly ErrorKind PurposeRequiredKind = new(
        "purpose_required", 403, ErrorOrigin.Client, new("Phải nêu mục đích", "Purpose required"),
        new("Bộ dữ liệu {0} có cột dữ liệu cá nhân; yêu cầu phải nêu mục đích.",
            "Dataset {0} has personal columns; the call must state its purpose."),
        new("Gửi tiêu đề Data-Purpose với mục đích của thoả thuận.", "Send Data-Purpose with the agreement's purpose."));

    private static readonly ErrorKind PurposeMismatchKind = new(
        "purpose_mismatch", 403, ErrorOrigin.Client, new("Mục đích không khớp", "Purpose does not match"),
        new("Mục đích đã nêu không phải mục đích của thoả thuận cho bộ dữ liệu {0}.",
            "The stated purpose is not that of the agreement for dataset {0}."),
        new("Gửi Data-Purpose đúng như GET /api/v1/me cho biết.", "Send Data-Purpose exactly as GET /api/v1/me gives it."));

    private static readonly ErrorKind EntryNotFoundKind = new(
        "entry_not_found", 404, ErrorOrigin.Client, new("Không tìm thấy", "Not found"),
        new("Không có {0} \"{1}\".", "There is no {0} \"{1}\"."),
        new("Kiểm tra lại mã trong danh sách.", "Check the identifier against the list."));

    private static readonly ErrorKind EntryExistsKind = new(
        "entry_exists", 409, ErrorOrigin.Client, new("Đã tồn tại", "Already exists"),
        new("Đã có {0} \"{1}\".", "There is already a {0} \"{1}\"."),
        new("Dùng mã khác, hoặc dùng mục đã có.", "Use another identifier, or the existing entry."));

    private static readonly ErrorKind EntryEndedKind = new(
        "entry_ended", 409, ErrorOrigin.Client, new("Đã chấm dứt", "Already ended"),
        new("{0} \"{1}\" đã chấm dứt.", "The {0} \"{1}\" has already ended."),
        new("Không cần làm gì thêm; tạo mục mới nếu cần.", "Nothing more to do; create a new entry if needed."));

    public static HubError TokenMissing() => Make(TokenMissingKind);

    public static HubError TokenInvalid() => Make(TokenInvalidKind);

    public static HubError TokenExpired(DateTimeOffset at) => Make(TokenExpiredKind, at.ToString("yyyy-MM-ddTHH:mm:ssZ",
        System.Globalization.CultureInfo.InvariantCulture));

    public static HubError TokenClientEnded(string clientId) => Make(TokenClientEndedKind, clientId);

    public static HubError ScopeMissing() => Make(ScopeMissingKind);

    public static HubError AgreementRequired(string dataset) => Make(AgreementRequiredKind, dataset);

    public static HubError AgreementAmbiguous(string dataset, IEnumerable<string> purposes) =>
        Make(AgreementAmbiguousKind, dataset, string.Join("; ", purposes));

    public static HubError PurposeRequired(string dataset) => Make(PurposeRequiredKind, dataset);

    public static HubError PurposeMismatch(string dataset) => Make(PurposeMismatchKind, dataset);

    /// <summary>An agency, client or agreement that does not exist.</summary>
    public static HubError EntryNotFound(string what, string id) => Make(EntryNotFoundKind, what, id);

    public static HubError EntryExists(string what, string id) => Make(EntryExistsKind, what, id);

    public static HubError EntryEnded(string what, string id) => Make(EntryEndedKind, what, id);

    // A method: fields of partial files have no promised order of initialisation.
    private static Text GetTokenHint() => new(
        "Lấy token mới tại POST /connect/token rồi gửi trong tiêu đề Authorization: Bearer.",
        "Get a new token at POST /connect/token and send it as Authorization: Bearer.");
}
