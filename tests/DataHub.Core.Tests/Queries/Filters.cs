using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Queries;
using DataHub.Core.Records;
using DataHub.Core.Versioning;

namespace DataHub.Core.Tests.Queries;

/// <summary>Filters over one column a type, and a tree's text for assertions.</summary>
internal static class Filters
{
    public static readonly QueryColumns Columns = new(
        [
            Column(1, "ma", "text"), Column(2, "tên_tỉnh", "text"), Column(3, "so", "int32"), Column(4, "lon", "int64"),
            Column(5, "tien", "decimal(18,2)"), Column(6, "do_dai", "float64"), Column(7, "co", "boolean"), Column(8, "ngay", "date"),
            Column(9, "gio", "time"), Column(10, "luc", "timestamp"),
            Column(11, "anh", "bytes"), Column(12, "date", "date"),
        ], ["bi_mat"]);

    /// <summary>The tree's text, or the problems as <c>code: message</c>.</summary>
    public static string Read(string filter, bool inBody = false)
    {
        var problems = new QueryProblems();
        var tree = FilterParser.Parse(filter, Columns, new QueryPlace("filter", inBody), problems);
        Assert.Equal(tree is null, problems.Found.Count > 0);
        return tree is null ? string.Join("; ", problems.Found.Select(p => $"{p.Code}: {p.Message.En}")) : Text(tree);
    }

    /// <summary>The codes of all problems.</summary>
    public static string[] Codes(string filter, bool inBody = false)
    {
        var problems = new QueryProblems();
        FilterParser.Parse(filter, Columns, new QueryPlace("filter", inBody), problems);
        return [.. problems.Found.Select(p => p.Code)];
    }

    private static string Text(RecordFilter filter) => filter switch
    {
        AllOf all => $"({string.Join(" & ", all.Parts.Select(Text))})",
        AnyOf any => $"({string.Join(" | ", any.Parts.Select(Text))})",
        NotTrue not => "!" + Text(not.Inner),
        Comparison c => $"{Text(c.Left)} {c.Kind} {Text(c.Right)}",
        IsNull n => $"{Text(n.Column)} is null",
        OneOf o => $"{Text(o.Column)} in [{string.Join(", ", Items(o))}]",
        TextMatch m => $"{m.Kind}({Text(m.Text)}, {Text(m.Sought)})",
        IsTrue flag => flag.Column.Name,
        Always always => always.Holds.ToString(),
        _ => throw new InvalidOperationException(),
    };

    private static IEnumerable<string> Items(OneOf list) =>
        list.Values.Select(v => Text(new ValueOperand(v))).Concat(list.OrNull ? ["null"] : []);

    private static string Text(FilterOperand operand) => operand switch
    {
        ColumnOperand c => c.Lowered ? $"lower({c.Column.Name})" : c.Column.Name,
        ValueOperand v => (v.Lowered ? "lower " : "")
            + $"{v.Value.GetType().Name}:{(v.Value is decimal d ? d.ToString(CultureInfo.InvariantCulture) : KeyText.Canonical(v.Value))}",
        _ => throw new InvalidOperationException(),
    };

    private static StoreColumn Column(int id, string name, string type)
    {
        Assert.True(ColumnType.TryParse(type, out var parsed));
        return new StoreColumn(id, name, parsed, id == 1 ? 1 : null);
    }
}
