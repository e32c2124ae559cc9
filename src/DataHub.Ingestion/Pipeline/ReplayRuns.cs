using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Core.Validation;
using DataHub.Storage.Connections;
using DataHub.Storage.Loads;
using DataHub.Storage.Quarantine;
using DataHub.Storage.Runs;
using DataHub.Storage.Versions;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// Replays of quarantined records: the ordinary run over another source, the quarantine itself, as a part of the whole. What it reads was kept as the source gave it, with
/// a person's patches over it.
/// </summary>
public sealed class ReplayRuns(ReplayItems items, StoreConnections connections)
{
    /// <summary>Records given are taken, absence says nothing, the watermark stays.</summary>
    /// <exception cref="HubErrorException">run_needs_version.</exception>
    public async Task<PullPlan> PlanAsync(ClaimedRun run, DataContract contract, StoreLine line, CancellationToken cancellation)
    {
        if (line.Head == 0)
        {
            throw HubErrors.RunNeedsVersion(run.Mode, run.Dataset).ToException();
        }

        await items.ForgetAsync(run.Id, cancellation);
        return new PullPlan(new PullRequest(contract), LoadScope.Part, MovesWatermark: false, Identity: null);
    }

    /// <summary>A reader of the run's records; it begins when it is first read, after <see cref="SetAsideAsync"/>.</summary>
    public async Task<IRecordReader> OpenAsync(ClaimedRun run, DataContract contract, CancellationToken cancellation)
    {
        // The source was not asked: the version stays as of when it was.
        await using var command = connections.Control.CreateCommand("SELECT as_of FROM hub.versions WHERE dataset_id = $1 ORDER BY major DESC, seq DESC LIMIT 1");
        command.Parameters.AddWithValue(run.DatasetId);
        var asOf = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellation))!, TimeSpan.Zero);
        return new ReplayReader(items.ReadAsync(run.Id, cancellation).GetAsyncEnumerator(cancellation), contract, asOf);
    }

    /// <summary>Gives those entries their outcome that cannot be replayed whatever their record is worth, so that the reader leaves them out.</summary>
    public async Task SetAsideAsync(ClaimedRun run, DataContract contract, LoadTarget target, CancellationToken cancellation)
    {
        var aside = new Dictionary<string, List<long>>();
        var newer = new NewerImages(connections);
        var fields = ReplayReader.FieldsOf(contract);
        var encoder = new RecordEncoder(contract, target.Layout, fields);
        var batch = new RecordBatch(fields, 1);
        await foreach (var item in items.ReadAsync(run.Id, cancellation))
        {
            if (Obstacle(item, out var record) is { } outcome)
            {
                aside.TryAdd(outcome, []);
                aside[outcome].Add(item.EntryId);
                continue;
            }

            batch.Clear();
            record.AppendTo(batch, contract, item.Patch, item.EntryId);
            if (encoder.TryKeyOfRejected(batch, 0, out _, out var key))
            {
                newer.Add(key, item.EntryId);
            }
        }

        foreach (var (outcome, entries) in aside)
        {
            await items.NoteAsync(run.Id, entries, outcome, cancellation);
        }

        await items.NoteAsync(run.Id, await newer.FindAsync(target, cancellation), ReplayItems.NewerImage, cancellation);
    }

    private static string? Obstacle(ReplayItem item, out StoredRecord record)
    {
        record = item.Record is null ? new(new Dictionary<string, string?>(), new Dictionary<string, string>(), new HashSet<string>()) : StoredRecord.Read(item.Record);
        return item.Status == "replayed" ? ReplayItems.AlreadyReplayed
            : item.Status != "open" || item.Record is null ? ReplayItems.NotOpen
            : record.Partial.Any(p => !item.Patch.ContainsKey(p)) ? ReplayItems.Incomplete
            : null;
    }
}

/// <summary>The records of a replay as batches of text columns; a record's position is the number of its entry.</summary>
internal sealed class ReplayReader(IAsyncEnumerator<ReplayItem> items, DataContract contract, DateTimeOffset asOf) : IRecordReader
{
    public IReadOnlyList<SourceField> Fields { get; } = FieldsOf(contract);

    public DateTimeOffset AsOf => asOf;

    public long? EstimatedRecords => null;

    public static IReadOnlyList<SourceField> FieldsOf(DataContract contract) =>
        [.. contract.Columns.Select(c => new SourceField(c.SourceName, SourceKind.Text, "text"))];

    public async ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        while (!batch.IsFull && await items.MoveNextAsync())
        {
            cancellation.ThrowIfCancellationRequested();
            var item = items.Current;
            StoredRecord.Read(item.Record!).AppendTo(batch, contract, item.Patch, item.EntryId);
        }

        return batch.Count > 0;
    }

    public ValueTask DisposeAsync() => items.DisposeAsync();
}
