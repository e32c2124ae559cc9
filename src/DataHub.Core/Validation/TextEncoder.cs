using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>Text stays byte for byte as the source has it, unless the contract asks for NFC.</summary>
internal sealed class TextEncoder : ColumnEncoder
{
    private readonly Regex? pattern;
    private readonly HashSet<string>? allowed;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> allowedBySpan;
    private readonly byte[]? minimum;
    private readonly byte[]? maximum;
    private readonly KnownTexts known = new();
    private char[] chars = new char[256];

    public TextEncoder(ContractColumn column, int columnId)
        : base(column, columnId)
    {
        var rules = column.Rules;
        pattern = rules.Pattern is null
            ? null
            : new Regex(rules.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        minimum = rules.Minimum is null ? null : Encoding.UTF8.GetBytes(rules.Minimum);
        maximum = rules.Maximum is null ? null : Encoding.UTF8.GetBytes(rules.Maximum);
        if (rules.Enum is not null)
        {
            allowed = new HashSet<string>(rules.Enum, StringComparer.Ordinal);
            allowedBySpan = allowed.GetAlternateLookup<ReadOnlySpan<char>>();
        }
    }

    protected override Violation? EncodeValue(SourceColumn source, int row, RecordBuffer target)
    {
        if (source.KindAt(row) != SourceKind.Text)
        {
            return TypeMismatch();
        }

        var text = TextOf(source, row);
        if (known.Contains(text))
        {
            target.Append(ColumnId, text);
            return null;
        }

        var asItIs = true;
        if (!Utf8.IsValid(text) || text.Contains((byte)0))
        {
            return Violations.TextInvalid(Column.Name);
        }

        if (Column.Parse.Nfc && !Ascii.IsValid(text) && !IsSurelyNfc(Characters(text)))
        {
            text = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text).Normalize(NormalizationForm.FormC));
            asItIs = false;
        }

        if (Check(text) is { } violation)
        {
            return violation;
        }

        if (asItIs)
        {
            known.Add(text);
        }

        target.Append(ColumnId, text);
        return null;
    }

    private Violation? Check(ReadOnlySpan<byte> text)
    {
        var rules = Column.Rules;
        if (rules.MinLength is not null || rules.MaxLength is not null)
        {
            var length = CodePoints(text);
            if (length < rules.MinLength)
            {
                return Violations.TooShort(Column.Name, rules.MinLength.Value, length);
            }

            if (length > rules.MaxLength)
            {
                return Violations.TooLong(Column.Name, rules.MaxLength.Value, length);
            }
        }

        return CheckBounds(text) ?? CheckCharacters(text);
    }

    // Text orders by code point, which UTF-8 keeps.
    private Violation? CheckBounds(ReadOnlySpan<byte> text)
    {
        var rules = Column.Rules;
        if (minimum is not null && text.SequenceCompareTo(minimum) is var low && (low < 0 || (low == 0 && rules.ExclusiveMinimum)))
        {
            return Violations.BelowMinimum(Column.Name, rules.Minimum!);
        }

        return maximum is not null && text.SequenceCompareTo(maximum) is var high && (high > 0 || (high == 0 && rules.ExclusiveMaximum))
            ? Violations.AboveMaximum(Column.Name, rules.Maximum!)
            : null;
    }

    private Violation? CheckCharacters(ReadOnlySpan<byte> text)
    {
        if (pattern is null && allowed is null)
        {
            return null;
        }

        var value = Characters(text);
        if (allowed is not null && !allowedBySpan.Contains(value))
        {
            return Violations.NotAllowed(Column.Name, allowed.Count);
        }

        return pattern is not null && !pattern.IsMatch(value) ? Violations.Pattern(Column.Name, pattern.ToString()) : null;
    }

    /// <summary>
    /// True for text of characters that are NFC in any company: below U+0300, and Latin Extended Additional, which has all of precomposed Vietnamese. Asking ICU for each
    /// value took 41 % of a load.
    /// </summary>
    private static bool IsSurelyNfc(ReadOnlySpan<char> value)
    {
        foreach (var c in value)
        {
            if (c is not (< '\u0300' or (>= '\u1E00' and <= '\u1EFF')))
            {
                return false;
            }
        }

        return true;
    }

    private ReadOnlySpan<char> Characters(ReadOnlySpan<byte> text)
    {
        if (text.Length > chars.Length)
        {
            chars = new char[text.Length * 2];
        }

        return chars.AsSpan(0, Encoding.UTF8.GetChars(text, chars));
    }

    private static int CodePoints(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var b in text)
        {
            count += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }
}

/// <summary>Bytes as they are; from text, base64.</summary>
internal sealed class BytesEncoder(ContractColumn column, int columnId) : ColumnEncoder(column, columnId)
{
    protected override Violation? EncodeValue(SourceColumn source, int row, RecordBuffer target)
    {
        var isText = source.KindAt(row) == SourceKind.Text;
        var bytes = isText ? TextOf(source, row) : source.Bytes(row);
        if (isText)
        {
            var room = new byte[Base64.GetMaxDecodedFromUtf8Length(bytes.Length)];
            if (Base64.DecodeFromUtf8(bytes, room, out _, out var written) != OperationStatus.Done)
            {
                return TypeMismatch();
            }

            bytes = room.AsSpan(0, written);
        }

        if (bytes.Length < Column.Rules.MinLength)
        {
            return Violations.TooShort(Column.Name, Column.Rules.MinLength.Value, bytes.Length);
        }

        if (bytes.Length > Column.Rules.MaxLength)
        {
            return Violations.TooLong(Column.Name, Column.Rules.MaxLength.Value, bytes.Length);
        }

        target.Append(ColumnId, bytes);
        return null;
    }
}
