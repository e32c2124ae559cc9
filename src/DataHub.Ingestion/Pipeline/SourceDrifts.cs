using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Quality;
using DataHub.Core.Sources;
using DataHub.Core.Validation;
using DataHub.Storage.Datasets;
using DataHub.Storage.Runs;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// The drift policy around step 1: what columns a source had before goes into the question, what it has now is kept when the run was computed,
/// and a difference is told by the run in which it came. What nothing but a person can mend pauses the dataset.
/// </summary>
public sealed class SourceDrifts(SourceColumnStore columns, DatasetPauses pauses)
{
    /// <summary>Errors after which every further run would fail alike until somebody acts.</summary>
    private static readonly string[] Pausing = ["source_column_missing", "source_columns_frozen", HubErrors.SourceIdentityChangedCode];

    /// <summary>The request with what is known of the source's columns, and what is to be kept.</summary>
    public async Task<DriftWatch> BeginAsync(ClaimedRun run, PullRequest request, CancellationToken cancellation)
    {
        var known = await columns.FindAsync(run.DatasetId, cancellation);
        return new DriftWatch(request with { KnownColumns = known?.Known }, known);
    }

    /// <summary>What this run has to tell of the reader's differences: those that no run told before it.</summary>
    /// <exception cref="HubErrorException">source_columns_frozen.</exception>
    public static DriftReport Judge(ClaimedRun run, DriftWatch watch, IRecordReader reader)
    {
        var contract = watch.Request.Contract;
        var added = reader.Drift.Where(d => d.Code == SourceDrift.NewColumn).Select(d => d.Column).ToList();

        // A contract that was revised since has been looked at by somebody who could see the column.
        if (contract.Terms.FreezeNewColumns && added.Count > 0 && watch.Known?.ContractRevisionId == run.ContractRevisionId)
        {
            throw HubErrors.SourceColumnsFrozen(run.SourceId, contract.Dataset, added).ToException();
        }

        var absent = reader.Drift.Where(d => d.Code == SourceDrift.AbsentColumn).Select(d => d.Column).ToHashSet(StringComparer.Ordinal);
        var known = reader.Columns.Concat(watch.Known?.Known ?? reader.Columns).ToHashSet(StringComparer.Ordinal);
        return new DriftReport(
            [
                .. reader.Drift.Where(d => d.Code == SourceDrift.NewColumn || watch.Known?.Absent.Contains(d.Column) != true)
                    .Select(d => new Finding(d.Code, d.Message, Holds: false)),
            ],
            reader.Columns.Count == 0 ? null : new KnownSourceColumns(run.ContractRevisionId, known, absent));
    }

    /// <summary>
    /// Changed types that hold a run before it reads. At the first pull a type that does not fit is a mistake of the contract, and no change of the source.
    /// </summary>
    public static TypeDrift? FindHold(DriftWatch watch, IRecordReader reader)
    {
        var contract = watch.Request.Contract;
        return watch.Known is not null && !contract.Terms.FailOnChangedTypes && TypeDrift.Find(contract, reader.Fields) is { IsEmpty: false } drift
            ? drift : null;
    }

    /// <summary>Keeps what the source has now, once the run has told the differences.</summary>
    public Task KeepAsync(ClaimedRun run, DriftReport report, CancellationToken cancellation) => report.Seen is { } seen
        ? columns.KeepAsync(run.DatasetId, run.Id, seen, cancellation)
        : Task.CompletedTask;

    /// <summary>Pauses the dataset of a run that was refused for its source's columns; other refusals change nothing.</summary>
    public async Task PauseAsync(ClaimedRun run, HubError error, CancellationToken cancellation)
    {
        if (Pausing.Contains(error.Code))
        {
            await pauses.PauseAsync(run.DatasetId, error.Code, $"{error.Detail("vi")} {error.Hint("vi")}", $"{error.Detail("en")} {error.Hint("en")}",
                "hub", cancellation);
        }
    }
}

/// <summary>What one run asks with, and what was known before it.</summary>
public sealed record DriftWatch(PullRequest Request, KnownSourceColumns? Known);

/// <summary>What one run tells of its source's columns, and what the next one compares with.</summary>
public sealed record DriftReport(IReadOnlyList<Finding> Findings, KnownSourceColumns? Seen);
