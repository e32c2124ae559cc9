using System.Globalization;
using System.Text.Json;
using CsCheck;
using DataHub.TestKit;

namespace DataHub.Core.Tests.Queries;

/// <summary>What a filter means, and that every other string is refused by name.</summary>
public sealed class FilterParserTests
{
    [Theory]
    [InlineData("ma eq '083'", "ma Equal String:083")]
    [InlineData("'083' eq ma", "ma Equal String:083")]
    [InlineData("5 lt so", "so Greater Int32:5")]
    [InlineData("lon ge 5000000000", "lon GreaterOrEqual Int64:5000000000")]
    [InlineData("tien eq 1234567.10", "tien Equal Decimal:1234567.10")]
    [InlineData("tien lt 12345678901234567890123456.78", "tien Less Decimal:12345678901234567890123456.78")]
    [InlineData("tien gt -0.05", "tien Greater Decimal:-0.05")]
    [InlineData("do_dai le 1.5e3", "do_dai LessOrEqual Double:1500")]
    [InlineData("co eq true", "co Equal Boolean:true")]
    [InlineData("not co", "!co")]
    [InlineData("ngay ne 9999-12-31", "ngay NotEqual DateOnly:9999-12-31")]
    [InlineData("gio eq 07:30", "gio Equal TimeOnly:07:30:00")]
    [InlineData("gio eq 07:30:00.123456", "gio Equal TimeOnly:07:30:00.123456")]
    [InlineData("luc gt 2026-03-01T07:00:00+07:00", "luc Greater DateTime:2026-03-01T00:00:00Z")]
    [InlineData("luc gt 2026-03-01T00:00:00.5Z", "luc Greater DateTime:2026-03-01T00:00:00.5Z")]
    [InlineData("luc ge 2026-03-01", "luc GreaterOrEqual DateTime:2026-03-01T00:00:00Z")]
    [InlineData("anh eq binary'AQID'", "anh Equal Byte[]:AQID")]
    [InlineData("date eq 2026-03-01", "date Equal DateOnly:2026-03-01")]
    [InlineData("tên_tỉnh eq 'O''Trà'", "tên_tỉnh Equal String:O'Trà")]
    [InlineData("ma eq null", "ma is null")]
    [InlineData("null ne so", "!so is null")]
    [InlineData("so gt null", "False")]
    [InlineData("so in (1, 2,null)", "so in [Int32:1, Int32:2, null]")]
    [InlineData("ma in ('a,b',')','''')", "ma in [String:a,b, String:), String:']")]
    [InlineData("luc in (2026-03-01,2026-03-01T07:00:00+07:00)", "luc in [DateTime:2026-03-01T00:00:00Z, DateTime:2026-03-01T00:00:00Z]")]
    [InlineData("so in ()", "so in []")]
    [InlineData("contains(tolower(ma),'x%_')", "Contains(lower(ma), String:x%_)")]
    [InlineData("startswith(tolower('AB'),ma)", "StartsWith(lower String:AB, ma)")]
    [InlineData("tolower(ma) eq tolower('Đ')", "lower(ma) Equal lower String:Đ")]
    [InlineData("contains(ma,'x') eq false", "!Contains(ma, String:x)")]
    [InlineData("so eq 1 or so eq 2 and co or so eq 3", "(so Equal Int32:1 | (so Equal Int32:2 & co) | so Equal Int32:3)")]
    [InlineData("so lt lon", "so Less lon")]
    [InlineData("true", "True")]
    public void Reads_what_is_allowed(string filter, string tree) => Assert.Equal(tree, Filters.Read(filter));

    [Theory]
    [InlineData("so eqq 1", "filter_syntax: The filter's syntax is wrong: character 7, behind 'so eqq'.")]
    [InlineData("so eq", "filter_syntax: The filter's syntax is wrong: something is missing at the end, behind 'so eq'.")]
    [InlineData("", "filter_syntax")]
    [InlineData("ma eq 'x", "filter_syntax")]
    [InlineData("so eq +5", "filter_syntax")]
    [InlineData("so eq 'abc'", "filter_value_invalid: ''abc'' is not a value of column so (int32); write it like 12.")]
    [InlineData("ma eq 083", "filter_value_invalid: '083' is not a value of column ma (text); write it like 'Trà Vinh'.")]
    [InlineData("so eq 5000000000", "filter_value_invalid")]
    [InlineData("so eq 1.5", "filter_value_invalid")]
    [InlineData("so eq 1L", "filter_value_invalid")]
    [InlineData("lon eq 99999999999999999999", "filter_value_invalid")]
    [InlineData("tien eq 0.12345678901234567890123456789", "filter_value_invalid")]
    [InlineData("do_dai eq INF", "filter_value_invalid")]
    [InlineData("do_dai eq NaN", "filter_value_invalid")]
    [InlineData("do_dai eq 1e400", "filter_value_invalid")]
    [InlineData("ma eq 3F2504E0-4F89-11D3-9A0C-0305E82C3301", "filter_value_invalid")]
    [InlineData("gio eq duration'P1D'", "filter_value_invalid")]
    [InlineData("ngay eq 2026-03-01T00:00:00Z", "filter_value_invalid")]
    [InlineData("gio eq 07:30:00.1234567", "filter_value_invalid")]
    [InlineData("so in (1,'2')", "filter_value_invalid")]
    [InlineData("so in (lon)", "filter_value_invalid")]
    [InlineData("so in lon", "filter_list_invalid")]
    [InlineData("so in [1,2]", "filter_list_invalid")]
    [InlineData("so in ((1),2)", "filter_list_invalid")]
    [InlineData("so add 1 eq 2", "filter_unsupported: The filter does not support 'add'; did you mean \"and\"?")]
    [InlineData("-so eq 2", "filter_unsupported: The filter does not support '-'")]
    [InlineData("ma has 'x'", "filter_unsupported")]
    [InlineData("toupper(ma) eq 'X'", "filter_unsupported: The filter does not support 'toupper'")]
    [InlineData("frobnicate(ma)", "filter_unsupported: The filter does not support 'frobnicate'")]
    [InlineData("length(ma) eq 3", "filter_unsupported")]
    [InlineData("now() gt luc", "filter_unsupported")]
    [InlineData("cast(ma,Edm.String) eq 'x'", "filter_unsupported")]
    [InlineData("ma/any(x:x eq 1)", "filter_unsupported: The filter does not support 'any'; did you mean \"and\"?")]
    [InlineData("ma/b eq 1", "filter_unsupported")]
    [InlineData("ma/$count gt 1", "filter_unsupported")]
    [InlineData("$it eq 1", "filter_unsupported: The filter does not support '$it'")]
    [InlineData("$count eq 1", "filter_unsupported")]
    [InlineData("ma eq @p", "filter_unsupported: The filter does not support '@'")]
    [InlineData("ma eq x.y'z'", "filter_unsupported")]
    [InlineData("ma", "filter_condition_missing")]
    [InlineData("1", "filter_condition_missing")]
    [InlineData("1 eq 1", "filter_condition_missing")]
    [InlineData("tolower(ma)", "filter_condition_missing")]
    [InlineData("not so eq 1", "filter_condition_compared")]
    [InlineData("(so eq 1) gt true", "filter_condition_compared")]
    [InlineData("contains(so,'1')", "filter_text_required")]
    [InlineData("contains(ma)", "filter_arguments_invalid")]
    [InlineData("tolower(ma,ma) eq 'x'", "filter_arguments_invalid")]
    [InlineData("ma eq so", "filter_types_differ")]
    [InlineData("do_dai eq so", "filter_types_differ")]
    [InlineData("bi_mat eq 'x'", "column_not_granted")]
    [InlineData("quận_huyện eq 'x' or MA eq 'y' or quận_huyện eq 'z'",
        "column_unknown: There is no such column: quận_huyện; column_unknown: There is no such column: MA; did you mean \"ma\"?")]
    public void Refuses_everything_else_by_name(string filter, string problems) =>
        Assert.StartsWith(problems, Filters.Read(filter), StringComparison.Ordinal);

    [Fact]
    public void Names_all_problems_behind_the_syntax_at_once() =>
        Assert.Equal(["column_unknown", "filter_value_invalid", "filter_unsupported", "column_not_granted"],
            Filters.Codes("mã eq '1' and so eq 'x' and year(ngay) eq 5 and bi_mat eq 1"));

    [Fact]
    public void A_filter_beyond_a_limit_is_refused_before_it_is_parsed()
    {
        string[] deep =
        [
            string.Join(" or ", Enumerable.Repeat("so eq 1", 3_000)), new string('(', 3_000) + "so eq 1" + new string(')', 3_000),
            string.Concat(Enumerable.Repeat("not ", 3_000)) + "co", new string('-', 3_000) + "so eq 1",
                string.Concat(Enumerable.Repeat("tolower(", 3_000)) + "ma",
            string.Concat(Enumerable.Repeat("- ", 3_000)) + "so eq 1",
        ];
        Assert.All(deep, filter => Assert.Equal(["filter_too_complex"], Filters.Codes(filter, inBody: true)));
        Assert.All(deep, filter => Assert.Equal(["filter_too_long"], Filters.Codes(filter)));
        Assert.Equal(["filter_too_long"], Filters.Codes($"ma eq '{new string('x', 64 * 1024)}'", inBody: true));

        static string Terms(int count) => string.Join(" or ", Enumerable.Repeat("so eq 1", count));
        Assert.Empty(Filters.Codes(Terms(100)));
        Assert.Equal(["filter_too_complex"], Filters.Codes(Terms(101)));
        static string Nested(int depth) => new string('(', depth) + "so eq 1" + new string(')', depth);
        Assert.Empty(Filters.Codes(Nested(50)));
        Assert.Equal(["filter_too_complex"], Filters.Codes(Nested(51)));
        static string List(int count) =>
            $"so in ({string.Join(',', Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture)))})";
        Assert.Empty(Filters.Codes(List(1_000), inBody: true));
        Assert.Equal(["items_too_many"], Filters.Codes(List(1_001), inBody: true));
    }

    [Fact]
    public void Any_string_gives_a_tree_or_a_problem()
    {
        string[] pieces =
        [
            "ma", "so", "ngay", "luc", "co", "x", " eq ", " ne ", " and ", " or ", "not ", " in ", "(", ")", "'", "''", "'x'", "1",
                "-", "1.5", "e5", ",", "/", ".", "$it", "$count",
            "@p", "null", "true", "INF", "2026-01-01", "T", "Z", ":", "contains(", "tolower(", "any(", "cast(", "case(", "{", "}",
                "[", "]", "\"", "\\", "+", "%", "é", "ế", "\0", "\ud800",
            "😀", "*", "=", ";", "duration'", "binary'", "geography'", "0x", "has ", "\t", "\u00a0", "\u2028",
        ];
        var words = Gen.OneOf(pieces).Array[0, 14].Select(string.Concat);
        Gen.OneOf(words, Gen.String).Sample(filter => _ = Filters.Read(filter), iter: 20_000);
    }

    [Fact]
    public void Every_filter_of_the_standard_gives_a_tree_or_a_problem()
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        using var suite = JsonDocument.Parse(File.ReadAllText(SharedData.Path("standards", "odata", "abnf", "odata-abnf-testcases.json")));
        var filters = suite.RootElement.GetProperty("TestCases").EnumerateArray()
            .Where(c => c.GetProperty("Rule").GetString() is "filter" or "boolCommonExpr" or "commonExpr" or "queryOptions")
            .SelectMany(c => Uri.UnescapeDataString(c.GetProperty("Input").GetString()!.Replace('+', ' ')).Split('&'))
            .Select(f => f.Replace("$filter=", "", StringComparison.Ordinal)).ToList();
        Assert.True(filters.Count > 100, $"{filters.Count} filters");
        Assert.All(filters, filter => _ = Filters.Read(filter));
    }
}
