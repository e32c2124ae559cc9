using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Ingestion.Pipeline;

namespace DataHub.Ingestion.Tests.Pipeline;

/// <summary>Reading ahead keeps order, hands over no batch that is still being filled, and shows a failure after everything read before it.</summary>
public sealed class ReadAheadTests
{
    [Fact]
    public async Task Batches_come_whole_and_in_order()
    {
        await using var reader = new Counting(batches: 50, failAt: -1);
        await using var ahead = new ReadAhead(reader, CancellationToken.None);
        var seen = new List<long>();
        while (await ahead.NextAsync() is { } batch)
        {
            var before = batch.Columns[0].Longs[0];
            await Task.Yield();
            Assert.Equal((1, before), (batch.Count, batch.Columns[0].Longs[0]));
            seen.Add(before);
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(i => (long)i), seen);
    }

    [Fact]
    public async Task A_failing_source_is_told_after_what_it_gave()
    {
        await using var reader = new Counting(batches: 50, failAt: 3);
        await using var ahead = new ReadAhead(reader, CancellationToken.None);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(i, (await ahead.NextAsync())!.Columns[0].Longs[0]);
        }

        await Assert.ThrowsAsync<InvalidDataException>(async () => await ahead.NextAsync());
    }

    [Fact]
    public async Task Giving_up_cancels_the_batch_under_way_and_leaves_the_reader_free()
    {
        await using var reader = new Counting(batches: 2, failAt: -1) { Waits = true };
        var ahead = new ReadAhead(reader, CancellationToken.None);
        Assert.NotNull(await ahead.NextAsync());
        await ahead.DisposeAsync();
        Assert.False(reader.IsReading);
    }

    /// <summary>A source of one number a batch; its last batch never ends where it <see cref="Waits"/>.</summary>
    private sealed class Counting(int batches, int failAt) : IRecordReader
    {
        private int given;

        public bool Waits { get; init; }

        public bool IsReading { get; private set; }

        public IReadOnlyList<SourceField> Fields { get; } = [new("n", SourceKind.Int64, "bigint")];

        public DateTimeOffset AsOf => default;

        public long? EstimatedRecords => null;

        public async ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
        {
            Assert.False(IsReading);
            IsReading = true;
            try
            {
                batch.Clear();
                await Task.Yield();
                if (Waits && given == batches - 1)
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }

                if (given == failAt)
                {
                    throw new InvalidDataException("broken");
                }

                if (given == batches)
                {
                    return false;
                }

                batch.Columns[0].Append((long)given++);
                batch.EndRecord(given);
                return true;
            }
            finally
            {
                IsReading = false;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
