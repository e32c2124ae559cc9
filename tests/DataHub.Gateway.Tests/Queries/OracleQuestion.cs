using System.Net.Http.Json;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>One question, as a URL or a body, and which records answer it.</summary>
internal sealed record OracleQuestion(
    IReadOnlyList<OracleColumn> Columns, OracleFilter? Filter, IReadOnlyList<(int Column, object? Value)> Where,
    IReadOnlyList<(int Column, bool Descending)> Order, IReadOnlyList<int>? Select)
{
    public required bool Count { get; init; }

    public bool IsWhole => Filter is null && Where.Count == 0;

    public bool InBody => Filter is { Text.Length: > 500 } || (Order.Count + Where.Count) % 2 == 1;

    /// <summary>Columns of the answer, in its order.</summary>
    public IReadOnlyList<OracleColumn> Selected => Select is null ? Columns : [.. Select.Select(c => Columns[c])];

    private string OrderBy => string.Join(',', Order.Select(o => Columns[o.Column].Name + (o.Descending ? " desc" : "")));

    public static OracleQuestion Any(OracleDataset dataset, Random random)
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
        return new OracleQuestion(columns, filter, where, order, select) { Count = random.Next(2) == 0 };
    }

    /// <summary>The records of a version that answer, each as one text.</summary>
    public List<string> Answer(OracleDataset dataset, int version)
    {
        var selected = Select ?? [.. Enumerable.Range(0, Columns.Count)];
        return [.. dataset.Answer(version, Holds, Order).Select(r => string.Join('|', selected.Select(c => Columns[c].Show(r[c]))))];
    }

    /// <summary>Asks for a page: the first, or the one that the last page named.</summary>
    public async Task<HttpResponseMessage> AskAsync(HttpClient reader, string version, AnswerForm form, int limit, string? next)
    {
        using var request = InBody
            ? new HttpRequestMessage(HttpMethod.Post, $"{version}/query?{form.Parameters.TrimStart('&')}".TrimEnd('?'))
            {
                Content = JsonContent.Create(Body(limit, next)),
            }
            : new HttpRequestMessage(HttpMethod.Get, next ?? $"{version}/records?limit={limit}{Parameters()}{form.Parameters}");
        request.Headers.TryAddWithoutValidation("Accept", form.Accept);
        return await reader.SendAsync(request);
    }

    public override string ToString() => $"{Parameters()} body={InBody}";

    private bool Holds(object?[] record) => (Filter?.Holds(record) ?? true)
        && (Where.Count == 0 || Where.Any(w => OracleColumn.Compare(record[w.Column], w.Value) == 0));

    private Dictionary<string, object?> Body(int limit, string? cursor)
    {
        var where = Where.GroupBy(w => w.Column).ToDictionary(g => Columns[g.Key].Name, g =>
            g.Select(w => Columns[w.Column].Canonical(w.Value!)).ToArray());
        return new Dictionary<string, object?>
        {
            ["filter"] = Filter?.Text, ["where"] = where.Count == 0 ? null : where, ["limit"] = limit, ["cursor"] = cursor,
            ["count"] = Count ? "exact" : null,
            ["orderby"] = Order.Count == 0 ? null : OrderBy, ["select"] = Select?.Select(c => Columns[c].Name).ToArray(),
        };
    }

    private string Parameters() =>
        (Filter is null ? "" : "&filter=" + Uri.EscapeDataString(Filter.Text))
        + string.Concat(Where.Select(w =>
            $"&{Uri.EscapeDataString(Columns[w.Column].Name)}={Uri.EscapeDataString(Columns[w.Column].Canonical(w.Value!))}"))
        + (Order.Count == 0 ? "" : "&orderby=" + Uri.EscapeDataString(OrderBy))
        + (Select is null ? "" : "&select=" + Uri.EscapeDataString(string.Join(',', Select.Select(c => Columns[c].Name))))
        + (Count ? "&count=exact" : "");
}
