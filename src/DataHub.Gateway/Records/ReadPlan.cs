using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Queries;
using DataHub.Core.Versioning;
using DataHub.Gateway.Formats;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Queries;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Gateway.Records;

/// <summary>Which columns of which tables answer a read, and the questions about them that were planned lately.</summary>
internal sealed record ReadPlan(StoreLine Line, DataContract Contract, IReadOnlyList<StoreColumn> Columns)
{
    private const int MostQuestions = 256;
    private const int LongestQuestion = 4_096;

    private readonly ConcurrentDictionary<string, PlannedQuestion> questions = new(StringComparer.Ordinal);

    /// <summary>The granted columns: another grant is another question.</summary>
    public string Scope { get; } = string.Join(',', Columns.Select(c => c.Id));

    /// <summary>All records in key order, with all granted columns.</summary>
    public PlannedQuestion Everything { get; } = new(RecordQuestion.Everything(Line.Layout), Columns);

    /// <summary>Names that must not stand in a URL with a value.</summary>
    public required IReadOnlySet<string> Personal { get; init; }

    private JsonRecordWriter? AsText { get; set; }

    private JsonRecordWriter? AsNumbers { get; set; }

    private QueryColumns Names => field ??= new QueryColumns(Columns,
        Contract.Columns.Select(c => c.Name).Except(Columns.Select(c => c.Name), StringComparer.Ordinal));

    /// <summary>Columns in the version's contract's order that the caller may read.</summary>
    public static ReadPlan For(StoreLine line, DataContract contract, ReadRequest request)
    {
        var granted = request.Permission.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var columns = contract.Columns.Where(c => granted.Contains(c.Name))
            .Select(c => line.Layout.Columns.First(k => k.Name == c.Name));
        // The hash of a record tells of all its columns: only who may read them all sees it.
        var own = contract.Columns.All(c => granted.Contains(c.Name)) ? line.Layout.Columns.Where(KeylessKey.IsOwn) : [];
        var personal = KeylessKey.Shown(contract).Columns.Concat(KeylessKey.Shown(request.Dataset.Newest.Contract).Columns)
            .Where(c => c.Personal).Select(c => c.Name);
        return new ReadPlan(line, contract, [.. columns, .. own]) { Personal = personal.ToHashSet(StringComparer.Ordinal) };
    }

    /// <summary>The question over these columns; null, with problems, when it has any.</summary>
    public PlannedQuestion? Plan(AskedQuestion asked, QueryProblems problems)
    {
        if (problems.Found.Count == 0 && asked.IsPlain)
        {
            return Everything;
        }

        // What a URL may not say a body may: the two are not the same question here.
        var identity = (asked.InBody ? "body " : "url ") + asked.Identity;
        if (problems.Found.Count == 0 && questions.TryGetValue(identity, out var known))
        {
            return known;
        }

        if (!asked.InBody)
        {
            UrlQuestion.RefuseUnknown(asked, Names, problems);
            asked = asked with { Where = [.. asked.Where.Where(w => Names.Has(w.Column))] };
        }

        var planned = new QuestionPlanner(Line.Layout, Names, Personal).Plan(asked, problems);
        if (planned is not null && problems.Found.Count == 0 && identity.Length <= LongestQuestion)
        {
            Keep(identity, planned);
        }

        return problems.Found.Count == 0 ? planned : null;
    }

    /// <summary>Writes a record of all granted columns; its names are encoded once.</summary>
    public JsonRecordWriter Json(bool numbersAsText) => numbersAsText
        ? AsText ??= new JsonRecordWriter(Columns, true)
        : AsNumbers ??= new JsonRecordWriter(Columns, false);

    /// <summary>All records of the request's version.</summary>
    public RecordQuery Query(ReadRequest request) => new(Line, request.Version, Columns, request.MustBeHead);

    /// <summary>Asking for a key tells whether it exists: only who may read the key may ask.</summary>
    public void RequireGrantedKey(ReadRequest request)
    {
        var hidden = Line.Layout.Key.Where(k => Columns.All(c => c.Id != k.Id)).Select(k => k.Name).ToList();
        if (hidden.Count > 0)
        {
            throw HubErrors.KeyNotGranted(request.Dataset.Name, hidden).ToException();
        }
    }

    /// <summary>True when a key column is personal in the version's or the newest contract.</summary>
    public bool HasPersonalKey() => Line.Layout.Key.Any(k => Personal.Contains(k.Name));

    // Beyond its room the memory starts anew: cheaper than knowing which question is the oldest.
    private void Keep(string identity, PlannedQuestion planned)
    {
        if (questions.Count >= MostQuestions)
        {
            questions.Clear();
        }

        questions[identity] = planned;
    }
}

/// <summary>Plans of reads, kept with the dataset's entry in memory: a change of the dataset or of the agreement makes new ones.</summary>
internal sealed class ReadPlans(DatasetBook datasets)
{
    private readonly ConditionalWeakTable<DatasetEntry,
        ConcurrentDictionary<(int Major, long Contract, long? Agreement, long Revision), ReadPlan>> known = [];

    /// <summary>The plan for what the request may read of its version.</summary>
    public async ValueTask<ReadPlan> ForAsync(ReadRequest request, CancellationToken cancellation)
    {
        var plans = known.GetValue(request.Dataset, _ => new());
        var key = (request.Version.Major, request.Version.ContractRevisionId, request.Permission.AgreementId, request.Permission.Revision);
        if (plans.TryGetValue(key, out var plan))
        {
            return plan;
        }

        var line = await datasets.LineAsync(request.Dataset, request.Version.Major, cancellation);
        var revision = await datasets.RevisionAsync(request.Version.ContractRevisionId, cancellation);
        return plans[key] = ReadPlan.For(line, revision.Contract, request);
    }
}
