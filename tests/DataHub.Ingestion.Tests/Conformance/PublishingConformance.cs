using DataHub.Core.Sources;
using DataHub.Ingestion.Tests.Sources;
using DataHub.Storage.ControlPlane;
using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>
/// From the source to the published version, alike for every kind: what was put in comes out, whatever the kind, and what cannot is in quarantine or
/// refused. Runs go through the hub's real worker.
/// </summary>
public abstract class PublishingConformance<TKit>(TKit kit) : ConformanceTests<TKit>(kit)
    where TKit : ConformanceKit
{
    [Fact]
    public async Task Values_of_all_ten_types_are_published_as_they_were_put_in()
    {
        var (run, published) = await PublishAsync("types", KitTable.Types);

        Assert.Empty(await (await Kit.LabAsync()).RejectedAsync(run));
        Assert.Equal(KitTable.Types.Rows.Select(AsPublished), published);
    }

    [Fact]
    public async Task Texts_stay_as_they_are_byte_for_byte()
    {
        var table = KitTable.Of([.. KitTable.Texts.Select((t, i) => (i + 1L, (string?)t))]);

        var (_, published) = await PublishAsync("texts", table);

        Assert.Equal(KitTable.Texts, published.Select(r => r[1]));
    }

    [Fact]
    public async Task Empty_text_and_no_text_are_what_the_kind_can_tell()
    {
        var (_, published) = await PublishAsync("empties", KitTable.Of((1, ""), (2, null), (3, " ")));

        Assert.Equal([Kit.EmptyText, null, " "], published.Select(r => r[1]));
    }

    [Fact]
    public async Task An_empty_table_is_published_and_filled_later()
    {
        var lab = await Kit.LabAsync();
        await Kit.PutAsync("empty", KitTable.Empty);
        var dataset = await lab.DatasetAsync("empty", KitTable.Empty);
        Assert.Equal(("published", 0L), Ended(await lab.RunAsync(dataset)));

        await Kit.PutAsync("empty", KitTable.Of((1, "a")));
        Assert.Equal(("published", 1L), Ended(await lab.RunAsync(dataset)));
    }

    [Fact]
    public async Task A_row_of_two_hundred_and_fifty_columns_comes_whole()
    {
        var table = KitTable.Wide(250, 20);

        var (_, published) = await PublishAsync("wide", table);

        Assert.Equal(table.Rows, published);
    }

    [Fact]
    public async Task A_value_of_megabytes_comes_whole()
    {
        var huge = string.Concat(Enumerable.Repeat("Hồ sơ ", Kit.Huge.Fits / 9));

        var (_, published) = await PublishAsync("huge", KitTable.Of((1, "a"), (2, huge), (3, "c")));

        Assert.Equal(["a", huge, "c"], published.Select(r => r[1]));
    }

    [Fact]
    public async Task A_value_beyond_the_limit_is_set_aside_or_ends_the_pull()
    {
        var lab = await Kit.LabAsync();
        var table = KitTable.Of((1, "a"), (2, new string('x', Kit.Huge.Beyond)), (3, "c"));
        await Kit.PutAsync("beyond", table);

        var dataset = await lab.DatasetAsync("beyond", table);
        await AssertOneBadAsync(lab, dataset, Kit.Huge.Code, Kit.Huge.EndsThePull);
    }

    [Fact]
    public async Task Of_records_with_one_key_and_different_values_none_is_chosen()
    {
        var lab = await Kit.LabAsync();
        var table = KitTable.Of((1, "a"), (2, "b"), (3, "d"), (2, "c"), (3, "d"), (4, "e"));
        await Kit.PutAsync("twice", table);
        var dataset = await lab.DatasetAsync("twice", table);

        var run = await lab.RunAsync(dataset);

        Assert.Equal(("published", 6L), Ended(run));
        Assert.Equal((3L, 2L, 1L), (run.New, run.Rejected, run.Duplicate));
        Assert.Equal(["duplicate_key 2"], await lab.RejectedAsync(run));
        Assert.Equal(["1", "3", "4"], (await lab.PublishedAsync(dataset)).Select(r => r[0]));
    }

    [Fact]
    public async Task A_pull_after_permission_was_lost_says_so_and_reads_again_when_it_is_back()
    {
        var table = KitTable.Of((1, "a"), (2, "b"));
        await Kit.PutAsync("denied", table);
        Assert.Equal(2, await ReadAsync("denied", table));

        await using (await Kit.TakePermissionAsync("denied"))
        {
            var error = await SourceKit.Refusal(() => Kit.AsHub(() => ReadAsync("denied", table)));
            Assert.Equal((Kit.DeniedCode, false), (error.Code, error.IsTransient));
        }

        Assert.Equal(2, await ReadAsync("denied", table));
    }

    [Fact]
    public async Task Cancelling_in_the_middle_of_a_pull_takes_effect_and_publishes_nothing()
    {
        var lab = await Kit.LabAsync();
        // Every second record breaks a rule: a run comes to the gate long before its end.
        var table = KitTable.Of([.. Enumerable.Range(1, 20_000).Select(i => ((long)i, i % 2 == 0 ? "x" : "y"))]);
        await Kit.PutAsync("cancel", table);
        var dataset = await lab.DatasetAsync("cancel", table with { Columns = [table.Columns[0], new KitColumn("ten", "int64")] });
        await using (await lab.CloseGateAsync())
        {
            var run = await lab.QueueAsync(dataset);
            await lab.HeldAtGateAsync();

            await lab.AssertCancelsAsync(run);
        }

        var again = await lab.RunAsync(dataset);
        Assert.Equal(("published", 20_000L, 20_000L), (again.State, again.Read, again.Rejected));
    }

    /// <summary>Of three records the second is bad: the others are published, or nothing is.</summary>
    protected static async Task AssertOneBadAsync(ConformanceLab lab, Dataset dataset, string code, bool endsThePull)
    {
        var run = await lab.RunAsync(dataset);

        if (endsThePull)
        {
            Assert.Equal(("failed", code), (run.State, ConformanceLab.ErrorOf(run)));
            return;
        }

        Assert.Equal(("published", 3L, ""), (run.State, run.Read, ConformanceLab.ErrorOf(run)));
        Assert.Equal([$"{code} 1"], await lab.RejectedAsync(run));
        Assert.Equal(["1", "3"], (await lab.PublishedAsync(dataset)).Select(r => r[0]));
    }

    private async Task<(Run Run, string?[][] Published)> PublishAsync(string name, KitTable table)
    {
        var lab = await Kit.LabAsync();
        await Kit.PutAsync(name, table);
        var dataset = await lab.DatasetAsync(name, table);
        var run = await lab.RunAsync(dataset);
        Assert.True(run.State == "published", $"{run.State} {run.Error}");
        return (run, await lab.PublishedAsync(dataset));
    }

    private async Task<int> ReadAsync(string name, KitTable table) =>
        (await SourceKit.ReadAll(Kit.Adapter, Kit.Source, Kit.Contract(name, table))).Rows.Count;

    private static (string State, long Read) Ended(Run run) => (run.State, run.Read);

    /// <summary>As PostgreSQL writes the canonical text in JSON.</summary>
    private static string?[] AsPublished(string?[] row) =>
    [
        .. row.Select((cell, i) => (cell, KitTable.Types.Columns[i].Kind) switch
        {
            (null, _) => null,
            ({ } text, "decimal") when KitTable.Types.Columns[i].Type.Contains(",10", StringComparison.Ordinal) =>
                decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture).ToString("0.0000000000", System.Globalization.CultureInfo.InvariantCulture),
            ({ } text, "float64") => text.Replace("E+", "e+", StringComparison.Ordinal).Replace('E', 'e'),
            ({ } text, "timestamp") => text.Replace("Z", "+00:00", StringComparison.Ordinal),
            ({ } text, "bytes") => "\\x" + Convert.ToHexStringLower(Convert.FromBase64String(text)),
            var (text, _) => text,
        }),
    ];
}

/// <summary>With it, for kinds whose readers can meet bytes that are no text.</summary>
public abstract class BadTextConformance<TKit>(TKit kit) : PublishingConformance<TKit>(kit)
    where TKit : ConformanceKit, IHoldsBadText
{
    [Fact]
    public async Task Bytes_that_are_no_text_are_set_aside_or_end_the_pull()
    {
        var lab = await Kit.LabAsync();
        var source = await Kit.PutBadTextAsync("bad");
        var dataset = await lab.DatasetAsync("bad", KitTable.Empty, source);

        await AssertOneBadAsync(lab, dataset, Kit.BadTextCode, Kit.BadTextEndsThePull);
    }
}
