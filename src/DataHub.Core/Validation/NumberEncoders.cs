using System.Buffers.Binary;
using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>int32 and int64: canonical form is int64 big-endian for both, so that widening a column changes no hash.</summary>
internal sealed class IntegerEncoder : ColumnEncoder
{
    private readonly Int128 minimum;
    private readonly Int128 maximum;
    private readonly HashSet<long>? allowed;
    private readonly bool wide;

    public IntegerEncoder(ContractColumn column, int columnId)
        : base(column, columnId)
    {
        wide = column.Type.Kind == ColumnKind.Int64;
        var rules = column.Rules;
        minimum = rules.Minimum is null ? long.MinValue : (Int128)Parse(rules.Minimum) + (rules.ExclusiveMinimum ? 1 : 0);
        maximum = rules.Maximum is null ? long.MaxValue : (Int128)Parse(rules.Maximum) - (rules.ExclusiveMaximum ? 1 : 0);
        allowed = rules.Enum?.Select(Parse).ToHashSet();
    }

    protected override Violation? EncodeValue(SourceColumn source, int row, RecordBuffer target)
    {
        long value;
        if (source.KindAt(row) == SourceKind.Int64)
        {
            value = source.Longs[row];
        }
        else if (Exact(source, row, out var number) is { } mismatch)
        {
            return mismatch;
        }
        else if (number is < long.MinValue or > long.MaxValue)
        {
            return Violations.TooLarge(Column.Name, Column.Type.ToString());
        }
        else
        {
            value = (long)number;
        }

        return Check(value) ?? Append(value, target);
    }

    private Violation? Exact(SourceColumn source, int row, out decimal number)
    {
        if (source.KindAt(row) == SourceKind.Decimal)
        {
            number = source.Decimals[row];
        }
        else
        {
            var outcome = NumberText.TryRead(TextOf(source, row), Column.Parse, out number);
            if (outcome != NumberOutcome.Read)
            {
                return Unread(outcome, 0);
            }
        }

        return decimal.Truncate(number) == number ? null : Violations.Scale(Column.Name, 0);
    }

    private Violation? Check(long value)
    {
        if (!wide && value is < int.MinValue or > int.MaxValue)
        {
            return Violations.TooLarge(Column.Name, Column.Type.ToString());
        }

        if (value < minimum)
        {
            return Violations.BelowMinimum(Column.Name, Column.Rules.Minimum!);
        }

        if (value > maximum)
        {
            return Violations.AboveMaximum(Column.Name, Column.Rules.Maximum!);
        }

        return allowed is not null && !allowed.Contains(value) ? Violations.NotAllowed(Column.Name, allowed.Count) : null;
    }

    private Violation? Append(long value, RecordBuffer target)
    {
        BinaryPrimitives.WriteInt64BigEndian(target.Canonical(ColumnId, 8), value);
        if (wide)
        {
            BinaryPrimitives.WriteInt64BigEndian(target.Field(8), value);
        }
        else
        {
            BinaryPrimitives.WriteInt32BigEndian(target.Field(4), (int)value);
        }

        return null;
    }

    private static long Parse(string text) => (long)decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);
}

/// <summary>decimal(p,s): never rounded; canonical form is the shortest plain text, so that 1.5 equals 1.50.</summary>
internal sealed class DecimalEncoder : ColumnEncoder
{
    private readonly decimal limit;
    private readonly decimal? minimum;
    private readonly decimal? maximum;
    private readonly HashSet<decimal>? allowed;

    public DecimalEncoder(ContractColumn column, int columnId)
        : base(column, columnId)
    {
        limit = Enumerable.Repeat(10m, column.Type.Precision - column.Type.Scale).Aggregate(1m, (a, b) => a * b);
        minimum = Parse(column.Rules.Minimum);
        maximum = Parse(column.Rules.Maximum);
        allowed = column.Rules.Enum?.Select(e => Parse(e)!.Value).ToHashSet();
    }

    protected override Violation? EncodeValue(SourceColumn source, int row, RecordBuffer target)
    {
        decimal value;
        switch (source.KindAt(row))
        {
            case SourceKind.Decimal:
                value = source.Decimals[row];
                break;
            case SourceKind.Int64:
                value = source.Longs[row];
                break;
            default:
                var outcome = NumberText.TryRead(TextOf(source, row), Column.Parse, out value);
                if (outcome != NumberOutcome.Read)
                {
                    return Unread(outcome, Column.Type.Scale);
                }

                break;
        }

        return Check(value) ?? Append(value, target);
    }

    private Violation? Check(decimal value)
    {
        if (Math.Abs(value) >= limit)
        {
            return Violations.TooLarge(Column.Name, Column.Type.ToString());
        }

        if (value.Scale > Column.Type.Scale && decimal.Round(value, Column.Type.Scale) != value)
        {
            return Violations.Scale(Column.Name, Column.Type.Scale);
        }

        var rules = Column.Rules;
        if (value < minimum || (rules.ExclusiveMinimum && value == minimum))
        {
            return Violations.BelowMinimum(Column.Name, rules.Minimum!);
        }

        if (value > maximum || (rules.ExclusiveMaximum && value == maximum))
        {
            return Violations.AboveMaximum(Column.Name, rules.Maximum!);
        }

        return allowed is not null && !allowed.Contains(value) ? Violations.NotAllowed(Column.Name, allowed.Count) : null;
    }

    private Violation? Append(decimal value, RecordBuffer target)
    {
        Span<byte> room = stackalloc byte[64];
        var length = PgNumeric.WriteShortest(room, value);
        room[..length].CopyTo(target.Canonical(ColumnId, length));
        length = PgNumeric.Write(room, value, Column.Type.Scale);
        room[..length].CopyTo(target.Field(length));
        return null;
    }

    private static decimal? Parse(string? text) =>
        text is null ? null : decimal.Parse(text, NumberStyles.Number, CultureInfo.InvariantCulture);
}

/// <summary>float64: bits big-endian, −0 as 0; NaN and infinities are violations.</summary>
internal sealed class FloatEncoder : ColumnEncoder
{
    private readonly double? minimum;
    private readonly double? maximum;
    private readonly HashSet<double>? allowed;

    public FloatEncoder(ContractColumn column, int columnId)
        : base(column, columnId)
    {
        minimum = Parse(column.Rules.Minimum);
        maximum = Parse(column.Rules.Maximum);
        allowed = column.Rules.Enum?.Select(e => Parse(e)!.Value).ToHashSet();
    }

    protected override Violation? EncodeValue(SourceColumn source, int row, RecordBuffer target)
    {
        double value;
        if (source.KindAt(row) == SourceKind.Float64)
        {
            value = BitConverter.Int64BitsToDouble(source.Longs[row]);
        }
        else if (!NumberText.TryReadFloat(TextOf(source, row), Column.Parse, out value))
        {
            return TypeMismatch();
        }

        if (!double.IsFinite(value))
        {
            return Violations.NotFinite(Column.Name);
        }

        var rules = Column.Rules;
        if (value < minimum || (rules.ExclusiveMinimum && value == minimum))
        {
            return Violations.BelowMinimum(Column.Name, rules.Minimum!);
        }

        if (value > maximum || (rules.ExclusiveMaximum && value == maximum))
        {
            return Violations.AboveMaximum(Column.Name, rules.Maximum!);
        }

        if (allowed is not null && !allowed.Contains(value))
        {
            return Violations.NotAllowed(Column.Name, allowed.Count);
        }

        Span<byte> bits = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleBigEndian(bits, value == 0 ? 0 : value);
        target.Append(ColumnId, bits);
        return null;
    }

    private static double? Parse(string? text) =>
        text is null ? null : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}

/// <summary>boolean: from text only <c>true</c> and <c>false</c>, or the texts that the contract declares in their place.</summary>
internal sealed class BooleanEncoder(ContractColumn column, int columnId) : ColumnEncoder(column, columnId)
{
    protected override Violation? EncodeValue(SourceColumn source, int row, RecordBuffer target)
    {
        bool value;
        if (source.KindAt(row) == SourceKind.Boolean)
        {
            value = source.Longs[row] != 0;
        }
        else if (!TryRead(TextOf(source, row), out value))
        {
            return TypeMismatch();
        }

        if (Column.Rules.Enum is { } allowed && !allowed.Contains(value ? "true" : "false"))
        {
            return Violations.NotAllowed(Column.Name, allowed.Count);
        }

        target.Append(ColumnId, [value ? (byte)1 : (byte)0]);
        return null;
    }

    /// <summary>A number that is neither 0 nor 1.</summary>
    protected override Violation? EncodeUnreadable(ReadOnlySpan<byte> text, RecordBuffer target) => TypeMismatch();

    private bool TryRead(ReadOnlySpan<byte> text, out bool value)
    {
        var parse = Column.Parse;
        value = parse.TrueTexts?.Contains(text) ?? text.SequenceEqual("true"u8);
        return value || (parse.FalseTexts?.Contains(text) ?? text.SequenceEqual("false"u8));
    }
}
