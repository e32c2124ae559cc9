namespace DataHub.Core.Errors;

/// <summary>
/// Refusals of the questions that readers ask of records; what is wrong in detail stands in errors[] with codes of
/// <see cref="RequestCodes"/>.
/// </summary>
public static partial class HubErrors
{
    private static readonly ErrorKind QueryInvalidKind = new(
        "query_invalid", 400, ErrorOrigin.Client,
        new("Truy vấn không hợp lệ", "The query is not valid"),
        new("Truy vấn có {0} lỗi; xem mục errors.", "The query has {0} problem(s); see errors."),
        new("Sửa từng lỗi trong errors rồi gọi lại.", "Correct each problem in errors and call again."));

    private static readonly ErrorKind ColumnUnknownKind = new(
        "column_unknown", 400, ErrorOrigin.Client,
        new("Không có cột này", "Unknown column"),
        new("Truy vấn nêu cột không có trong phiên bản này; xem mục errors.",
            "The query names columns that this version does not have; see errors."),
        new("Dùng tên cột được liệt kê trong errors; tên cột phân biệt chữ hoa và chữ thường.",
            "Use the columns listed in errors; names are case-sensitive."));

    private static readonly ErrorKind ColumnNotGrantedKind = new(
        "column_not_granted", 403, ErrorOrigin.Client,
        new("Cột ngoài quyền đọc", "Column not granted"),
        new("Truy vấn nêu cột không nằm trong quyền đọc của bên gọi; xem mục errors.",
            "The query names columns that are not granted to the caller; see errors."),
        new("Bỏ cột đó khỏi truy vấn, hoặc đề nghị bổ sung vào thỏa thuận; GET /api/v1/me cho biết quyền hiện có.",
            "Leave the column out, or ask for it in the agreement; GET /api/v1/me shows what is granted."));

    private static readonly ErrorKind FilterSyntaxKind = new(
        "filter_syntax", 400, ErrorOrigin.Client,
        new("Bộ lọc sai cú pháp", "The filter's syntax is wrong"),
        new("Không đọc được bộ lọc; vị trí nằm trong mục errors.", "The filter cannot be read; errors says where."),
        new("Viết như ma eq '083' and not (so gt 5); chuỗi trong dấu nháy đơn (nháy trong chuỗi viết hai lần), "
            + "trong địa chỉ dấu + viết là %2B.",
            "Write as ma eq '083' and not (so gt 5); texts in single quotes (a quote inside is doubled); in a URL write + as %2B."));

    private static readonly ErrorKind FilterUnsupportedKind = new(
        "filter_unsupported", 400, ErrorOrigin.Client,
        new("Bộ lọc dùng phép không được hỗ trợ", "The filter uses something unsupported"),
        new("Bộ lọc dùng phép toán hoặc hàm không được hỗ trợ; xem mục errors.",
            "The filter uses operators or functions that are not supported; see errors."),
        new("Chỉ dùng eq ne gt ge lt le in and or not ( ), contains, startswith, endswith, tolower và null.",
            "Use only eq ne gt ge lt le in and or not ( ), contains, startswith, endswith, tolower and null."));

    private static readonly ErrorKind FilterValueInvalidKind = new(
        "filter_value_invalid", 400, ErrorOrigin.Client,
        new("Giá trị trong bộ lọc sai kiểu", "A value in the filter has a wrong type"),
        new("Bộ lọc so sánh cột với giá trị không thuộc kiểu của cột; xem mục errors.",
            "The filter compares a column with a value that is not of its type; see errors."),
        new("Viết giá trị theo kiểu mà hợp đồng khai báo, như ví dụ trong errors.",
            "Write the value in the type that the contract declares, as the example in errors shows."));

    private static readonly ErrorKind FilterTooComplexKind = new(
        "filter_too_complex", 400, ErrorOrigin.Client,
        new("Bộ lọc quá phức tạp", "The filter is too complex"),
        new("Bộ lọc có quá nhiều phép hoặc quá nhiều tầng ngoặc; xem mục errors.",
            "The filter has too many operations or too many levels; see errors."),
        new("Gộp nhiều giá trị của một cột bằng in (…), hoặc chia thành nhiều truy vấn.",
            "Join many values of a column with in (…), or ask several times."));

    private static readonly ErrorKind ParameterRepeatedKind = new(
        "parameter_repeated", 400, ErrorOrigin.Client,
        new("Tham số bị lặp", "A parameter is repeated"),
        new("Một tham số chỉ được có một lần lại có nhiều lần; xem mục errors.",
            "A parameter that may stand only once stands several times; see errors."),
        new("Giữ một giá trị; nhiều điều kiện nối bằng and trong một filter, filter và $filter là một.",
            "Keep one value; join conditions with and in one filter; filter and $filter are the same."));

    private static readonly ErrorKind QueryUnindexedKind = new(
        "query_unindexed", 400, ErrorOrigin.Client,
        new("Không có chỉ mục phục vụ truy vấn này", "No index serves this query"),
        new("Phiên bản có {0} bản ghi (giới hạn {1}) và không chỉ mục nào phục vụ {2}.",
            "The version has {0} records (limit {1}) and no index serves {3}."),
        new("Thêm điều kiện trên một cột có chỉ mục ({4}), đề nghị đơn vị cung cấp đánh dấu hub.indexed cho cột cần dùng, "
            + "hoặc tải cả phiên bản tại …/files/csv rồi lọc ở phía mình.",
            "Add a condition on an indexed column ({4}), ask the provider to mark the column hub.indexed, "
            + "or download the whole version at …/files/csv and filter it yourself."));

    private static readonly ErrorKind IndexPendingKind = new(
        "index_pending", 503, ErrorOrigin.Hub,
        new("Chỉ mục đang được tạo", "The index is being made"),
        new("Truy vấn cần chỉ mục mà hợp đồng của {0} đã khai báo nhưng chưa tạo xong.",
            "The query needs an index that the contract of {0} declares and that is not finished yet."),
        new("Gọi lại sau thời gian ghi ở Retry-After; đọc theo thứ tự khóa thì không phải chờ.",
            "Call again after Retry-After; reading in key order need not wait."))
    { IsTransient = true };

    /// <summary>A question with problems; one kind of problem is answered as that kind.</summary>
    public static HubError QueryInvalid(IReadOnlyList<ErrorDetail> errors, string dataset, string reference)
    {
        var codes = errors.Select(e => e.Code).Distinct().ToList();

        // How an answer is written is no part of the question.
        if (codes.TrueForAll(c => c is "format_unknown" or "flag_invalid" or "bom_needs_csv"))
        {
            return RequestInvalid(errors);
        }

        var error = codes.Count > 1 ? Make(QueryInvalidKind, errors.Count) : codes[0] switch
        {
            "parameter_unknown" => Make(ParameterUnknownKind, string.Join(", ", errors.Select(e => e.Parameter))),
            "number_invalid" => Make(LimitOutOfRangeKind, Queries.QueryLimits.MaxLimit),
            "personal_value_in_url" => Make(PersonalValueInUrlKind, dataset, reference),
            "column_unknown" => Make(ColumnUnknownKind),
            "column_not_granted" => Make(ColumnNotGrantedKind),
            "filter_syntax" => Make(FilterSyntaxKind),
            "filter_unsupported" => Make(FilterUnsupportedKind),
            "filter_value_invalid" => Make(FilterValueInvalidKind),
            "filter_too_complex" or "filter_too_long" => Make(FilterTooComplexKind),
            "parameter_repeated" => Make(ParameterRepeatedKind),
            _ => Make(QueryInvalidKind, errors.Count),
        };
        return error with { Errors = errors };
    }

    /// <summary>A question that would read or sort a whole large version.</summary>
    /// <param name="records">Records of the version.</param>
    /// <param name="most">Up to how many such a question is answered.</param>
    /// <param name="what">The part that nothing serves: the filter, or the order.</param>
    /// <param name="indexed">Names of columns with an index, the key's first.</param>
    public static HubError QueryUnindexed(long records, long most, Text what, IReadOnlyList<string> indexed) =>
        Make(QueryUnindexedKind, records, most, what.Vi, what.En, string.Join(", ", indexed));

    /// <summary>A question that an index will serve as soon as it is made: right behind a first version, or behind a revision that declares it.</summary>
    public static HubError IndexPending(string dataset) => Make(IndexPendingKind, dataset) with { RetryAfterSeconds = 10 };
}
