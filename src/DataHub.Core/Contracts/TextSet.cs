using System.Text;

namespace DataHub.Core.Contracts;

/// <summary>A few texts that a column declares (null texts, the texts of true and false): compared byte for byte, equal by content.</summary>
public sealed class TextSet : IEquatable<TextSet>
{
    private readonly byte[][] utf8;

    public TextSet(IEnumerable<string> items)
    {
        Items = [.. items.Distinct(StringComparer.Ordinal)];
        utf8 = [.. Items.Select(Encoding.UTF8.GetBytes)];
    }

    public IReadOnlyList<string> Items { get; }

    public bool Contains(ReadOnlySpan<byte> text)
    {
        foreach (var item in utf8)
        {
            if (text.SequenceEqual(item))
            {
                return true;
            }
        }

        return false;
    }

    public bool Equals(TextSet? other) => other is not null && Items.SequenceEqual(other.Items, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as TextSet);

    public override int GetHashCode() => Items.Aggregate(17, (hash, item) => HashCode.Combine(hash, item));
}
