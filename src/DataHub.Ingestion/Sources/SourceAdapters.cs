using System.Diagnostics.CodeAnalysis;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources;

/// <summary>The registered adapters by kind.</summary>
public sealed class SourceAdapters(IEnumerable<ISourceAdapter> adapters)
{
    private readonly Dictionary<string, ISourceAdapter> byKind =
        adapters.ToDictionary(a => a.Kind, StringComparer.Ordinal);

    /// <summary>Kinds in name order, for lists and messages.</summary>
    public IReadOnlyList<string> Kinds => [.. byKind.Keys.Order(StringComparer.Ordinal)];

    public bool TryFind(string kind, [NotNullWhen(true)] out ISourceAdapter? adapter) =>
        byKind.TryGetValue(kind, out adapter);

    /// <summary>The adapter of <paramref name="kind"/>, else <c>source_kind_unknown</c>.</summary>
    public ISourceAdapter For(string kind) =>
        TryFind(kind, out var adapter) ? adapter : throw HubErrors.SourceKindUnknown(kind, Kinds).ToException();
}
