using System.Globalization;
using System.Text.RegularExpressions;

namespace DataHub.Core.Contracts;

/// <summary>The ten types a published column can have.</summary>
public enum ColumnKind { Text, Int32, Int64, Decimal, Float64, Boolean, Date, Time, Timestamp, Bytes }

/// <summary>A declared type (<c>hub.type</c>); never guessed from values.</summary>
/// <param name="Kind">Which of the ten.</param>
/// <param name="Precision">Total digits of a decimal, 1-28; 0 for the others.</param>
/// <param name="Scale">Digits after the point of a decimal; 0 for the others.</param>
public readonly partial record struct ColumnType(ColumnKind Kind, int Precision = 0, int Scale = 0)
{
    /// <summary>28 digits are what a .NET decimal holds without loss.</summary>
    public const int MaxPrecision = 28;

    /// <summary>Reads <c>text</c>, <c>int64</c>, <c>decimal(18,2)</c>…; false when it is none of the ten.</summary>
    public static bool TryParse(string? text, out ColumnType type)
    {
        type = default;
        if (text is null)
        {
            return false;
        }

        var match = DecimalPattern().Match(text);
        if (match.Success)
        {
            var precision = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            var scale = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            type = new ColumnType(ColumnKind.Decimal, precision, scale);
            return precision is >= 1 and <= MaxPrecision && scale <= precision;
        }

        foreach (var kind in Enum.GetValues<ColumnKind>())
        {
            if (kind != ColumnKind.Decimal && NameOf(kind) == text)
            {
                type = new ColumnType(kind);
                return true;
            }
        }

        return false;
    }

    /// <summary>The spelling that contracts use.</summary>
    public override string ToString() => Kind == ColumnKind.Decimal
        ? string.Create(CultureInfo.InvariantCulture, $"decimal({Precision},{Scale})")
        : NameOf(Kind);

    private static string NameOf(ColumnKind kind) => kind switch
    {
        ColumnKind.Text => "text",
        ColumnKind.Int32 => "int32",
        ColumnKind.Int64 => "int64",
        ColumnKind.Decimal => "decimal",
        ColumnKind.Float64 => "float64",
        ColumnKind.Boolean => "boolean",
        ColumnKind.Date => "date",
        ColumnKind.Time => "time",
        ColumnKind.Timestamp => "timestamp",
        _ => "bytes",
    };

    [GeneratedRegex(@"^decimal\(([0-9]{1,2}), ?([0-9]{1,2})\)$")]
    private static partial Regex DecimalPattern();
}
