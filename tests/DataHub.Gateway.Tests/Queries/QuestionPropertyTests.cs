using System.Net;
using System.Text.Json;
using DataHub.Gateway.Tests.BadInput;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>
/// Whatever is asked, the hub's answer over HTTP equals a plain evaluation of the records by OData's rules, in every format, at every
/// version and page by page.
/// </summary>
public sealed class QuestionPropertyTests(SectorHub hub) : IClassFixture<SectorHub>
{
    private const int FirstSeed = 20_261_124;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task An_answer_equals_the_plain_evaluation_at_every_version(int number)
    {
        var random = new Random(FirstSeed + number);
        var dataset = await OracleDataset.PublishAsync(hub, $"hoi{number}", random);
        using var reader = hub.Server.CreateClient();
        var answered = 0;
        for (var i = 0; i < 80; i++)
        {
            var (asked, form) = (OracleQuestion.Any(dataset, random), AnswerForm.Any(random));
            answered += await CheckAsync(reader, dataset, asked, form, random);
        }

        // Questions that all find nothing would prove nothing.
        Assert.True(answered > 500, $"only {answered} records were answered");
    }

    [Fact]
    public async Task Any_string_as_a_filter_is_answered_or_refused()
    {
        var random = new Random(FirstSeed);
        var dataset = await OracleDataset.PublishAsync(hub, "bat_ky".Replace("_", "", StringComparison.Ordinal), random);
        using var reader = hub.Server.CreateClient();
        string[] pieces =
        [
            "ma", "nhom", " eq ", " and ", " or ", "not ", " in ", "(", ")", "'", "'x'", "1", "-", ".", ",", "null", "contains(",
                "tolower(", "2026-01-01", "Z", "/", "$it", "@p", "%", "\0", "\ud83d",
            "😀", "Đ", "\\", "\"", "{", "[",
        ];
        for (var i = 0; i < 400; i++)
        {
            var filter = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => pieces[random.Next(pieces.Length)]));
            var body = $$"""{"filter":{{JsonSerializer.Serialize(filter)}},"limit":1}""";
            using var answer = i % 2 == 0
                ? await reader.GetAsync($"{HubCalls.Api}datasets/{dataset.Name}/versions/latest/records?limit=1&filter={Escape(filter)}")
                : await reader.PostAsync($"{HubCalls.Api}datasets/{dataset.Name}/versions/latest/query",
                    new StringContent(body, System.Text.Encoding.UTF8, "application/json"));
            Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest,
                $"{filter}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    [Fact]
    public async Task A_walk_in_any_format_stays_in_its_version_while_others_are_published_beneath_it()
    {
        var random = new Random(FirstSeed);
        var dataset = await OracleDataset.PublishAsync(hub, "duyet", random);
        using var reader = hub.Server.CreateClient();
        var walks = Enumerable.Range(0, 36).Select(i => Walk.Any(dataset, random, AnswerForm.Formats[i % 3])).ToList();
        for (var round = 0; walks.Exists(w => !w.IsDone); round++)
        {
            foreach (var walk in walks.Where(w => !w.IsDone))
            {
                await walk.StepAsync(reader);
            }

            // Those that are under way have begun; the next publications change and remove what they have yet to read.
            if (round < 3)
            {
                await dataset.PublishNextAsync(hub);
            }
        }

        Assert.All(walks, w => w.RequireWhole());
        Assert.Equal(4, walks.GroupBy(w => (w.Form.Format == "csv", w.Asked.InBody)).Count(g => g.Max(w => w.Pages) > 3));
    }

    private static async Task<int> CheckAsync(HttpClient reader, OracleDataset dataset, OracleQuestion asked, AnswerForm form, Random random)
    {
        var version = random.Next(1, 4);
        var walk = new Walk(dataset, asked, form, version, version == 3 && random.Next(2) == 0 ? "latest" : $"{version}",
            random.Next(3) == 0 ? 1_000 : random.Next(3, 25));
        while (!walk.IsDone)
        {
            await walk.StepAsync(reader);
        }

        walk.RequireWhole();
        return walk.Found.Count;
    }

    // Half of a surrogate pair has no UTF-8; its bytes go as they would be if it had.
    private static string Escape(string text) =>
        string.Concat(text.Select(c => char.IsSurrogate(c) ? $"%ED%{0xA0 | ((c >> 6) & 0x1F):X2}%{0x80 | (c & 0x3F):X2}"
        : Uri.EscapeDataString($"{c}")));
}
