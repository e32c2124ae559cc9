using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using DataHub.Core.Validation;
using DataHub.Storage.Loads;
using DataHub.Storage.Quarantine;

namespace DataHub.Ingestion.Pipeline;

/// <summary>Steps 2 and 3 of the load for every record: valid ones and tombstones into the load, all others into quarantine.</summary>
internal sealed class RecordStream(PullPlan plan, IRecordReader reader, RecordLoad load, QuarantineWriter quarantine)
{
    private readonly DataContract contract = plan.Request.Contract;
    private readonly RecordEncoder encoder = new(plan.Request.Contract, load.Target.Layout, reader.Fields);
    private readonly WindowFilter window = new(plan);

    /// <summary>Where the source stood, complete after <see cref="RunAsync"/>; null where the adapter keeps nothing.</summary>
    public KeptPosition? Position => reader.Position is { } position
        ? new KeptPosition(position with { High = Higher(window.High, plan.Request.Last?.High) }, contract.Pull.Watermark?.Name)
        : null;

    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var batches = new ReadAhead(reader, cancellation);
        while (await batches.NextAsync() is { } batch)
        {
            for (var row = 0; row < batch.Count; row++)
            {
                if (Take(batch, row, out var stale) is { } why)
                {
                    await quarantine.AddAsync(batch, row, contract, why, stale, cancellation);
                }
            }

            foreach (var broken in batch.Broken)
            {
                load.RejectBroken();
                await quarantine.AddBrokenAsync(broken, cancellation);
            }

            await load.FlushAsync(cancellation);
        }
    }

    /// <summary>Null, or why the record is rejected.</summary>
    private List<Violation>? Take(RecordBatch batch, int row, out bool stale)
    {
        stale = false;
        if (plan.Request.KeysOnly)
        {
            return load.Meet(encoder, batch, row) ? null : Reject(encoder.KeyViolations, batch, row, out stale);
        }

        if (batch.IsDeleted(row))
        {
            return load.Bury(encoder, batch, row) ? null : Reject(encoder.KeyViolations, batch, row, out stale);
        }

        var valid = encoder.Encode(batch, row);
        if (!window.Takes(encoder.Watermark) && (valid || encoder.Watermark is not null))
        {
            return null;
        }

        if (encoder.IsTombstone(batch, row))
        {
            return load.Bury(encoder, batch, row) ? Accept(batch, row) : Reject(encoder.KeyViolations, batch, row, out stale);
        }

        if (!valid)
        {
            return Reject(encoder.Violations, batch, row, out stale);
        }

        return load.Add(encoder, batch, row) ? Accept(batch, row) : [Violation.DuplicateKey];
    }

    private List<Violation>? Accept(RecordBatch batch, int row)
    {
        quarantine.Accept(batch, row);
        return null;
    }

    private List<Violation> Reject(List<Violation> why, RecordBatch batch, int row, out bool stale)
    {
        List<Violation> kept = [.. why];
        stale = load.Reject(encoder, batch, row);
        return kept;
    }

    private string? Higher(string? found, string? before) =>
        found is null || before is null || contract.Pull.Watermark is not { } column ? found ?? before
        : WatermarkText.TryParse(found, column.Type, out var a) && WatermarkText.TryParse(before, column.Type, out var b) && a < b ? before : found;
}
