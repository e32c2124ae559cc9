using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>Whose <c>customProperties</c> a property belongs in.</summary>
public enum CustomPropertyLevel { Dataset, Column }

/// <summary>One <c>hub.*</c> property that ODCS lacks; documented in <c>contracts/custom-properties.json</c>.</summary>
/// <param name="Name">With its prefix.</param>
/// <param name="Level">Dataset: the contract's own list or that of <c>schema[0]</c>. Column: the column's.</param>
/// <param name="Type"><c>text</c>, <c>boolean</c>, or <c>texts</c>: a list of texts, or one alone.</param>
/// <param name="Description">What it says, in both languages.</param>
/// <param name="Example">A value that is accepted.</param>
public sealed record CustomProperty(
    string Name, CustomPropertyLevel Level, string Type, Text Description, string Example)
{
    public bool Required { get; init; }

    /// <summary>True for a column's property that may also stand on the dataset, for all columns that do not say otherwise.</summary>
    public bool AlsoOnDataset { get; init; }

    /// <summary>All values, or null when any that matches <see cref="Pattern"/> will do.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }

    /// <summary>Regular expression of the whole value, or null.</summary>
    public string? Pattern { get; init; }

    /// <summary>In UTF-16 units.</summary>
    public int MaxLength { get; init; } = 300;

    public string? Default { get; init; }

    /// <summary>Column types it may stand on; null for all.</summary>
    public IReadOnlyList<ColumnKind>? Kinds { get; init; }
}

/// <summary>The closed list of <c>hub.*</c> properties.</summary>
public static class CustomProperties
{
    public const string Prefix = "hub.";

    private static readonly ColumnKind[] Numbers =
        [ColumnKind.Int32, ColumnKind.Int64, ColumnKind.Decimal, ColumnKind.Float64];

    private const string Percent = @"^(100|[0-9]{1,2}(\.[0-9]{1,4})?)\z";

    // Before All, which takes them in.
    private static readonly CustomProperty[] PullProperties =
    [
        Dataset("hub.watermark", "cap_nhat_luc",
            "Cột tăng lên mỗi khi bản ghi thay đổi (thời điểm sửa cuối, số thứ tự thay đổi).",
            "Column that grows with every change of a record (time of the last change, number of a change)."),
        Dataset("hub.lag", "PT5M",
            "Cửa sổ lấy dữ liệu lùi lại bao nhiêu: khoảng thời gian ISO 8601, hoặc một số khi watermark là số.",
            "How far a window reaches back: an ISO 8601 duration, or a number where the watermark is one.") with
        { Pattern = @"^(P[0-9DTHMS.]{2,30}|[0-9]{1,15})\z", Default = "PT5M" },
        Dataset("hub.fullRefresh", "P7D",
            "Sau bao lâu thì một lần chạy lấy lại toàn bộ (tìm bản ghi đã xóa và thay đổi ghi lùi ngày); mặc định P7D khi incremental.",
            "After how long a run takes everything again (finds deletions and backdated changes); P7D by default where incremental.") with
        { Pattern = @"^P[0-9DTHMS.]{2,30}\z" },
        Dataset("hub.tombstone", "da_xoa",
            "Cột cho biết bản ghi đã bị xóa ở nguồn: boolean là true, thời điểm là có giá trị, văn bản và số theo hub.tombstoneTexts.",
            "Column that says that the source deleted the record: true of a boolean, any time, texts and numbers by hub.tombstoneTexts."),
        Dataset("hub.tombstoneTexts", "D",
            "Các giá trị của hub.tombstone nghĩa là đã xóa.", "Values of hub.tombstone that mean deleted.") with
        { Type = "texts", MaxLength = 100 },
        Dataset("hub.maxRemoved", "10",
            "Tỷ lệ bản ghi biến mất (%) mà vượt quá thì kết quả bị giữ lại chờ duyệt.",
            "Share of removed records (%) above which a result is held for a decision.") with
        { Pattern = Percent, Default = "10" },
        Dataset("hub.maxRemovedRecords", "10",
            "Số bản ghi biến mất luôn được chấp nhận, dù tỷ lệ là bao nhiêu.",
            "Number of removed records that is always accepted, whatever the share.") with
        { Pattern = @"^[0-9]{1,9}\z", Default = "10" },
        Dataset("hub.maxRejected", "1",
            "Tỷ lệ bản ghi bị từ chối (%) mà vượt quá thì kết quả bị giữ lại chờ duyệt.",
            "Share of rejected records (%) above which a result is held for a decision.") with
        { Pattern = Percent, Default = "1" },
        Dataset("hub.mayBeEmpty", "true",
            "Cho phép phiên bản mới không còn bản ghi nào.", "Allows a new version without any record.") with
        { Type = "boolean", Default = "false" },
    ];

    public static IReadOnlyList<CustomProperty> All { get; } =
    [
        Dataset("hub.provider", "H08.12",
            "Mã định danh điện tử của cơ quan cung cấp dữ liệu (Quyết định 20/2020/QĐ-TTg), tối đa 35 ký tự.",
            "Identifier of the agency that owns the data (Decision 20/2020/QĐ-TTg), at most 35 characters.") with
        { Required = true, Pattern = @"^[0-9A-Z]+(\.[0-9A-Z]+)*\z", MaxLength = 35 },
        Dataset("hub.source", "motcua-pg",
            "Mã của nguồn dữ liệu đã đăng ký.", "Id of the registered source.") with
        { Required = true, Pattern = @"^[a-z][a-z0-9-]{1,62}\z", MaxLength = 63 },
        Dataset("hub.table", "public.ho_so",
            "Bảng hoặc khung nhìn trong nguồn. Khai báo đúng một trong hub.table, hub.query, hub.file.",
            "Table or view of the source. Exactly one of hub.table, hub.query, hub.file is declared."),
        Dataset("hub.query", "SELECT ma_ho_so, ngay_nop FROM ho_so",
            "Câu lệnh SELECT do quản trị viên viết, chỉ đọc.", "A SELECT statement written by an administrator, read only.")
            with
        { Pattern = @"^\s*(?i:select|with)\s[\s\S]+\z", MaxLength = 20_000 },
        Dataset("hub.file", "ho-so/2026.csv",
            "Đường dẫn tệp bên dưới thư mục của nguồn; * và ? để chỉ nhiều tệp (ho-so-*.csv), phần sau .zip chỉ tệp bên trong.",
            "Path of the file below the source's folder; * and ? name several (ho-so-*.csv), what follows .zip the files in it.") with
        { Pattern = @"^(?!/)(?!.*(^|/)\.\.?(/|\z))[^\\\x00-\x1f:]+\z", MaxLength = 500 },
        Dataset("hub.mode", "incremental",
            "Cách lấy dữ liệu: full lấy toàn bộ; incremental lấy phần thay đổi theo hub.watermark; append chỉ lấy bản ghi thêm mới; log lấy theo nhật ký thay đổi của nguồn (PostgreSQL).",
            "How data is pulled: full takes everything; incremental what changed by hub.watermark; append only what was added; log what the source's own log says (PostgreSQL).") with
        { Allowed = ["full", "incremental", "append", "log"], Default = "full" },
        .. PullProperties,
        Dataset("hub.access", "shared",
            "open: dữ liệu mở, đọc không cần xác thực; shared: chỉ đọc khi có thỏa thuận còn hiệu lực.",
            "open: readable without signing in; shared: only under an agreement in force.") with
        { Allowed = ["open", "shared"], Default = "shared" },
        Dataset("hub.sharingMode", "mac-dinh",
            "Hình thức chia sẻ theo quy định; danh sách do quản trị viên cấu hình.",
            "Sharing mode by law, from a list that administrators configure."),
        Dataset("hub.legalBasis", "Nghị định 278/2025/NĐ-CP",
            "Căn cứ pháp lý của việc chia sẻ.", "Legal ground of sharing.") with
        { MaxLength = 2_000 },
        Dataset("hub.purpose", "Theo dõi tiến độ giải quyết hồ sơ",
            "Mục đích chia sẻ.", "Purpose of sharing.") with
        { MaxLength = 2_000 },
        Dataset("hub.contact", "Phòng Chuyển đổi số, chuyendoiso@example.gov.vn",
            "Đầu mối liên hệ về dữ liệu.", "Whom to ask about the data.") with
        { MaxLength = 500 },
        Dataset("hub.newColumn", "ignore",
            "Cột mới xuất hiện ở nguồn: ignore bỏ qua và báo một lần; freeze dừng lần chạy và tạm dừng tập dữ liệu cho đến khi hợp đồng được sửa.",
            "A column that appears in the source: ignore leaves it out and reports it once; freeze fails the run and pauses the dataset.") with
        { Allowed = ["ignore", "freeze"], Default = "ignore" },
        Dataset("hub.missingColumn", "null",
            "Cột không bắt buộc biến mất khỏi nguồn: null coi mọi giá trị là trống và cảnh báo; freeze dừng lần chạy và tạm dừng tập dữ liệu.",
            "An optional column that is gone from the source: null takes its values for null and warns; freeze fails the run and pauses the dataset.") with
        { Allowed = ["null", "freeze"], Default = "null" },
        Dataset("hub.changedType", "hold",
            "Kiểu cột của nguồn không còn khớp: hold giữ lần chạy, không đọc gì và đề xuất bản sửa hợp đồng; fail làm lần chạy thất bại.",
            "A source column's type no longer fits: hold holds the run, reads nothing and proposes a revision of the contract; fail fails the run.") with
        { Allowed = ["hold", "fail"], Default = "hold" },
        Column("hub.type", "text", "decimal(18,2)",
            "Kiểu của cột khi công bố; không bao giờ suy đoán từ giá trị.",
            "Type of the published column; never guessed from values.") with
        {
            Allowed =
            [
                "text", "int32", "int64", "decimal(p,s)", "float64", "boolean", "date", "time", "timestamp", "bytes",
            ],
        },
        Column("hub.personal", "boolean", "true",
            "Dữ liệu cá nhân (Luật 91/2025/QH15): không đưa vào URL, không lưu đệm, chỉ có trong thỏa thuận khi được nêu tên.",
            "Personal data (Law 91/2025/QH15): never in a URL, never cached, in an agreement only when named.") with
        { Default = "false" },
        Column("hub.timeZone", "text", "Asia/Ho_Chi_Minh",
            "Múi giờ IANA của thời điểm không ghi độ lệch.", "IANA time zone of timestamps that carry no offset.") with
        { Kinds = [ColumnKind.Timestamp] },
        Column("hub.normalize", "text", "NFC",
            "Chuẩn hóa Unicode dựng sẵn cho văn bản.", "Brings text to the composed Unicode form.") with
        { Allowed = ["NFC"], Kinds = [ColumnKind.Text] },
        Column("hub.decimalChar", "text", ",",
            "Dấu thập phân của số viết dạng văn bản.", "Decimal character of numbers written as text.") with
        { Allowed = [".", ","], Default = ".", Kinds = Numbers, AlsoOnDataset = true },
        Column("hub.groupChar", "text", " ",
            "Dấu phân nhóm hàng nghìn của số viết dạng văn bản.", "Grouping character of numbers written as text.") with
        { Allowed = [".", ",", " ", "\u00a0", "\u202f", "'", "_"], Kinds = Numbers, AlsoOnDataset = true },
        Column("hub.numberPattern", "text", "#,##0.00",
            "Cách viết bắt buộc của số dạng văn bản: # chữ số có thể có, 0 chữ số phải có, dấu phẩy là nhóm ba chữ số, "
            + "dấu chấm là dấu thập phân, E0 là số mũ; các ký tự thật là những ký tự cột khai báo.",
            "How a number in text must be spelled: # an optional digit, 0 a demanded one, a comma for groups of three, "
            + "a point for the decimal character, E0 for an exponent; the characters themselves are those that the column declares.") with
        { MaxLength = 60, Kinds = Numbers },
        Column("hub.nullTexts", "texts", "N/A",
            "Các văn bản nghĩa là không có giá trị, so khớp nguyên văn; danh sách hoặc một văn bản.",
            "Texts that mean no value, compared exactly; a list or a single text.") with
        { MaxLength = 100, AlsoOnDataset = true },
        Column("hub.trim", "boolean", "true",
            "Bỏ khoảng trắng ở hai đầu văn bản trước khi đọc; còn lại rỗng là không có giá trị.",
            "Takes blanks off both ends of a text before it is read; what is left empty is no value.") with
        { Default = "false", AlsoOnDataset = true },
        Column("hub.trueTexts", "texts", "Có",
            "Các văn bản của giá trị đúng, thay cho true; khai báo cùng hub.falseTexts.",
            "Texts of true, in place of the word; declared together with hub.falseTexts.") with
        { MaxLength = 100, Kinds = [ColumnKind.Boolean], AlsoOnDataset = true },
        Column("hub.falseTexts", "texts", "Không",
            "Các văn bản của giá trị sai, thay cho false; khai báo cùng hub.trueTexts.",
            "Texts of false, in place of the word; declared together with hub.trueTexts.") with
        { MaxLength = 100, Kinds = [ColumnKind.Boolean], AlsoOnDataset = true },
        Column("hub.zeroDate", "text", "null",
            "Ngày 0000-00-00: null là giá trị trống, reject là lỗi.",
            "The date 0000-00-00: null means no value, reject makes it a violation.") with
        { Allowed = ["null", "reject"], Default = "reject", Kinds = [ColumnKind.Date, ColumnKind.Timestamp] },
        Column("hub.indexed", "boolean", "true",
            "Cột để lọc và sắp xếp: có chỉ mục trong kho; giá trị dài tối đa 1.200 byte.",
            "A column to filter and sort on: has an index in the store; values of at most 1,200 bytes.") with
        { Default = "false" },
    ];

    private static CustomProperty Dataset(string name, string example, string vi, string en) =>
        new(name, CustomPropertyLevel.Dataset, "text", new Text(vi, en), example);

    private static CustomProperty Column(string name, string type, string example, string vi, string en) =>
        new(name, CustomPropertyLevel.Column, type, new Text(vi, en), example);
}
