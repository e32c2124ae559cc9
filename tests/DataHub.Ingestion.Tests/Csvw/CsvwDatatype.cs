using System.Text.Json.Nodes;
using DataHub.Core.Contracts;

namespace DataHub.Ingestion.Tests.Csvw;

/// <summary>What a contract has no words for: the case is reported as not supported, with this reason.</summary>
internal sealed class NotExpressibleException(string reason) : Exception(reason);

/// <summary>A datatype of CSV on the Web in the words of a contract: type, options and properties.</summary>
internal static class CsvwDatatype
{
    private static readonly Dictionary<string, (string? Minimum, string? Maximum)> Integers = new()
    {
        ["integer"] = (null, null), ["long"] = ("-9223372036854775808", "9223372036854775807"),
        ["int"] = ("-2147483648", "2147483647"), ["short"] = ("-32768", "32767"), ["byte"] = ("-128", "127"),
        ["nonNegativeInteger"] = ("0", null), ["positiveInteger"] = ("1", null),
        ["unsignedLong"] = ("0", "18446744073709551615"), ["unsignedInt"] = ("0", "4294967295"),
        ["unsignedShort"] = ("0", "65535"), ["unsignedByte"] = ("0", "255"),
        ["nonPositiveInteger"] = (null, "0"), ["negativeInteger"] = (null, "-1"),
    };

    /// <summary>Texts that XML Schema describes by their spelling; a contract holds them by a pattern.</summary>
    private static readonly Dictionary<string, string> Spellings = new()
    {
        ["string"] = "", ["NMTOKEN"] = @"^[\w.:-]+$",
        ["duration"] = "^-?P(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:[.][0-9]+)?S)?)?$",
        ["dayTimeDuration"] = "^-?P(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:[.][0-9]+)?S)?)?$",
        ["yearMonthDuration"] = "^-?P(?:[0-9]+Y)?(?:[0-9]+M)?$",
        ["gDay"] = $"^---[0-3][0-9]{Zone}$", ["gMonth"] = $"^--[01][0-9]{Zone}$", ["gMonthDay"] = $"^--[01][0-9]-[0-3][0-9]{Zone}$",
        ["gYear"] = $"^-?[0-9]{{4,}}{Zone}$", ["gYearMonth"] = $"^-?[0-9]{{4,}}-[01][0-9]{Zone}$",
    };

    private const string Zone = "(?:Z|[+-][0-9]{2}:[0-9]{2})?";

    public static void Describe(JsonNode? datatype, JsonObject column, JsonArray hub)
    {
        var given = datatype as JsonObject ?? new JsonObject { ["base"] = datatype?.DeepClone() ?? "string" };
        var name = given["base"]!.GetValue<string>();
        var options = new JsonObject();
        if (Integers.TryGetValue(name, out var range))
        {
            Integer(given, options, hub, range);
        }
        else if (Spellings.TryGetValue(name, out var spelling))
        {
            Type(column, hub, "string", "text");
            Option(options, "pattern", name.EndsWith("uration", StringComparison.Ordinal) ? Text(given, "format") ?? spelling : spelling);
        }
        else
        {
            Other(name, given, column, options, hub);
        }

        if (Integers.ContainsKey(name))
        {
            column["logicalType"] = "integer";
        }

        Bounds(given, options);
        Lengths(given, options);
        if (options.Count > 0)
        {
            column["logicalTypeOptions"] = options;
        }
    }

    private static void Other(string name, JsonObject given, JsonObject column, JsonObject options, JsonArray hub)
    {
        switch (name)
        {
            case "decimal":
                Type(column, hub, "number", $"decimal(28,{NumberFormat(given, hub) ?? 10})");
                break;
            case "number" or "double" or "float":
                Type(column, hub, "number", "float64");
                _ = NumberFormat(given, hub);
                break;
            case "boolean":
                Type(column, hub, "boolean", "boolean");
                var words = (Text(given, "format")?.Split('|') ?? ["true|1", "false|0"]).Select(w => w.Split('|')).ToArray();
                Custom(hub, "hub.trueTexts", List(words[0]));
                if (words.Length > 1)
                {
                    Custom(hub, "hub.falseTexts", List(words[1]));
                }

                break;
            case "date" or "time":
                Type(column, hub, name, name);
                Moment(name, given, options);
                break;
            case "dateTime" or "datetime" or "dateTimeStamp":
                Type(column, hub, "timestamp", "timestamp");
                Custom(hub, "hub.timeZone", "Etc/UTC");
                break;
            case "base64Binary":
                throw new NotExpressibleException("a contract limits the length of text, not of bytes");
            default:
                throw new NotExpressibleException($"the hub has no type for {name}");
        }
    }

    private static void Integer(JsonObject given, JsonObject options, JsonArray hub, (string? Minimum, string? Maximum) range)
    {
        Custom(hub, "hub.type", "decimal(28,0)");
        _ = NumberFormat(given, hub);
        Option(options, "minimum", range.Minimum is null ? null : JsonNode.Parse(range.Minimum));
        Option(options, "maximum", range.Maximum is null ? null : JsonNode.Parse(range.Maximum));
    }

    private static void Moment(string name, JsonObject given, JsonObject options)
    {
        var format = Text(given, "format");
        if (name == "time" && format?.Contains('X', StringComparison.Ordinal) == true)
        {
            throw new NotExpressibleException("the hub's time has no offset");
        }

        Option(options, "format", format);
    }

    /// <summary>Characters of numbers, and the most digits after the point; null without a pattern.</summary>
    private static int? NumberFormat(JsonObject given, JsonArray hub)
    {
        Character(given, hub, "groupChar", "hub.groupChar");
        Character(given, hub, "decimalChar", "hub.decimalChar");
        if (Text(given, "format") is not { } pattern)
        {
            return null;
        }

        // A part of these patterns is the contract's own; grouping by a comma is the default of CSV on the Web.
        if (NumberPattern.Parse(pattern) is not { } known)
        {
            throw new NotExpressibleException($"a contract's number patterns have no {pattern}");
        }

        Custom(hub, "hub.numberPattern", pattern);
        if (known.Grouped && given["format"]?["groupChar"] is null)
        {
            Custom(hub, "hub.groupChar", ",");
        }

        return known.MaxFraction;
    }

    private static void Character(JsonObject given, JsonArray hub, string name, string property)
    {
        if (given["format"] is JsonObject format && format[name] is { } character)
        {
            Custom(hub, property, character.GetValue<string>());
        }
    }

    private static void Bounds(JsonObject given, JsonObject options)
    {
        foreach (var (name, option) in new[]
        {
            ("minimum", "minimum"), ("minInclusive", "minimum"), ("minExclusive", "exclusiveMinimum"),
            ("maximum", "maximum"), ("maxInclusive", "maximum"), ("maxExclusive", "exclusiveMaximum"),
        })
        {
            Option(options, option, given[name]?.DeepClone());
        }
    }

    private static void Lengths(JsonObject given, JsonObject options)
    {
        Option(options, "minLength", given["minLength"]?.DeepClone());
        Option(options, "maxLength", given["maxLength"]?.DeepClone());
        if (given["length"] is { } length)
        {
            options["minLength"] ??= length.DeepClone();
            options["maxLength"] = length.DeepClone();
        }
    }

    private static string? Text(JsonObject given, string name) => given[name] switch
    {
        null => null,
        JsonObject format => format["pattern"]?.GetValue<string>(),
        var text => text.GetValue<string>(),
    };

    private static void Type(JsonObject column, JsonArray hub, string logical, string type)
    {
        column["logicalType"] = logical;
        Custom(hub, "hub.type", type);
    }

    private static void Option(JsonObject options, string name, JsonNode? value)
    {
        if (value is not null && value.ToString().Length > 0)
        {
            options[name] = value;
        }
    }

    public static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);

    public static void Custom(JsonArray hub, string property, JsonNode value) =>
        hub.Add(new JsonObject { ["property"] = property, ["value"] = value });
}
