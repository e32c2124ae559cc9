using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>Reads one typed column's <c>logicalTypeOptions</c> and parse properties into <see cref="ParseRules"/> and <see cref="ValueRules"/>.</summary>
internal sealed class OptionsReader(ContractProblems problems, ContractColumn column, JsonObject node, string pointer)
{
    private const int MaxPattern = 2_000;

    private static readonly string[] Bounds = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
    private static readonly string[] Lengths = ["minLength", "maxLength", "pattern"];

    private static readonly Text WholeNumber = new("phải là số nguyên không âm", "it must be a whole number from 0");
    private static readonly Text MinAboveMax = new("lớn hơn giá trị lớn nhất", "it is above the maximum");

    private static readonly Text NothingBetween = new(
        "không giá trị nào nằm giữa hai giới hạn", "no value lies between the two bounds");

    private readonly JsonObject options = node["logicalTypeOptions"] as JsonObject ?? [];
    private readonly string below = JsonPointer.Below(pointer, "logicalTypeOptions");

    private bool IsText => column.Type.Kind == ColumnKind.Text;

    private bool IsMoment => column.Type.Kind is ColumnKind.Date or ColumnKind.Time or ColumnKind.Timestamp;

    private bool IsNumber =>
        column.Type.Kind is ColumnKind.Int32 or ColumnKind.Int64 or ColumnKind.Decimal or ColumnKind.Float64;

    public ContractColumn Read(HubProperties hub)
    {
        CheckNames();
        var parse = Parse(hub);
        return column with { Parse = parse, Rules = Rules(parse) };
    }

    private void CheckNames()
    {
        string[] known =
        [
            "format",
            .. IsText ? Lengths : [],
            .. IsMoment || IsNumber ? Bounds : [],
            .. IsNumber ? ["multipleOf"] : Array.Empty<string>(),
            .. column.Type.Kind is ColumnKind.Time or ColumnKind.Timestamp ? ["timezone", "defaultTimezone"] : Array.Empty<string>(),
        ];
        foreach (var (name, _) in options.Where(o => !known.Contains(o.Key)))
        {
            problems.Add(ContractCodes.OptionNotApplicable.At(
                JsonPointer.Below(below, name), name, column.Name, column.Type) with
            { Allowed = known });
        }

        if (options["multipleOf"] is not null && IsNumber)
        {
            problems.Warn(ContractCodes.OptionNotExecuted.At(
                JsonPointer.Below(below, "multipleOf"), "multipleOf", column.Name));
        }
    }

    private ParseRules Parse(HubProperties hub)
    {
        foreach (var known in CustomProperties.All.Where(p => p.Kinds is not null && hub.IsDeclared(p.Name)))
        {
            if (hub[known.Name] is not null && !known.Kinds!.Contains(column.Type.Kind))
            {
                problems.Add(ContractCodes.HubNotApplicable.At(
                    hub.PointerOf(known.Name), known.Name, column.Name, column.Type));
            }
        }

        var rules = new ParseRules
        {
            TimeZone = TimeZone(hub),
            Nfc = hub["hub.normalize"] == "NFC",
            DecimalChar = hub["hub.decimalChar"]?[0] ?? '.',
            GroupChar = hub["hub.groupChar"]?[0],
            ZeroDateIsNull = hub["hub.zeroDate"] == "null",
            Number = NumberSpelling(hub),
            NullTexts = hub.Texts("hub.nullTexts"),
            Trim = hub.Flag("hub.trim"),
            TrueTexts = hub.Texts("hub.trueTexts"),
            FalseTexts = hub.Texts("hub.falseTexts"),
            Format = Format(),
        };
        CheckBooleanTexts(rules, hub);
        if (rules.GroupChar == rules.DecimalChar)
        {
            problems.Add(ContractCodes.NumberCharsEqual.At(hub.PointerOf("hub.groupChar"), column.Name));
        }

        return rules == ParseRules.None ? ParseRules.None : rules;
    }

    /// <summary>A pattern that no number of the column could follow is refused with those that cannot be read.</summary>
    private NumberPattern? NumberSpelling(HubProperties hub)
    {
        if (hub["hub.numberPattern"] is not { } text)
        {
            return null;
        }

        var pattern = NumberPattern.Parse(text);
        var decimals = column.Type.Kind switch
        {
            ColumnKind.Float64 => int.MaxValue,
            _ => column.Type.Scale,
        };
        if (pattern is null || (pattern.Grouped && hub["hub.groupChar"] is null) || pattern.MinFraction > decimals
            || (pattern.MinExponent > 0 && column.Type.Kind != ColumnKind.Float64))
        {
            problems.Add(ContractCodes.NumberPattern.At(hub.PointerOf("hub.numberPattern"), column.Name, column.Type));
        }

        return pattern;
    }

    /// <summary>One list without the other, or a text in both, would leave a value to be guessed.</summary>
    private void CheckBooleanTexts(ParseRules rules, HubProperties hub)
    {
        if ((rules.TrueTexts is null) != (rules.FalseTexts is null)
            || rules.TrueTexts?.Items.Intersect(rules.FalseTexts!.Items, StringComparer.Ordinal).Any() == true)
        {
            var name = rules.TrueTexts is null ? "hub.falseTexts" : "hub.trueTexts";
            problems.Add(ContractCodes.BooleanTexts.At(hub.PointerOf(name), column.Name));
        }
    }

    /// <summary>hub.timeZone, else what ODCS calls defaultTimezone.</summary>
    private string? TimeZone(HubProperties hub)
    {
        if (column.Type.Kind != ColumnKind.Timestamp)
        {
            return null;
        }

        var zone = hub["hub.timeZone"] ?? options.Text("defaultTimezone");
        if (zone is null || TimeZones.Find(zone) is not null)
        {
            return zone;
        }

        var place = hub["hub.timeZone"] is null
            ? JsonPointer.Below(below, "defaultTimezone") : hub.PointerOf("hub.timeZone");
        problems.Add(ContractCodes.TimeZoneUnknown.At(place, JsonValue.Create(zone).Shown()));
        return null;
    }

    private string? Format()
    {
        if (!IsMoment || options.Text("format") is not { } jdk)
        {
            return null;
        }

        if (DateFormats.TryTranslate(jdk, column.Type.Kind, out var format, out var reason))
        {
            return format;
        }

        problems.Add(ContractCodes.DateFormatUnsupported.At(
            JsonPointer.Below(below, "format"), options["format"].Shown(), column.Name, reason));
        return null;
    }

    private ValueRules Rules(ParseRules parse)
    {
        var rules = new ValueRules
        {
            MinLength = IsText ? Length("minLength") : null,
            MaxLength = IsText ? Length("maxLength") : null,
            Pattern = IsText ? Pattern() : null,
            Minimum = Bound("exclusiveMinimum", parse) ?? Bound("minimum", parse),
            Maximum = Bound("exclusiveMaximum", parse) ?? Bound("maximum", parse),
            ExclusiveMinimum = options["exclusiveMinimum"] is not null,
            ExclusiveMaximum = options["exclusiveMaximum"] is not null,
        };
        if (rules.MinLength > rules.MaxLength)
        {
            Invalid("minLength", MinAboveMax);
        }

        OneBound("minimum", "exclusiveMinimum");
        OneBound("maximum", "exclusiveMaximum");
        if (rules is { Minimum: { } low, Maximum: { } high } && CanonicalText.Compare(low, high, column.Type) is var order
            && (order > 0 || (order == 0 && (rules.ExclusiveMinimum || rules.ExclusiveMaximum))))
        {
            Invalid(options["minimum"] is null ? "exclusiveMinimum" : "minimum", order > 0 ? MinAboveMax : NothingBetween);
        }

        return rules == ValueRules.None ? ValueRules.None : rules;
    }

    /// <summary>Of two bounds at one end only one would be held, and the other ignored in silence.</summary>
    private void OneBound(string inclusive, string exclusive)
    {
        if ((IsNumber || IsMoment) && options[inclusive] is not null && options[exclusive] is not null)
        {
            Invalid(exclusive, new($"đã có {inclusive}: chỉ khai báo một trong hai", $"{inclusive} is there too: declare one of them"));
        }
    }

    private int? Length(string name)
    {
        if (options[name] is not { } value)
        {
            return null;
        }

        if (value is JsonValue && int.TryParse(
            value.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return length;
        }

        Invalid(name, WholeNumber);
        return null;
    }

    private string? Pattern()
    {
        if (options["pattern"] is not { } value)
        {
            return null;
        }

        var pattern = value.Spelling() ?? "";
        if (PatternProblem(pattern) is { } reason)
        {
            problems.Add(ContractCodes.PatternInvalid.At(JsonPointer.Below(below, "pattern"), column.Name, reason));
            return null;
        }

        return pattern;
    }

    /// <summary>Why a pattern cannot be run in time linear in its input, or null.</summary>
    public static string? PatternProblem(string pattern)
    {
        if (pattern.Length is 0 or > MaxPattern)
        {
            return string.Create(CultureInfo.InvariantCulture, $"1-{MaxPattern}");
        }

        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException or InvalidOperationException)
        {
            return failure.Message;
        }
    }

    private string? Bound(string name, ParseRules parse)
    {
        if (!(IsNumber || IsMoment) || options[name] is not { } value)
        {
            return null;
        }

        if (value.Spelling() is { } text && CanonicalText.TryRead(text, column.Type, parse, out var canonical))
        {
            return canonical;
        }

        Invalid(name, new($"không phải giá trị kiểu {column.Type}", $"it is no value of type {column.Type}"));
        return null;
    }

    private void Invalid(string name, Text reason) => problems.Add(ContractCodes.OptionInvalid.At(
        JsonPointer.Below(below, name), name, column.Name, options[name].Shown(), reason));
}
