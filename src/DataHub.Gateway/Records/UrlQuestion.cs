using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Queries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace DataHub.Gateway.Records;

/// <summary>
/// Step Parse for a question in a URL: its known parameters, each once, and everything else as a value of a column. Names are told
/// apart by case, as columns are; the framework's own dictionary would join <c>Ma</c> and <c>ma</c>.
/// </summary>
internal static class UrlQuestion
{
    /// <summary>Parameters of a page of records; a column of such a name is filtered by <c>filter</c> only.</summary>
    public static readonly string[] Parameters = ["bom", "count", "cursor", "filter", "$filter", "format", "limit", "orderby", "select"];

    /// <summary>The question; what is wrong with the parameters themselves is added to <paramref name="problems"/>.</summary>
    public static AskedQuestion Read(HttpRequest request, QueryProblems problems)
    {
        var asked = new AskedQuestion(InBody: false);
        if (request.QueryString.Value is not { Length: > 1 } text)
        {
            return asked;
        }

        List<AskedValue>? where = null;
        HashSet<string>? seen = null;
        foreach (var pair in new QueryStringEnumerable(text))
        {
            var (name, value) = (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
            if (!Parameters.Contains(name))
            {
                (where ??= []).Add(new AskedValue(name, value, new QueryPlace(name, InBody: false)));
            }
            else if (name is "format" or "bom")
            {
                // Read together with Accept, by who writes the answer.
            }
            else if (!(seen ??= []).Add(name == "$filter" ? "filter" : name))
            {
                problems.AddOnce("repeated\n" + name, () => RequestCodes.ParameterRepeated.In(name));
            }
            else
            {
                asked = With(asked, name, value, problems);
            }
        }

        return where is null ? asked : asked with { Where = where };
    }

    /// <summary>Reports parameters that are neither known nor a column; called once the columns are.</summary>
    public static void RefuseUnknown(AskedQuestion asked, QueryColumns columns, QueryProblems problems)
    {
        string[] allowed = [.. Parameters, .. columns.Granted.Select(c => c.Name)];
        foreach (var name in asked.Where.Select(w => w.Column).Where(n => !columns.Has(n)))
        {
            problems.AddOnce("parameter\n" + name, () =>
                RequestCodes.ParameterUnknown.In(name, DidYouMean.Clause(name, allowed)) with { Allowed = allowed });
        }
    }

    /// <summary>The mode of this name, or null with a problem.</summary>
    public static CountMode? ReadCount(string text, QueryPlace place, QueryProblems problems)
    {
        CountMode? mode = text switch
        {
            "none" => CountMode.None,
            "exact" => CountMode.Exact,
            "estimated" => CountMode.Estimated,
            _ => null,
        };
        if (mode is null)
        {
            problems.Add(place.Report(RequestCodes.CountInvalid) with { Allowed = ["none", "exact", "estimated"] });
        }

        return mode;
    }

    /// <summary>The limit, or null with a problem; never clamped.</summary>
    public static int? ReadLimit(string text, QueryPlace place, QueryProblems problems)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= QueryLimits.MaxLimit)
        {
            return limit;
        }

        problems.Add(place.Report(RequestCodes.NumberInvalid, 1, QueryLimits.MaxLimit));
        return null;
    }

    private static AskedQuestion With(AskedQuestion asked, string name, string value, QueryProblems problems)
    {
        var place = new QueryPlace(name, InBody: false);
        return name switch
        {
            "filter" or "$filter" => asked with { Filter = (value, place) },
            "select" => asked with { Select = Names(value) },
            "orderby" => asked with { OrderBy = Names(value) },
            "limit" => asked with { Limit = ReadLimit(value, place, problems) ?? asked.Limit },
            "cursor" => asked with { Cursor = value },
            _ => asked with { Count = ReadCount(value, place, problems) ?? asked.Count },
        };
    }

    /// <summary>A list between commas, blanks around names left out.</summary>
    public static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries);
}
