using System.Globalization;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Storage.Catalogue;

namespace DataHub.Gateway.Catalogue;

/// <summary>The parameters of a search as they came; <see cref="Read"/> reports everything that is wrong with them at once.</summary>
internal sealed record CatalogueParameters(string? Q, string? Provider, string? Theme, string? Access, string? Limit)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1_000;

    /// <summary>In UTF-16 units; and at most so many words.</summary>
    public const int LongestText = 200;
    private const int MostWords = 20;
    private static readonly string[] Modes = ["open", "shared"];

    /// <exception cref="HubErrorException">request_invalid, limit_out_of_range.</exception>
    public CatalogueQuestion Read()
    {
        var problems = new List<ErrorDetail>();
        foreach (var (name, value) in new[] { ("q", Q), ("provider", Provider), ("theme", Theme), ("access", Access) })
        {
            Check(name, value, problems);
        }

        var words = Words(Q);
        if (Q is { Length: <= LongestText and > 0 } && words.Length is 0 or > MostWords)
        {
            problems.Add(words.Length == 0 ? RequestCodes.Required.In("q") : RequestCodes.TooManyWords.In("q", MostWords));
        }

        if (!string.IsNullOrEmpty(Access) && !Modes.Contains(Access))
        {
            problems.Add(RequestCodes.ValueUnknown.In("access", DidYouMean.Clause(Access, Modes)) with { Allowed = Modes });
        }

        var limit = ReadLimit();
        if (problems.Count > 0)
        {
            problems.AddRange(limit is null ? HubErrors.LimitOutOfRange(MaxLimit).Errors : []);
            throw HubErrors.RequestInvalid(problems).ToException();
        }

        return new CatalogueQuestion(Q, words, Provider, Theme, Access, null,
            limit ?? throw HubErrors.LimitOutOfRange(MaxLimit).ToException());
    }

    private static void Check(string name, string? value, List<ErrorDetail> problems)
    {
        if (value is null)
        {
            return;
        }

        if (value.Length == 0)
        {
            // A search for nothing that finds everything would hide a form's mistake: who wants everything leaves it out.
            problems.Add(RequestCodes.Required.In(name));
        }
        else if (value.Length > LongestText)
        {
            problems.Add(RequestCodes.TextTooLong.In(name, LongestText));
        }
        else if (value.Contains('\0', StringComparison.Ordinal) || value.EnumerateRunes().Any(r => r == Rune.ReplacementChar))
        {
            problems.Add(RequestCodes.CharacterNotAllowed.In(name));
        }
    }

    // A mark alone is no word: folding leaves nothing of it, and nothing is part of everything.
    private static string[] Words(string? text) => [.. (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .Where(w => w.Any(c => char.GetUnicodeCategory(c) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.Control)))
        .Distinct(StringComparer.Ordinal)];

    private int? ReadLimit() => Limit is null ? DefaultLimit
        : int.TryParse(Limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxLimit
            ? number : null;
}
