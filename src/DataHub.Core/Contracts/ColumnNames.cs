using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>
/// What a column may be called. A name stands bare in filters, so the words that the filter grammar itself reads are not
/// names: OData's operators and literals in any letter case (4.01 reads them so), its string functions, and the prefixes of
/// typed literals. Words that only matter before "(" or "'" and are common column names (date, year, time) stay allowed.
/// </summary>
public static partial class ColumnNames
{
    /// <summary>The only member of an NDJSON page's last line: no record can look like it.</summary>
    public const string EndOfAnswer = "_end";

    private const int MaxLength = 63;

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "not", "eq", "ne", "gt", "ge", "lt", "le", "in", "has", "add", "sub", "mul", "div", "divby", "mod",
        "asc", "desc", "any", "all", "null", "true", "false", "INF", "NaN",
        "contains", "startswith", "endswith", "tolower", "toupper", "matchespattern",
        "duration", "binary", "geography", "geometry",
    };

    /// <summary>Why a name cannot be used, or null when it can.</summary>
    public static Text? Problem(string name)
    {
        if (!Allowed().IsMatch(name))
        {
            return new(
                "chỉ gồm chữ cái, chữ số và _, không bắt đầu bằng chữ số, tối đa 63 ký tự",
                "only letters, digits and _, no digit first, at most 63 characters");
        }

        if (!name.IsNormalized(NormalizationForm.FormC))
        {
            return new("không ở dạng Unicode dựng sẵn (NFC)", "it is not in composed Unicode form (NFC)");
        }

        if (Reserved.Contains(name))
        {
            return new("là từ khóa của biểu thức lọc", "it is a keyword of filter expressions");
        }

        if (name.Equals(EndOfAnswer, StringComparison.OrdinalIgnoreCase))
        {
            return new("tên này dành cho dòng kết thúc của câu trả lời NDJSON", "it is reserved for the last line of NDJSON answers");
        }

        return IsKeyless(name)
            ? new("tên này dành cho khóa của tập dữ liệu không có khóa chính", "it is reserved for datasets without a key")
            : null;
    }

    /// <summary>The nearest name that can be used.</summary>
    public static string Propose(string name)
    {
        // Half a surrogate pair cannot be normalised; runes replace it by U+FFFD, which then becomes _.
        var whole = string.Concat(name.EnumerateRunes().Select(r => r.ToString()));
        var proposal = new StringBuilder();
        foreach (var c in whole.Normalize(NormalizationForm.FormC))
        {
            var fits = c == '_' || char.IsLetter(c) || char.GetUnicodeCategory(c) == UnicodeCategory.DecimalDigitNumber;
            if (fits || (proposal.Length > 0 && proposal[^1] != '_'))
            {
                proposal.Append(fits ? c : '_');
            }
        }

        var text = proposal.ToString().TrimEnd('_');
        text = text.Length == 0 ? "column" : char.IsDigit(text[0]) ? $"c_{text}" : text;
        text = text.Length > MaxLength ? text[..MaxLength] : text;
        return Problem(text) is null ? text : text.Length < MaxLength - 1 ? $"c_{text.TrimStart('_')}" : "column";
    }

    private static bool IsKeyless(string name) =>
        name.StartsWith("_hash", StringComparison.OrdinalIgnoreCase)
        || name.Equals("_n", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^[\p{L}_][\p{L}\p{Nd}_]{0,62}\z")]
    private static partial Regex Allowed();
}
