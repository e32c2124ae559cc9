using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DataHub.Gateway.Tests.BadInput;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>
/// Whatever is asked, the hub's answer over HTTP equals a plain evaluation of the records by OData's rules, at every version and page
/// by page.
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
            var asked = Ask(dataset, random);
            try
            {
                answered += await CheckAsync(reader, dataset, asked, random);
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"dataset {number}, question {i}: {asked}\n{e.Message}", e);
            }
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

    private static Asked Ask(OracleDataset dataset, Random random)
    {
        var columns = dataset.Columns;
        var filter = random.Next(8) == 0 ? null : new RandomFilters(columns, random).Next();
        var where = new List<(int Column, object? Value)>();
        if (random.Next(4) == 0)
        {
            // A column named like a parameter has no parameter of its own.
            var at = Enumerable.Range(0, columns.Count).Where(c => columns[c].Name != "limit").OrderBy(_ => random.Next()).First();
            where.AddRange(Enumerable.Range(0, random.Next(1, 4)).Select(_ =>
                (at, (object?)columns[at].Values[random.Next(columns[at].Values.Length)])));
        }

        var order = Enumerable.Range(0, columns.Count).OrderBy(_ => random.Next()).Take(random.Next(4)).Select(c =>
            (c, random.Next(2) == 0)).ToList();
        var select = random.Next(2) == 0 ? null
            : Enumerable.Range(0, columns.Count).OrderBy(_ => random.Next()).Take(random.Next(1, 5)).ToList();
        return new Asked(columns, filter, where, order, select) { Count = random.Next(2) == 0 };
    }

    private static async Task<int> CheckAsync(HttpClient reader, OracleDataset dataset, Asked asked, Random random)
    {
        var version = random.Next(1, 4);
        var expected = dataset.Answer(version, asked.Holds, asked.Order);
        var selected = asked.Select ?? [.. Enumerable.Range(0, dataset.Columns.Count)];
        var wanted = expected.Select(r => string.Join('|', selected.Select(c => dataset.Columns[c].Show(r[c])))).ToList();
        var reference = version == 3 && random.Next(2) == 0 ? "latest" : $"{version}";
        var found = new List<string>();
        var limit = random.Next(3) == 0 ? 1_000 : random.Next(3, 25);
        string? next = null;
        do
        {
            var page = await asked.GetAsync(reader, $"{HubCalls.Api}datasets/{dataset.Name}/versions/{reference}", limit, next);
            found.AddRange(page.GetProperty("value").EnumerateArray().Select(record =>
                string.Join('|', record.EnumerateObject().Select((p, i) =>
                {
                    Assert.Equal(dataset.Columns[selected[i]].Name, p.Name);
                    return dataset.Columns[selected[i]].Show(dataset.Columns[selected[i]].Read(p.Value));
                }))));
            if (asked.Count || asked.IsWhole)
            {
                Assert.Equal(wanted.Count, page.GetProperty("total").GetInt32());
                Assert.False(page.TryGetProperty("totalIsEstimate", out _));
            }

            Assert.Equal(version, page.GetProperty("version").GetProperty("seq").GetInt32());
            next = page.GetProperty(asked.InBody ? "cursor" : "next").GetString();
            Assert.True(found.Count <= wanted.Count, "more records than expected");
        }
        while (next is not null);

        Assert.Equal(wanted, found);
        return found.Count;
    }

    // Half of a surrogate pair has no UTF-8; its bytes go as they would be if it had.
    private static string Escape(string text) =>
        string.Concat(text.Select(c => char.IsSurrogate(c) ? $"%ED%{0xA0 | ((c >> 6) & 0x1F):X2}%{0x80 | (c & 0x3F):X2}"
        : Uri.EscapeDataString($"{c}")));

    /// <summary>One question, as a URL or a body.</summary>
    private sealed record Asked(
        IReadOnlyList<OracleColumn> Columns, OracleFilter? Filter, IReadOnlyList<(int Column, object? Value)> Where,
        IReadOnlyList<(int Column, bool Descending)> Order, IReadOnlyList<int>? Select)
    {
        public required bool Count { get; init; }

        public bool IsWhole => Filter is null && Where.Count == 0;

        public bool InBody => Filter is { Text.Length: > 500 } || (Order.Count + Where.Count) % 2 == 1;

        private string OrderBy => string.Join(',', Order.Select(o => Columns[o.Column].Name + (o.Descending ? " desc" : "")));

        public bool Holds(object?[] record) => (Filter?.Holds(record) ?? true)
            && (Where.Count == 0 || Where.Any(w => OracleColumn.Compare(record[w.Column], w.Value) == 0));

        public async Task<JsonElement> GetAsync(HttpClient reader, string version, int limit, string? next)
        {
            if (!InBody)
            {
                return await HubCalls.ReadAsync(await reader.GetAsync(next ?? $"{version}/records?limit={limit}{Parameters()}"),
                    HttpStatusCode.OK);
            }

            var where = Where.GroupBy(w => w.Column).ToDictionary(g => Columns[g.Key].Name, g =>
                g.Select(w => Columns[w.Column].Canonical(w.Value!)).ToArray());
            var body = new Dictionary<string, object?>
            {
                ["filter"] = Filter?.Text, ["where"] = where.Count == 0 ? null : where, ["limit"] = limit, ["cursor"] = next,
                    ["count"] = Count ? "exact" : null,
                ["orderby"] = Order.Count == 0 ? null : OrderBy, ["select"] = Select?.Select(c => Columns[c].Name).ToArray(),
            };
            using var answer = await reader.PostAsJsonAsync(version + "/query", body);
            Assert.True(answer.Headers.CacheControl?.NoStore ?? !answer.IsSuccessStatusCode);
            return await HubCalls.ReadAsync(answer, HttpStatusCode.OK);
        }

        public override string ToString() => $"{Parameters()} body={InBody}";

        private string Parameters() =>
            (Filter is null ? "" : "&filter=" + Uri.EscapeDataString(Filter.Text))
            + string.Concat(Where.Select(w =>
                $"&{Uri.EscapeDataString(Columns[w.Column].Name)}={Uri.EscapeDataString(Columns[w.Column].Canonical(w.Value!))}"))
            + (Order.Count == 0 ? "" : "&orderby=" + Uri.EscapeDataString(OrderBy))
            + (Select is null ? "" : "&select=" + Uri.EscapeDataString(string.Join(',', Select.Select(c => Columns[c].Name))))
            + (Count ? "&count=exact" : "");
    }
}
