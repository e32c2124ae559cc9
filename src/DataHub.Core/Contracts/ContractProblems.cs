using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>Collects all problems of one contract; later readers do not repeat what an earlier one said of the same place.</summary>
internal sealed class ContractProblems
{
    /// <summary>A hopeless document does not make an endless answer.</summary>
    private const int MaxErrors = 500;

    private readonly List<ErrorDetail> errors = [];
    private readonly List<ErrorDetail> warnings = [];
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);

    public IReadOnlyList<ErrorDetail> Errors => errors;

    public IReadOnlyList<ErrorDetail> Warnings => warnings;

    /// <summary>True when the document itself could not be read as ODCS, so that nothing can be made of it.</summary>
    public bool Structural => broken.Count > 0;

    /// <summary>The text or the structure is wrong here; what is read later says nothing more about this place.</summary>
    public void AddStructural(ErrorDetail error)
    {
        Add(error);
        broken.Add(error.Pointer ?? "");
    }

    public void Add(ErrorDetail error)
    {
        if (errors.Count < MaxErrors && !broken.Contains(error.Pointer ?? ""))
        {
            errors.Add(error);
        }
    }

    public void Warn(ErrorDetail warning)
    {
        if (warnings.Count < MaxErrors)
        {
            warnings.Add(warning);
        }
    }
}

/// <summary>RFC 6901.</summary>
public static class JsonPointer
{
    public static string Below(string pointer, string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public static string Below(string pointer, int index) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{pointer}/{index}");
}
