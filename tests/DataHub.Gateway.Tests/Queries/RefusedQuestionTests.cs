using System.Net;
using System.Net.Http.Json;
using System.Text;
using DataHub.Gateway.Tests.BadInput;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>
/// Questions that are refused: each with its code, its place and what to do, in both languages, and all problems at once.
/// </summary>
public sealed class RefusedQuestionTests(QuestionHub hub) : IClassFixture<QuestionHub>
{
    private const string Query = "datasets/cong-dan/versions/1/query";

    [Theory]
    [InlineData("filter=xa eqq 'X1'", "filter_syntax", "filter filter_syntax")]
    [InlineData("filter=tuoi eq 'ba'", "filter_value_invalid", "filter filter_value_invalid")]
    [InlineData("filter=frobnicate(xa)", "filter_unsupported", "filter filter_unsupported")]
    [InlineData("$filter=xaa eq 'X1'", "column_unknown", "$filter column_unknown")]
    [InlineData("filter=", "filter_syntax", "filter filter_syntax")]
    [InlineData("filter=tuoi eq 1&$filter=tuoi eq 2", "parameter_repeated", "$filter parameter_repeated")]
    [InlineData("filter=tuoi eq 1&filter=tuoi eq 1", "parameter_repeated", "filter parameter_repeated")]
    [InlineData("limit=1&limit=2", "parameter_repeated", "limit parameter_repeated")]
    [InlineData("limit=0", "limit_out_of_range", "limit number_invalid")]
    [InlineData("count=all", "query_invalid", "count count_invalid")]
    [InlineData("select=xa,xa", "query_invalid", "select column_repeated")]
    [InlineData("select=", "column_unknown", "select column_unknown")]
    [InlineData("orderby=xa down", "query_invalid", "orderby order_invalid")]
    [InlineData("orderby=", "query_invalid", "orderby order_invalid")]
    [InlineData("tuoi=ba", "query_invalid", "tuoi value_invalid")]
    [InlineData("tuoi=05", "query_invalid", "tuoi value_invalid")]
    [InlineData("tuoi=", "query_invalid", "tuoi value_invalid")]
    [InlineData("Tuoi=5", "parameter_unknown", "Tuoi parameter_unknown")]
    [InlineData("limit=L1", "limit_out_of_range", "limit number_invalid")]
    [InlineData("cccd=084000010001", "personal_value_in_url", "cccd personal_value_in_url")]
    [InlineData("filter=startswith(ten,'Ng') or xa eq 'X1'", "personal_value_in_url", "filter personal_value_in_url")]
    public async Task A_wrong_parameter_is_named(string parameters, string code, string problem)
    {
        var refusal = await Refusal.OfGetAsync(hub.Reader, $"{QuestionHub.Records}?{parameters}", HttpStatusCode.BadRequest, code);
        Assert.Equal([problem], refusal.Errors);
        Assert.Equal(refusal.Vi.GetProperty("errors").GetArrayLength(), refusal.En.GetProperty("errors").GetArrayLength());
        Assert.NotEqual(refusal.Vi.GetProperty("errors")[0].GetProperty("message").GetString(),
            refusal.En.GetProperty("errors")[0].GetProperty("message").GetString());
    }

    [Fact]
    public async Task All_problems_of_a_question_come_together()
    {
        var refusal = await Refusal.OfGetAsync(hub.Reader,
            $"{QuestionHub.Records}?filtr=x&xã=1&select=xa,mà&orderby=tuoi up&filter=năm eq 1 and tuoi eq 'x'&limit=0&format=xml",
                HttpStatusCode.BadRequest, "query_invalid");
        Assert.Equal(
            ["filter column_unknown", "filter filter_value_invalid", "filtr parameter_unknown", "format format_unknown",
                "limit number_invalid", "orderby order_invalid", "select column_unknown", "xã parameter_unknown"],
            refusal.Errors.Order(StringComparer.Ordinal));
        var text = refusal.En.GetRawText();
        Assert.Contains("did you mean \\\"filter\\\"?", text, StringComparison.Ordinal);
        Assert.Contains("did you mean \\\"xa\\\"?", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("select=xa,bi_mat")]
    [InlineData("orderby=bi_mat")]
    [InlineData("filter=contains(bi_mat,'b')")]
    [InlineData("filter=bi_mat eq xa")]
    [InlineData("bi_mat=x")]
    public async Task A_column_outside_the_agreement_answers_nothing(string parameters)
    {
        var refusal = await Refusal.OfGetAsync(hub.Reader, $"{QuestionHub.Records}?{parameters}", HttpStatusCode.Forbidden,
            "column_not_granted");
        Assert.DoesNotContain("bi_mat", refusal.En.GetProperty("errors")[0].GetProperty("allowed").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_is_read_strictly_and_wholly()
    {
        var refusal = await Refusal.OfPostAsync(hub.Reader, Query,
            new { filtr = "x", limit = 0, where = new { tuoii = new[] { 1 }, tuoi = new object[] { 1, "x" }, xa = 5 }, select = 7 },
            HttpStatusCode.BadRequest, "query_invalid");
        Assert.Equal(
            ["/filtr member_unknown", "/limit number_invalid", "/select json_invalid", "/where/tuoi/1 value_invalid",
                "/where/tuoii column_unknown", "/where/xa value_invalid"],
            refusal.Errors.Order(StringComparer.Ordinal));
        foreach (var body in new[] { "[]", "{\"limit\":1,\"limit\":2}", "{\"filter\":\"\\ud800\"}", "{\"\\ud800\":1}",
            "{\"where\":{\"\\ud800\":1}}", "{\"where\":{\"xa\":\"\\udc00\"}}", "{\"where\":[]}", "{\"where\":{\"xa\":[]}}", "{", "nul" })
        {
            using var answer = await hub.Reader.PostAsync(HubCalls.Api + Query, new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{body}: {(int)answer.StatusCode}");
        }

        using var plain = await hub.Reader.PostAsync(HubCalls.Api + Query, new StringContent("{}", Encoding.UTF8, "text/plain"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, plain.StatusCode);
    }

    [Fact]
    public async Task Three_thousand_terms_are_refused_and_a_thousand_values_are_not()
    {
        foreach (var filter in new[]
        {
            string.Join(" or ", Enumerable.Repeat("tuoi eq 1", 3_000)), new string('(', 3_000) + "tuoi eq 1" + new string(')', 3_000),
                string.Concat(Enumerable.Repeat("not ", 3_000)) + "true",
        })
        {
            await Refusal.OfPostAsync(hub.Reader, Query, new { filter }, HttpStatusCode.BadRequest, "filter_too_complex");
        }

        var values = Enumerable.Range(1, 1_000).Select(i => $"'X{i}'");
        using var answer = await hub.AskAsync(new { filter = $"xa in ({string.Join(',', values)})" });
        Assert.Equal(32, (await answer.JsonAsync()).GetProperty("value").GetArrayLength());
        await Refusal.OfPostAsync(hub.Reader, Query, new { filter = $"xa in ({string.Join(',', values)},'a')" },
            HttpStatusCode.BadRequest, "query_invalid");
        await Refusal.OfGetAsync(hub.Reader, $"{QuestionHub.Records}?filter=xa in ({string.Join(',', values)})",
            HttpStatusCode.BadRequest, "filter_too_complex");
    }

    [Theory]
    [InlineData("orderby=tuoi", "the order")]
    [InlineData("orderby=xa,tuoi", "the order")]
    [InlineData("filter=tuoi eq 5", "the filter")]
    [InlineData("filter=xa ne 'X1'", "the filter")]
    [InlineData("filter=xa eq 'X1' or tuoi eq 5", "the filter")]
    [InlineData("tuoi=5", "the filter")]
    public async Task What_no_index_serves_is_refused_in_a_large_version(string parameters, string what)
    {
        var refusal = await Refusal.OfGetAsync(hub.Reader, $"{QuestionHub.Records}?{parameters}", HttpStatusCode.BadRequest,
            "query_unindexed");
        Assert.Contains(what, refusal.Detail, StringComparison.Ordinal);
        Assert.Contains("(cccd, xa)", refusal.En.GetProperty("hint").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_belongs_to_one_question_of_one_client_about_one_version()
    {
        const string Walk = QuestionHub.Records + "?limit=3&filter=xa eq 'X1'&orderby=xa desc";
        var page = await HubCalls.ReadAsync(await hub.Reader.GetAsync(HubCalls.Api + Walk), HttpStatusCode.OK);
        var cursor = page.GetProperty("next").GetString()!.Split("cursor=")[1];
        Assert.Equal(3, (await HubCalls.ReadAsync(await hub.Reader.GetAsync($"{HubCalls.Api}{Walk}&cursor={cursor}"),
            HttpStatusCode.OK)).GetProperty("value").GetArrayLength());
        using var same = await hub.AskAsync(new { filter = "xa eq 'X1'", orderby = "xa desc", limit = 2, cursor });
        Assert.Equal(2, (await same.JsonAsync()).GetProperty("value").GetArrayLength());

        string[] others =
        [
            QuestionHub.Records + "?limit=3&filter=xa eq 'X2'&orderby=xa desc", QuestionHub.Records + "?limit=3&filter=xa eq 'X1'",
                QuestionHub.Records + "?limit=3",
            Walk + "&select=xa", Walk + "&count=exact", Walk + "&xa=X1",
        ];
        foreach (var other in others)
        {
            await Refusal.OfGetAsync(hub.Reader, $"{other}&cursor={cursor}", HttpStatusCode.BadRequest, "cursor_mismatch");
        }

        foreach (var altered in new[] { cursor[..^1], cursor[..^2] + (cursor[^2] == 'A' ? 'B' : 'A') + cursor[^1], "", "abc" })
        {
            await Refusal.OfGetAsync(hub.Reader, $"{Walk}&cursor={altered}", HttpStatusCode.BadRequest, "cursor_mismatch");
        }

        using var stranger = await hub.Server.RecipientAsync("H62", "cong-dan", "tra cuu", "cccd", "ten", "xa", "tuoi", "limit");
        stranger.DefaultRequestHeaders.Add("Data-Purpose", "tra cuu");
        await Refusal.OfGetAsync(stranger, $"{Walk}&cursor={cursor}", HttpStatusCode.BadRequest, "cursor_mismatch");
    }
}
