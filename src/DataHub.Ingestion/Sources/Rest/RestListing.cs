using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>What the configured resources look like, by the first page of each: JSON kinds and nothing else. No text is read for a type.</summary>
internal static class RestListing
{
    private static readonly Text TextNote = new(
        "Văn bản trong JSON: nếu là ngày, giờ, số hay mã thì khai báo đúng kiểu; kiểm tra khóa, trường bắt buộc và dữ liệu cá nhân.",
        "Text in JSON: where it is a date, a time, a number or a code declare that; check the key, required columns and personal data.");

    private static readonly Text WholeNote = new(
        "Số nguyên trong các bản ghi đầu; kiểm tra xem có phần thập phân, hay là mã có số 0 ở đầu.",
        "Whole numbers in the first records; check for fractions, and for codes that have lost leading zeros.");

    private static readonly Text NumberNote = new(
        "JSON không khai báo độ chính xác: hãy kiểm tra và sửa decimal(p,s).",
        "JSON declares no precision: check and correct decimal(p,s).");

    private static readonly Text NestedNote = new(
        "Đối tượng hay mảng, giữ nguyên thành văn bản JSON; lấy từng giá trị bằng physicalName dạng /ten/con.",
        "An object or array, kept as JSON text; take single values by a physicalName such as /name/part.");

    private static readonly Text MixedNote = new(
        "Các bản ghi đầu có nhiều loại giá trị khác nhau: số trong cột văn bản sẽ bị cách ly; hãy khai báo đúng kiểu.",
        "The first records have values of different kinds: numbers in a column of text go to quarantine; declare the right type.");

    private static readonly Text EmptyNote = new(
        "Các bản ghi đầu không có giá trị nào: hãy khai báo đúng kiểu.", "The first records have no value: declare the right type.");

    private static readonly Text BooleanNote = new("Kiểm tra trường bắt buộc.", "Check whether it is required.");

    /// <summary>A resource that cannot be read is listed too, without columns and with the reason.</summary>
    public static async Task<SourceTable> DescribeAsync(RestOpening opening, string resource, CancellationToken cancellation)
    {
        var table = new SourceTable(SourceTableId.From(resource), resource, "table");
        try
        {
            await using var pull = opening.Start(resource, null);
            var sample = await RestSample.ReadAsync(pull, [], cancellation);
            return table with { Columns = [.. sample.Shapes.Select(s => Column(s.Key, s.Value))], EstimatedRows = pull.Total };
        }
        catch (HubErrorException e)
        {
            return table with { Comment = $"{e.Error.Code}: {e.Error.Detail("vi")} / {e.Error.Detail("en")}" };
        }
    }

    private static SourceTableColumn Column(string name, RestShapes shapes)
    {
        // As a physicalName it would be read as a pointer.
        var source = name.StartsWith('/') ? "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal) : name;
        var (type, note, native) = (shapes & ~RestShapes.Null) switch
        {
            RestShapes.None => (new ColumnType(ColumnKind.Text), EmptyNote, "null"),
            RestShapes.Text => (new ColumnType(ColumnKind.Text), TextNote, "string"),
            RestShapes.Whole => (new ColumnType(ColumnKind.Int64), WholeNote, "number"),
            RestShapes.Number or (RestShapes.Number | RestShapes.Whole) =>
                (new ColumnType(ColumnKind.Decimal, ColumnType.MaxPrecision, 6), NumberNote, "number"),
            RestShapes.Boolean => (new ColumnType(ColumnKind.Boolean), BooleanNote, "boolean"),
            RestShapes.Object => (new ColumnType(ColumnKind.Text), NestedNote, "object"),
            RestShapes.Array => (new ColumnType(ColumnKind.Text), NestedNote, "array"),
            (RestShapes.Object | RestShapes.Array) => (new ColumnType(ColumnKind.Text), NestedNote, "object, array"),
            _ => (new ColumnType(ColumnKind.Text), MixedNote, "mixed"),
        };
        return new SourceTableColumn(source, native, true, type, note);
    }
}
