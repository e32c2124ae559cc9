using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace DataHub.Gateway.Tests.Catalogue;

/// <summary>Finding datasets by what people type.</summary>
public sealed class SearchTests(CatalogueHub hub) : IClassFixture<CatalogueHub>
{
    [Theory]
    [InlineData("tra vinh")]
    [InlineData("Trà Vinh")]
    [InlineData("TRÀ VINH")]
    [InlineData("vinh tra")]
    public async Task Title_comes_before_description_and_provider_and_those_before_columns(string q) =>
        Assert.Equal(["don-vi", "ho-so-mot-cua", "doanh-nghiep"], await hub.FindAsync(q));

    [Fact]
    public async Task Composed_and_decomposed_letters_are_the_same() =>
        Assert.Equal(await hub.FindAsync("trà vinh".Normalize(NormalizationForm.FormC)),
            await hub.FindAsync("trà vinh".Normalize(NormalizationForm.FormD)));

    [Theory]
    [InlineData("ho so", "ho-so-mot-cua")]
    [InlineData("hồ sơ", "ho-so-mot-cua")]
    [InlineData("ho_so", "ho-so-mot-cua")]
    [InlineData("ho", "ho-so-mot-cua")]
    [InlineData("MÃ HỒ SƠ", "ho-so-mot-cua")]
    [InlineData("lao dong", "lao-dong")]
    [InlineData("dong bao hiem", "lao-dong")]
    [InlineData("đơn vị", "don-vi")]
    [InlineData("dia-gioi", "don-vi")]
    [InlineData("noi vu", "ho-so-mot-cua")]
    [InlineData("thue", "doanh-nghiep")]
    [InlineData("nghiep", "doanh-nghiep")]
    [InlineData("doanh nghiêpj", "doanh-nghiep")]
    [InlineData("doan nghiep", "doanh-nghiep")]
    [InlineData("hanh chnh", "don-vi")]
    [InlineData("tra vihn", "don-vi")]
    [InlineData("100%", "vinh-long")]
    [InlineData("giá_trị", "vinh-long")]
    public async Task Finds_without_accents_by_parts_of_words_and_with_a_typing_error(string q, string first) =>
        Assert.Equal(first, (await hub.FindAsync(q)).FirstOrDefault());

    [Theory]
    [InlineData("%")]
    [InlineData("100")]
    public async Task A_sign_is_a_sign(string q) => Assert.Equal(["vinh-long"], await hub.FindAsync(q));

    [Theory]
    [InlineData("zzzz")]
    [InlineData("%%")]
    [InlineData("\\")]
    [InlineData("'; DROP TABLE hub.datasets; --")]
    [InlineData("a' OR '1'='1")]
    [InlineData("hồ & !sơ | (cửa):*")]
    [InlineData("$1")]
    [InlineData("bi-mat.csv")]
    [InlineData("tep")]
    public async Task Nothing_is_read_as_a_pattern_or_as_SQL_and_what_is_not_public_is_not_found(string q) =>
        Assert.Empty(await hub.FindAsync(q));

    [Fact]
    public async Task Counts_each_facet_under_the_question_and_the_other_facets()
    {
        var all = await hub.ReadAsync("");
        Assert.Equal(5, all.GetProperty("total").GetInt64());
        Assert.Equal(["H84.02:2", "H86.01:2", "H84.01:1"], Counts(all, "provider"));
        Assert.Equal(["dia-gioi:2", "hanh-chinh:1", "kinh-te:1"], Counts(all, "theme"));
        Assert.Equal("Sở Nội vụ tỉnh Trà Vinh", all.GetProperty("facets").GetProperty("provider")[2].GetProperty("name").GetString());

        var some = await hub.ReadAsync("?q=tra+vinh&access=open");
        Assert.Equal(["don-vi", "doanh-nghiep"], CatalogueHub.Names(some));
        Assert.Equal(2, some.GetProperty("total").GetInt64());
        Assert.Equal(["H84.02:2"], Counts(some, "provider"));
        Assert.Equal(["open:2", "shared:1"], Counts(some, "access"));
        Assert.Empty(CatalogueHub.Names(await hub.ReadAsync("?provider=H99&q=tra+vinh")));
    }

    [Fact]
    public async Task Pages_give_every_dataset_once_and_a_cursor_belongs_to_its_question()
    {
        foreach (var question in new[] { "?limit=2", "?q=tra+vinh&limit=1", "?access=open&limit=1" })
        {
            var whole = CatalogueHub.Names(await hub.ReadAsync(question.Replace("limit=1", "limit=1000",
                StringComparison.Ordinal).Replace("limit=2", "limit=1000", StringComparison.Ordinal)));
            var walked = new List<string>();
            string? next = "/api/v1/catalog/datasets" + question;
            while (next is not null)
            {
                using var answer = await hub.Caller.GetAsync(next);
                var page = await answer.JsonAsync();
                walked.AddRange(CatalogueHub.Names(page));
                Assert.Equal(whole.Length, page.GetProperty("total").GetInt32());
                next = page.GetProperty("next").GetString();
                Assert.Equal(next is not null, answer.Headers.Contains("Link"));
            }

            Assert.Equal(whole, walked);
        }

        var first = await hub.ReadAsync("?q=tra+vinh&limit=1");
        var cursor = first.GetProperty("next").GetString()!.Split("cursor=")[1];
        foreach (var other in new[] { "?q=tra+vin&limit=1", "?limit=1", "?q=tra+vinh&access=open", "?q=tra+vinh&provider=H84.02" })
        {
            using var refused = await hub.Caller.GetAsync($"/api/v1/catalog/datasets{other}&cursor={cursor}");
            await refused.ProblemAsync(400, "cursor_mismatch");
        }

        using var larger = await hub.Caller.GetAsync($"/api/v1/catalog/datasets?q=tra+vinh&limit=10&cursor={cursor}");
        Assert.Equal(["ho-so-mot-cua", "doanh-nghiep"], CatalogueHub.Names(await larger.JsonAsync()));
        using var forged = await hub.Caller.GetAsync("/api/v1/catalog/datasets?cursor=abc");
        await forged.ProblemAsync(400, "cursor_mismatch");
    }

    [Theory]
    [InlineData("?q=", "request_invalid", "q required")]
    [InlineData("?q=%20%CC%81", "request_invalid", "q required")]
    [InlineData("?q=a%00b&provider=%00", "request_invalid", "q character_not_allowed", "provider character_not_allowed")]
    [InlineData("?access=opne&limit=0", "request_invalid", "access value_unknown", "limit number_invalid")]
    [InlineData("?limit=0", "limit_out_of_range", "limit number_invalid")]
    [InlineData("?limit=1001", "limit_out_of_range", "limit number_invalid")]
    [InlineData("?limit=ten", "limit_out_of_range", "limit number_invalid")]
    [InlineData("?after=x", "parameter_unknown", "after parameter_unknown")]
    [InlineData("?q=a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t+u", "request_invalid", "q too_many_words")]
    public async Task Refuses_what_it_cannot_answer(string query, string code, params string[] places)
    {
        using var answer = await hub.Caller.GetAsync("/api/v1/catalog/datasets" + query);
        Assert.Equal(places, (await answer.ProblemAsync(400, code)).Places());
    }

    [Fact]
    public async Task Refuses_a_question_that_is_too_long()
    {
        using var answer = await hub.Caller.GetAsync("/api/v1/catalog/datasets?q=" + new string('a', 201));
        Assert.Equal(["q too_long"], (await answer.ProblemAsync(400, "request_invalid")).Places());
    }

    private static string[] Counts(JsonElement list, string facet) =>
        [.. list.GetProperty("facets").GetProperty(facet).EnumerateArray().Select(f =>
            $"{f.GetProperty("value").GetString()}:{f.GetProperty("count").GetInt64()}")];
}
