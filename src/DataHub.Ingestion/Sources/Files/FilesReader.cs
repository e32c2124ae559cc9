using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// One pull over all files that a contract names, in name order, one open at a time. Where the last pull's files are given, a file taken before
/// is passed over by its content, not by its name or time.
/// </summary>
internal sealed class FilesReader : IRecordReader
{
    /// <summary>The records of file n (from 0) stand at n × this + their place in it: for the first file the place itself.</summary>
    public const long FileStep = 10_000_000_000;

    private readonly IFileStore store;
    private readonly IFileFormat format;
    private readonly PullRequest request;
    private readonly FileTarget target;
    private readonly TakenFiles taken;
    private readonly Queue<string> names;
    private readonly Queue<FileInput> inputs = new();
    private readonly bool isMany;
    private TakenFile? file;
    private IFileReader? reader;
    private IReadOnlyList<string>? header;
    private string? first;
    private string? current;
    private long ordinal = -1;

    private FilesReader(IFileStore store, IFileFormat format, PullRequest request, FileTarget target, IReadOnlyList<string> found)
    {
        (this.store, this.format, this.request, this.target) = (store, format, request, target);
        (taken, names) = (TakenFiles.From(request.Last), new Queue<string>(found));
        isMany = target.IsPattern || target.Entry is not null;
    }

    public IReadOnlyList<SourceField> Fields { get; private set; } = [];

    public DateTimeOffset AsOf { get; private set; }

    public long? EstimatedRecords { get; private set; }

    public IReadOnlyList<SourceDrift> Drift { get; private set; } = [];

    public IReadOnlySet<string> Columns { get; private set; } = System.Collections.Frozen.FrozenSet<string>.Empty;

    public SourcePosition? Position => new SourcePosition(AsOf) { Detail = taken.ToDetail() };

    /// <summary>Opens up to the first record of the first file to be read. Owns <paramref name="store"/>, also where it fails.</summary>
    public static async Task<FilesReader> OpenAsync(
        IFileStore store, IFileFormat format, PullRequest request, CancellationToken cancellation)
    {
        FilesReader? opened = null;
        try
        {
            cancellation.ThrowIfCancellationRequested();
            var target = FileTarget.Parse(store.Source, request.Contract.Terms.File!);
            var found = await store.FindAsync(target, cancellation);
            if (request.Contract.Pull.Mode != PullMode.Full && found.Count > TakenFiles.Most)
            {
                throw HubErrors.SourceFilesTooMany(store.Source, target.Text, TakenFiles.Most).ToException();
            }

            opened = new FilesReader(store, format, request, target, [.. found.Select(f => f.Name)])
            {
                AsOf = found.Max(f => f.Written),
            };
            await opened.BeginAsync(cancellation);
            return opened;
        }
        catch
        {
            await (opened?.DisposeAsync() ?? store.DisposeAsync());
            throw;
        }
    }

    public async ValueTask<bool> ReadAsync(RecordBatch batch, CancellationToken cancellation)
    {
        batch.Clear();
        while (reader is not null || await NextAsync(cancellation))
        {
            if (await reader!.ReadAsync(batch, cancellation))
            {
                Place(batch);
                return true;
            }

            await FinishAsync(cancellation);
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseReaderAsync();
        file?.Dispose();
        file = null;
        await store.DisposeAsync();
    }

    private async Task BeginAsync(CancellationToken cancellation)
    {
        var files = names.Count;
        if (await NextAsync(cancellation))
        {
            (Fields, EstimatedRecords) = (reader!.Fields, reader.EstimatedRecords * files);
            (Drift, Columns) = (reader.Drift, reader.Columns);
        }
        else
        {
            // Nothing new: no record comes, whatever its fields would be.
            Fields = [.. request.Contract.Columns.Select(c => new SourceField(c.SourceName, SourceKind.Text, "text"))];
        }
    }

    /// <summary>Goes to the next input to be read; false when there is none.</summary>
    private async Task<bool> NextAsync(CancellationToken cancellation)
    {
        while (inputs.Count == 0)
        {
            if (!names.TryDequeue(out var name))
            {
                return false;
            }

            ordinal++;
            if (request.Last is not null && await store.StampAsync(name, cancellation) is { } stamp && taken.Has(stamp))
            {
                taken.Note(stamp);
                AsOf = request.Last.Taken > AsOf ? request.Last.Taken : AsOf;
                continue;
            }

            file = await store.TakeAsync(name, cancellation);
            AsOf = file.Written > AsOf ? file.Written : AsOf;
            if (request.Last is not null && taken.Has(await file.MarkAsync(cancellation)))
            {
                await EndFileAsync(cancellation);
                continue;
            }

            foreach (var input in FileInput.In(file, target, store.Limits))
            {
                inputs.Enqueue(input);
            }
        }

        var next = inputs.Dequeue();
        reader = await format.OpenAsync(next, request, cancellation);
        (header, first) = (header ?? reader.Header, first ?? next.Name);
        if (!header.SequenceEqual(reader.Header, StringComparer.Ordinal))
        {
            throw HubErrors.SourceHeaderDiffers(store.Source, next.Name, first, Difference(header, reader.Header)).ToException();
        }

        current = next.Name;
        return true;
    }

    private async Task FinishAsync(CancellationToken cancellation)
    {
        await CloseReaderAsync();
        if (inputs.Count == 0)
        {
            await EndFileAsync(cancellation);
        }
        else
        {
            // Entries of one archive count on as files do.
            ordinal++;
        }
    }

    private async Task EndFileAsync(CancellationToken cancellation)
    {
        taken.Note(await file!.MarkAsync(cancellation));
        file.RefuseChange();
        if (file.Stamp is { } stamp)
        {
            taken.Note(stamp);
        }

        file.Dispose();
        file = null;
    }

    private async Task CloseReaderAsync()
    {
        if (reader is not null)
        {
            await reader.DisposeAsync();
            reader = null;
        }
    }

    /// <summary>Says of every record in which file it stands.</summary>
    private void Place(RecordBatch batch)
    {
        batch.Origin = isMany ? current : null;
        if (!isMany)
        {
            return;
        }

        for (var row = 0; row < batch.Count; row++)
        {
            batch.Positions[row] += ordinal * FileStep;
        }

        for (var i = 0; i < batch.Broken.Count; i++)
        {
            var broken = batch.Broken[i];
            batch.Broken[i] = broken with
            {
                Position = broken.Position + (ordinal * FileStep),
                Message = new Text($"{current}: {broken.Message.Vi}", $"{current}: {broken.Message.En}"),
            };
        }
    }

    private static string Difference(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        var at = Enumerable.Range(0, Math.Max(expected.Count, actual.Count))
            .First(i => i >= expected.Count || i >= actual.Count || expected[i] != actual[i]);
        return $"{at + 1}: {(at < expected.Count ? expected[at] : "–")} ≠ {(at < actual.Count ? actual[at] : "–")}";
    }
}
