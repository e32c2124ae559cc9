using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Validation;
using DataHub.Storage.Quarantine;

namespace DataHub.Gateway.Quarantine;

/// <summary>Which entries to replay, and corrections of theirs.</summary>
/// <param name="Ids">Numbers of entries, at most 10,000; or else <paramref name="Filter"/>.</param>
/// <param name="Filter">All open ones with such a violation.</param>
/// <param name="Patch">By number of an entry: corrected texts by column, null for no value.</param>
internal sealed record NewReplay(
    IReadOnlyList<long>? Ids = null, ReplayFilter? Filter = null, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>>? Patch = null);

/// <summary>Open entries by what they break; what is null does not matter.</summary>
internal sealed record ReplayFilter(string? Code = null, string? Column = null, long? Run = null);

/// <summary>Reads a replay against the entries that there are and the present contract; all problems at once.</summary>
internal sealed class ReplayRequests(QuarantineStore store, DataContract contract, int datasetId)
{
    public const int Most = 10_000;

    private readonly List<ErrorDetail> problems = [];

    /// <summary>Entries and their patches.</summary>
    /// <exception cref="HubErrorException">request_invalid.</exception>
    public async Task<(IReadOnlyList<long> Entries, IReadOnlyDictionary<long, IReadOnlyDictionary<string, string?>> Patches)> ReadAsync(
        NewReplay request, CancellationToken cancellation)
    {
        if (request.Ids is null == request.Filter is null)
        {
            throw HubErrors.RequestInvalid([RequestCodes.EntryChoice.At("/ids")]).ToException();
        }

        var ids = request.Ids is { } given
            ? [.. given.Distinct()]
            : await store.FindReplayableAsync(new QuarantineQuestion
            {
                DatasetId = datasetId, Code = request.Filter!.Code, Column = request.Filter.Column, RunId = request.Filter.Run,
            }, Most + 1, cancellation);
        var at = request.Ids is null ? "/filter" : "/ids";
        if (ids.Count is 0 or > Most)
        {
            throw HubErrors.RequestInvalid([ids.Count == 0 ? RequestCodes.EntryNone.At(at) : RequestCodes.EntriesTooMany.At(at, Most)]).ToException();
        }

        // Personal and long records are not needed here beyond the page that is looked at.
        foreach (var part in ids.Chunk(500))
        {
            var entries = await store.FindAsync(datasetId, part, cancellation);
            foreach (var id in part)
            {
                Check(id, $"/ids/{(request.Ids is null ? 0 : request.Ids.ToList().IndexOf(id))}", entries.GetValueOrDefault(id), request.Patch);
            }
        }

        var patches = ReadPatches(request.Patch, ids);
        return problems.Count == 0 ? (ids, patches) : throw HubErrors.RequestInvalid(problems).ToException();
    }

    private void Check(
        long id, string pointer, QuarantineEntry? entry, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>>? patches)
    {
        switch (entry)
        {
            case null:
                problems.Add(RequestCodes.EntryUnknown.At(pointer, id));
                return;
            case { Status: "replayed" }:
                return;
            case { Status: "expired" } or { Record: null }:
                problems.Add(RequestCodes.EntryExpired.At(pointer, id));
                return;
            case { Status: not "open" }:
                problems.Add(RequestCodes.EntryNotOpen.At(pointer, id, entry.Status));
                return;
            case { Replayable: false }:
                problems.Add(RequestCodes.EntryNotReplayable.At(pointer, id));
                return;
        }

        if (patches?.GetValueOrDefault(Number(id)) is { } patch)
        {
            CheckKey(id, entry, patch);
        }
    }

    /// <summary>A key that the source gave and that reads well is what the record is about; one that was the trouble may be mended.</summary>
    private void CheckKey(long id, QuarantineEntry entry, IReadOnlyDictionary<string, string?> patch)
    {
        var broken = QuarantineView.ReadViolations(entry.Violations, "en").Select(v => v.Column).ToHashSet();
        foreach (var column in contract.Key.Where(k => patch.ContainsKey(k.Name) && !broken.Contains(k.Name)))
        {
            if (patch[column.Name] != entry.Record!.Values.GetValueOrDefault(column.Name))
            {
                problems.Add(RequestCodes.PatchChangesKey.At(Pointer(id, column.Name), column.Name));
            }
        }
    }

    private Dictionary<long, IReadOnlyDictionary<string, string?>> ReadPatches(
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string?>>? patches, IReadOnlyList<long> ids)
    {
        var known = ids.ToHashSet();
        var names = contract.Columns.Select(c => c.Name).ToArray();
        var read = new Dictionary<long, IReadOnlyDictionary<string, string?>>();
        foreach (var (number, patch) in patches ?? new Dictionary<string, IReadOnlyDictionary<string, string?>>())
        {
            if (!long.TryParse(number, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var id) || !known.Contains(id)
                || Number(id) != number)
            {
                problems.Add(RequestCodes.PatchWithoutEntry.At($"/patch/{Escape(number)}"));
                continue;
            }

            foreach (var (column, text) in patch)
            {
                if (!names.Contains(column))
                {
                    problems.Add(RequestCodes.PatchColumnUnknown.At(Pointer(id, column), column, DidYouMean.Clause(column, names)) with { Allowed = names });
                }
                else if (text?.Length > StoredRecord.LongestValue)
                {
                    problems.Add(RequestCodes.TextTooLong.At(Pointer(id, column), StoredRecord.LongestValue));
                }
            }

            read[id] = patch;
        }

        return read;
    }

    private static string Number(long id) => id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Pointer(long id, string column) => $"/patch/{Number(id)}/{Escape(column)}";

    private static string Escape(string part) => part.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
