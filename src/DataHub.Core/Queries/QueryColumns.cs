using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;

namespace DataHub.Core.Queries;

/// <summary>The columns that a caller may name in a question, and those it may not.</summary>
public sealed class QueryColumns
{
    private readonly Dictionary<string, StoreColumn> granted;
    private readonly HashSet<string> withheld;
    private readonly string[] names;

    /// <param name="granted">In the answer's order.</param>
    /// <param name="withheld">Names of columns that the version has and the caller may not read.</param>
    public QueryColumns(IReadOnlyList<StoreColumn> granted, IEnumerable<string> withheld)
    {
        Granted = granted;
        this.granted = granted.ToDictionary(c => c.Name, StringComparer.Ordinal);
        this.withheld = withheld.ToHashSet(StringComparer.Ordinal);
        names = [.. granted.Select(c => c.Name)];
    }

    public IReadOnlyList<StoreColumn> Granted { get; }

    /// <summary>True when the version has the column, whoever may read it.</summary>
    public bool Has(string name) => granted.ContainsKey(name) || withheld.Contains(name);

    /// <summary>The column of this name; else null and one problem.</summary>
    public StoreColumn? Find(string name, QueryPlace place, QueryProblems problems)
    {
        if (granted.TryGetValue(name, out var column))
        {
            return column;
        }

        problems.AddOnce(name + "\n" + place.Name, () => withheld.Contains(name)
            ? place.Report(RequestCodes.ColumnNotGranted, name) with { Allowed = names }
            : place.Report(RequestCodes.ColumnUnknown, Unknown(name)) with { Allowed = names });
        return null;
    }

    private Text Unknown(string name)
    {
        var clause = DidYouMean.Clause(name, names);
        return new($": {Shown(name)}{clause.Vi}", $": {Shown(name)}{clause.En}");
    }

    // A name of a hostile length says no more than its beginning.
    private static string Shown(string name) => name.Length <= 100 ? name : name[..100] + "…";
}

/// <summary>Everything that is wrong with one question, up to a number that a person can read.</summary>
public sealed class QueryProblems
{
    private const int Most = 50;
    private readonly List<ErrorDetail> found = [];
    private readonly HashSet<string> said = new(StringComparer.Ordinal);

    public IReadOnlyList<ErrorDetail> Found => found;

    public void Add(ErrorDetail problem)
    {
        if (found.Count < Most)
        {
            found.Add(problem);
        }
    }

    /// <summary>Reports a problem that may be met again, the first time only; made only when there is still room for it.</summary>
    public void AddOnce(string what, Func<ErrorDetail> problem)
    {
        if (found.Count < Most && said.Add(what))
        {
            found.Add(problem());
        }
    }
}
