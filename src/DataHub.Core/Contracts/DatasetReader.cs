using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>Reads what a contract says of the dataset as a whole: its id, version, single object and <c>hub.*</c> terms.</summary>
internal static partial class DatasetReader
{
    private static readonly string[] Entities = ["hub.table", "hub.query", "hub.file"];

    public static string? Id(JsonObject root, ContractProblems problems)
    {
        var name = root.Text("name");
        if (string.IsNullOrWhiteSpace(name))
        {
            problems.Add(ContractCodes.PropertyMissing.At("/name", "name"));
            return null;
        }

        if (!DatasetId().IsMatch(name))
        {
            problems.Add(ContractCodes.DatasetInvalid.At("/name", JsonValue.Create(name).Shown(), Propose(name)));
            return null;
        }

        return name;
    }

    public static ContractVersion Version(JsonObject root, ContractProblems problems)
    {
        var text = root.Text("version");
        if (!ContractVersion.TryParse(text, out var version) && text is not null)
        {
            problems.Add(ContractCodes.VersionInvalid.At("/version", root["version"].Shown()));
        }

        return version;
    }

    public static JsonObject? SingleObject(JsonObject root, ContractProblems problems)
    {
        var count = root.Objects("schema").Count();
        if (count == 1)
        {
            return root.Objects("schema").First();
        }

        problems.Add(ContractCodes.NotSingleObject.At("/schema", count));
        return null;
    }

    public static IEnumerable<string> Tags(JsonObject owner) =>
        (owner["tags"] as JsonArray ?? []).Select(t => t.Spelling() ?? "").Where(t => t.Length > 0);

    /// <summary>The dataset's <c>hub.*</c> properties, wherever they stand: its own terms, and what columns may take over.</summary>
    public static HubProperties Properties(JsonObject root, JsonObject? item, ContractProblems problems)
    {
        var hub = new HubProperties(problems, CustomPropertyLevel.Dataset).Add(root, "");
        return item is null ? hub : hub.Add(item, "/schema/0");
    }

    public static DatasetTerms? Terms(HubProperties hub, ContractProblems problems)
    {
        foreach (var known in CustomProperties.All.Where(p => p.Required && !hub.IsDeclared(p.Name)))
        {
            problems.Add(ContractCodes.HubPropertyMissing.At("/customProperties", known.Name, known.Description));
        }

        var entities = Entities.Count(hub.IsDeclared);
        if (entities != 1)
        {
            problems.Add(ContractCodes.HubEntityChoice.At("/customProperties", entities) with { Allowed = Entities });
        }

        return hub["hub.provider"] is not { } provider || hub["hub.source"] is not { } source ? null : new DatasetTerms
        {
            Provider = provider,
            Source = source,
            Table = hub["hub.table"],
            Query = hub["hub.query"],
            File = hub["hub.file"],
            Access = hub["hub.access"] == "open" ? AccessMode.Open : AccessMode.Shared,
            SharingMode = hub["hub.sharingMode"],
            LegalBasis = hub["hub.legalBasis"],
            Purpose = hub["hub.purpose"],
            Contact = hub["hub.contact"],
            FreezeNewColumns = hub["hub.newColumn"] == "freeze",
            FreezeMissingColumns = hub["hub.missingColumn"] == "freeze",
            FailOnChangedTypes = hub["hub.changedType"] == "fail",
        };
    }

    /// <summary>A dataset id made of any name: accents off, everything else a hyphen.</summary>
    public static string Propose(string name)
    {
        var id = new StringBuilder();
        foreach (var rune in PlainLetters(name).EnumerateRunes())
        {
            var lower = Rune.ToLowerInvariant(rune);
            if (lower.IsAscii && Rune.IsLetterOrDigit(lower))
            {
                id.Append(lower);
            }
            else if (Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.NonSpacingMark
                && id.Length > 0 && id[^1] != '-')
            {
                id.Append('-');
            }
        }

        var text = id.ToString().Trim('-');
        text = text.Length == 0 || !char.IsAsciiLetter(text[0]) ? $"d-{text}".TrimEnd('-') : text;
        text = text.Length > 63 ? text[..63].TrimEnd('-') : text;
        return text.Length < 2 ? $"{text}-1" : text;
    }

    private static string PlainLetters(string name)
    {
        // đ has no decomposition. A string with half a surrogate pair cannot be normalised.
        var whole = name.IsWellFormed() ? name : "";
        return whole.Replace('đ', 'd').Replace('Đ', 'd').Normalize(NormalizationForm.FormD);
    }

    private static bool IsWellFormed(this string text) =>
        text.EnumerateRunes().All(r => r != Rune.ReplacementChar);

    [GeneratedRegex(@"^[a-z][a-z0-9-]{1,62}\z")]
    private static partial Regex DatasetId();
}
