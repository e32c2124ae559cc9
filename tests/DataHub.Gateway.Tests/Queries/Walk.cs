namespace DataHub.Gateway.Tests.Queries;

/// <summary>A walk by cursor through one version, page after page, and what it should have met.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Asked">The question.</param>
/// <param name="Form">The format.</param>
/// <param name="Version">The version that its reference means when it begins.</param>
/// <param name="Reference">The version as the walk names it.</param>
/// <param name="Limit">Records of a page.</param>
internal sealed record Walk(OracleDataset Dataset, OracleQuestion Asked, AnswerForm Form, int Version, string Reference, int Limit)
{
    private readonly List<string> wanted = Asked.Answer(Dataset, Version);
    private string? next;

    /// <summary>
    /// A walk of several pages that begins at the newest version, mostly by that name, or at an old one.
    /// </summary>
    public static Walk Any(OracleDataset dataset, Random random, string format)
    {
        var version = random.Next(4) == 0 ? random.Next(1, dataset.Versions.Count) : dataset.Versions.Count;
        var reference = version == dataset.Versions.Count && random.Next(3) > 0 ? "latest" : $"{version}";
        while (true)
        {
            var walk = new Walk(dataset, OracleQuestion.Any(dataset, random), AnswerForm.Any(random, format), version, reference, random.Next(4, 12));
            if (walk.wanted.Count >= 20)
            {
                return walk;
            }
        }
    }

    /// <summary>The records met so far, each as one text.</summary>
    public List<string> Found { get; } = [];

    public int Pages { get; private set; }

    public bool IsDone => Pages > 0 && next is null;

    /// <summary>Reads the next page.</summary>
    public async Task StepAsync(HttpClient reader)
    {
        try
        {
            await ReadAsync(reader);
        }
        catch (Exception e)
        {
            throw new Xunit.Sdk.XunitException($"{Dataset.Name} {Reference}, page {Pages}: {Asked} {Form}\n{e.Message}", e);
        }
    }

    /// <summary>The walk met every record once, in order.</summary>
    public void RequireWhole()
    {
        if (!wanted.SequenceEqual(Found))
        {
            throw new Xunit.Sdk.XunitException(
                $"{Dataset.Name} {Reference}: {Asked} {Form}\nwanted {string.Join("; ", wanted)}\nfound {string.Join("; ", Found)}");
        }
    }

    private async Task ReadAsync(HttpClient reader)
    {
        using var answer = await Asked.AskAsync(reader, $"{HubCalls.Api}datasets/{Dataset.Name}/versions/{Reference}", Form, Limit, next);
        var columns = Asked.Selected;
        var page = await AnswerPage.ReadAsync(answer, Form, columns, Asked.InBody, Version);
        Assert.InRange(page.Records.Count, 0, Limit);
        if (Form.Format == "json" && (Asked.Count || Asked.IsWhole))
        {
            Assert.Equal(wanted.Count, page.Total);
        }

        Found.AddRange(page.Records.Select(r => string.Join('|', columns.Select((c, i) => c.Show(r[i])))));
        (next, Pages) = (page.Next, Pages + 1);
        Assert.True(Found.Count <= wanted.Count, "more records than expected");
    }
}
