using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>What a listing tells an administrator of a column's type, in both languages.</summary>
internal static class PostgresNotes
{
    public static Text Numeric { get; } = new(
        "Cột numeric không khai báo độ chính xác: hãy kiểm tra và sửa decimal(p,s).",
        "A numeric column without a declared precision: check and correct decimal(p,s).");

    public static Text Wide { get; } = new(
        "Rộng hơn 28 chữ số: giá trị không vừa sẽ bị cách ly.",
        "Wider than 28 digits: values that do not fit go to quarantine.");

    public static Text Zone { get; } = new(
        "Thời điểm không có múi giờ: hợp đồng phải khai báo hub.timeZone.",
        "A timestamp without a zone: the contract must declare hub.timeZone.");

    private static readonly Text AsText = new(
        "Không có kiểu tương ứng: được đọc dưới dạng văn bản của PostgreSQL.",
        "There is no corresponding type: read as the text that PostgreSQL writes.");

    private static readonly Text AsJson = new(
        "Được đọc dưới dạng văn bản JSON (mảng: danh sách; kiểu ghép: đối tượng); chỉ số đầu của mảng không được giữ.",
        "Read as JSON text (an array as a list, a composite as an object); lower bounds of arrays are not kept.");

    /// <summary>The note on a type that is read; null for those that have a type of ours.</summary>
    public static Text? Of(PostgresTypePart type, PostgresForm form) => form switch
    {
        PostgresForm.Json => AsJson,
        PostgresForm.Text when type.Extension is null => AsText,
        _ => null,
    };

    /// <summary>Why a type is not read, naming the part that is to blame.</summary>
    public static Text Refused(PostgresTypePart part, PostgresTypePart whole, bool isMoney)
    {
        var name = part == whole ? part.Name : $"{part.Name} ⊂ {whole.Name}";
        return isMoney
            ? new(
                $"Kiểu {name} không được đọc vì giá trị phụ thuộc địa phương (locale) của máy chủ: ép sang numeric trong hub.query.",
                $"The type {name} is not read, its value depends on the server's locale: cast it to numeric in hub.query.")
            : new(
                $"Kiểu {name} không được đọc vì không chắc giữ nguyên giá trị: ép sang kiểu có hỗ trợ (::text) trong hub.query.",
                $"The type {name} is not read, no form of it is sure to be exact: cast it (::text) in hub.query.");
    }

    /// <summary>The checks of a column's domain, which the source holds and the contract does not repeat by itself.</summary>
    public static Text? Domain(string domain, IReadOnlyList<string> checks) => checks.Count == 0 ? null : new(
        $"Miền {domain} của nguồn có ràng buộc {string.Join("; ", checks)}: khai báo lại trong hợp đồng nếu cần giữ.",
        $"The source's domain {domain} has {string.Join("; ", checks)}: declare it in the contract where it is to be held.");

    public static Text? Both(Text? first, Text? second) => (first, second) switch
    {
        (null, _) => second,
        (_, null) => first,
        _ => new(first.Vi + " " + second.Vi, first.En + " " + second.En),
    };
}
