using System.Text.Json;
using DataHub.Core.Contracts;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>A place in a record where a value is wanted, or that leads to one: the contract's columns as a tree of property names.</summary>
internal sealed class RestField(string name)
{
    private const int LongestName = 256;

    private readonly Dictionary<string, RestField> children = new(StringComparer.Ordinal);
    private readonly List<int> columns = [];
    private long seenIn = -1;

    /// <summary>The property's own name.</summary>
    public string Name => name;

    /// <summary>Columns that take the value here.</summary>
    public IReadOnlyList<int> Columns => columns;

    public bool HasChildren => children.Count > 0;

    public static RestField TreeOf(IReadOnlyList<ContractColumn> contract)
    {
        var root = new RestField("");
        for (var i = 0; i < contract.Count; i++)
        {
            var at = root;
            foreach (var part in RestPointer.OfColumn(contract[i].SourceName))
            {
                at = at.children.TryGetValue(part, out var next) ? next : at.children[part] = new RestField(part);
            }

            at.columns.Add(i);
        }

        return root;
    }

    /// <summary>The wanted field of the property name that the reader stands on, or null.</summary>
    public RestField? Find(ref Utf8JsonReader reader)
    {
        Span<char> room = stackalloc char[LongestName];
        if (reader.ValueSpan.Length > LongestName)
        {
            return children.TryGetValue(reader.GetString()!, out var rare) ? rare : null;
        }

        return Find(room[..reader.CopyString(room)]);
    }

    public RestField? Find(ReadOnlySpan<char> key) =>
        children.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var found) ? found : null;

    /// <summary>False when this record had it already: which of two values is meant cannot be guessed.</summary>
    public bool EnterOnce(long record)
    {
        var isFirst = seenIn != record;
        seenIn = record;
        return isFirst;
    }
}
