using System.Buffers;
using System.Text;

namespace DataHub.Core.Validation;

/// <summary>UTF-8 text without the white space of Unicode around it; a byte order mark counts as such.</summary>
internal static class TrimmedText
{
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> text)
    {
        while (Rune.DecodeFromUtf8(text, out var first, out var length) == OperationStatus.Done && IsBlank(first))
        {
            text = text[length..];
        }

        while (Rune.DecodeLastFromUtf8(text, out var last, out var length) == OperationStatus.Done && IsBlank(last))
        {
            text = text[..^length];
        }

        return text;
    }

    private static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || rune.Value == 0xFEFF;
}
