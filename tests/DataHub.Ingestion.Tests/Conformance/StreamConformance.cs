using System.Globalization;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Tests.Sources;
using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>Large tables, alike for every kind: every record once and in bounded memory, and given up at any moment.</summary>
[Collection(MeasuresMemory.Name)]
public abstract class StreamConformance<TKit>(TKit kit) : ConformanceTests<TKit>(kit)
    where TKit : ConformanceKit
{
    private const int Rows = 200_000;

    // The rows are 35 MB: a reader that kept them, or a share that grows with them, would be far above.
    private const long MostLive = 12L << 20;

    protected override Task PrepareAsync() => Kit.PutOnceAsync("many", KitTable.Many(Rows));

    [Fact]
    public async Task Two_hundred_thousand_records_come_once_each_in_bounded_memory()
    {
        await using (var warm = await OpenAsync(default))
        {
            await warm.ReadAsync(new RecordBatch(warm.Fields), default);
        }

        var before = GC.GetTotalMemory(true);
        await using var reader = await OpenAsync(default);
        var (batch, seen, most, next) = (new RecordBatch(reader.Fields), new LiveRecords(Rows), 0L, 0);
        while (await reader.ReadAsync(batch, default))
        {
            seen.Take(batch);
            if (seen.Count >= next)
            {
                most = Math.Max(most, GC.GetTotalMemory(true) - before);
                next += Rows / 10;
            }
        }

        Assert.Equal(Rows, seen.Count);
        Assert.InRange(most, long.MinValue, MostLive);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task Reading_ends_when_it_is_cancelled_after_any_batch(int batches)
    {
        using var cancel = new CancellationTokenSource();
        var reader = await OpenAsync(cancel.Token);
        var batch = new RecordBatch(reader.Fields);
        for (var i = 0; i < batches; i++)
        {
            Assert.True(await reader.ReadAsync(batch, cancel.Token));
        }

        await cancel.CancelAsync();

        // What was fetched already may still come; the end of the source may not.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Run(async () =>
        {
            while (await reader.ReadAsync(batch, cancel.Token))
            {
            }
        }).WaitAsync(TimeSpan.FromSeconds(15)));
        await reader.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));
    }

    private Task<IRecordReader> OpenAsync(CancellationToken cancellation) =>
        Kit.Adapter.OpenAsync(Kit.Source, Kit.Contract("many", KitTable.Many(1)), cancellation);
}

/// <summary>Checks the rows of <see cref="KitTable.Many"/> while they pass: each once, in whatever order, with its own text.</summary>
internal sealed class LiveRecords(int rows)
{
    private readonly bool[] seen = new bool[rows + 1];

    public int Count { get; private set; }

    public void Take(RecordBatch batch)
    {
        Assert.Empty(batch.Broken);
        for (var row = 0; row < batch.Count; row++)
        {
            var key = int.Parse(SourceKit.Show(batch.Columns[0], row), CultureInfo.InvariantCulture);
            Assert.False(seen[key], $"record {key} came twice");
            seen[key] = true;
            Count++;
            if (key % 1_000 == 1)
            {
                Assert.Equal(KitTable.TextOf(key), SourceKit.Show(batch.Columns[1], row));
            }
        }
    }
}
