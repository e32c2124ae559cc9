using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>Kinds whose pulls take windows: records with the watermark at which the last pull stood belong to the next one too.</summary>
public abstract class WindowConformance<TKit>(TKit kit) : ConformanceTests<TKit>(kit)
    where TKit : ConformanceKit
{
    private static readonly KitColumn[] Columns = [new("ma", "int64"), new("ten", "text"), new("so", "int64")];

    [Fact]
    public async Task Ties_at_the_boundary_are_read_once_more_and_none_is_lost()
    {
        var lab = await Kit.LabAsync();
        await Kit.PutAsync("ties", Of((1, 10), (2, 20), (3, 20)));
        var dataset = await lab.DatasetAsync("ties", Of(), null, null, "hub.mode=incremental", "hub.watermark=so", "hub.lag=0");
        await lab.RunAsync(dataset);
        await Kit.PutAsync("ties", Of((1, 10), (2, 20), (3, 20), (4, 20), (5, 20), (6, 19), (7, null)));

        var window = await lab.RunAsync(dataset, "incremental");
        Assert.True(window.Pulled == "window" || Kit.WindowMayWiden, window.Pulled);
        Assert.Equal(window.Pulled == "window" ? ("published", "20", 2L) : ("published", null, 4L), (window.State, window.WindowFrom, window.New));
        Assert.Superset(new HashSet<string?> { "1", "2", "3", "4", "5" }, (await lab.PublishedAsync(dataset)).Select(r => r[0]).ToHashSet());
        var same = await lab.RunAsync(dataset, "incremental");
        Assert.Equal((0L, 0L), (same.Changed, same.Removed));

        // What lies before the boundary, and what has no watermark, is the full pull's.
        await lab.RunAsync(dataset);
        Assert.Equal(7, (await lab.PublishedAsync(dataset)).Length);
    }

    private static KitTable Of(params (int Key, int? Number)[] rows) => new(Columns, [.. rows.Select(r => new[] { $"{r.Key}", "a", r.Number is { } n ? $"{n}" : null })]);
}
