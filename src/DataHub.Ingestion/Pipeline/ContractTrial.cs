using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using DataHub.Ingestion.Sources;

namespace DataHub.Ingestion.Pipeline;

/// <summary>One rule that records of a trial broke.</summary>
/// <param name="First">First violation of it.</param>
/// <param name="Count">Records that broke it.</param>
/// <param name="FirstPosition">Where the first of them stands in the source.</param>
public sealed record BrokenRule(Violation First, int Count, long FirstPosition);

/// <summary>What a contract would make of the first records of its source.</summary>
/// <param name="Sample">The first valid records as JSON objects, personal values left out.</param>
public sealed record TrialResult(RunCounts Counts, IReadOnlyList<BrokenRule> Rules, IReadOnlyList<string> Sample, DateTimeOffset AsOf);

/// <summary>A dry run: reads the first records through the same reader and encoder as a pull, and stores nothing.</summary>
public sealed class ContractTrial(SourceGateway sources, SourceRegistry registry)
{
    public const int Records = 1_000;
    private const int SampleSize = 5;

    public async Task<TrialResult> RunAsync(DataContract contract, CancellationToken cancellation)
    {
        var source = await registry.FindAsync(contract.Terms.Source, cancellation);
        await using var reader = await sources.OpenAsync(source, contract, cancellation);
        var layout = new StoreLayout(0, contract.Version.Major, []).With(contract);
        var trial = new Tally(contract, new RecordEncoder(contract, layout, reader.Fields));
        var batch = new RecordBatch(reader.Fields, Records);
        while (trial.Read < Records && await reader.ReadAsync(batch, cancellation))
        {
            trial.Take(batch);
        }

        return trial.Result(reader.AsOf);
    }

    private sealed class Tally(DataContract contract, RecordEncoder encoder)
    {
        private readonly Dictionary<(string?, string), BrokenRule> rules = [];
        private readonly KeyMap keys = new(Records);
        private readonly List<string> sample = [];
        private int valid;
        private int rejected;
        private int duplicate;

        public int Read => valid + rejected + duplicate;

        public void Take(RecordBatch batch)
        {
            foreach (var broken in batch.Broken.Take(Records - Read))
            {
                rejected++;
                Note(new Violation(null, broken.Code, broken.Message), broken.Position);
            }

            for (var row = 0; row < batch.Count && Read < Records; row++)
            {
                if (encoder.Encode(batch, row))
                {
                    TakeValid(batch, row);
                    continue;
                }

                rejected++;
                encoder.Violations.ForEach(v => Note(v, batch.Positions[row]));
            }
        }

        public TrialResult Result(DateTimeOffset asOf) => new(
            new RunCounts { Read = Read, New = valid, Rejected = rejected, Duplicate = duplicate },
            [.. rules.Values.OrderByDescending(r => r.Count)], sample, asOf);

        private void TakeValid(RecordBatch batch, int row)
        {
            var arrived = keys.Arrive(encoder.Key, encoder.Record.Hash(), batch.Positions[row]);
            switch (arrived.Verdict)
            {
                case Arrival.Duplicate:
                    duplicate++;
                    return;
                case Arrival.FirstConflict:
                    valid--;
                    duplicate -= arrived.Copies;
                    rejected += 2 + arrived.Copies;
                    Note(Violation.DuplicateKey, batch.Positions[row]);
                    return;
                case Arrival.Conflict:
                    rejected++;
                    Note(Violation.DuplicateKey, batch.Positions[row]);
                    return;
                default:
                    valid++;
                    if (sample.Count < SampleSize)
                    {
                        sample.Add(RawRecord.ToJson(batch, row, contract, showPersonal: false));
                    }

                    return;
            }
        }

        private void Note(Violation violation, long position)
        {
            var key = (violation.Column, violation.Code);
            rules[key] = rules.TryGetValue(key, out var known) ? known with { Count = known.Count + 1 } : new BrokenRule(violation, 1, position);
        }
    }
}
