using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Queries;

namespace DataHub.Gateway.Records;

/// <summary>What a reader can ask in a body: longer than a URL takes, and with values of personal columns.</summary>
/// <param name="Filter">OData expression, up to 65,536 characters.</param>
/// <param name="Where">Values by column, one or an array, as JSON values or canonical texts; those of one column are alternatives, null
/// is no value.</param>
/// <param name="Select">Columns of the answer: an array of names, or names between commas.</param>
/// <param name="Orderby">Steps of the order: an array, or between commas, of <c>column</c> or <c>column desc</c>.</param>
/// <param name="Limit">Records of a page, 1 to 50,000; default 1,000.</param>
/// <param name="Cursor">Where to go on: the <c>cursor</c> of the last answer.</param>
/// <param name="Count">none (default), exact or estimated: the total of a filtered question.</param>
internal sealed record QueryBody(
    string? Filter = null, IReadOnlyDictionary<string, JsonElement>? Where = null, JsonElement? Select = null,
    JsonElement? Orderby = null, int? Limit = null, string? Cursor = null, string? Count = null);

/// <summary>Step Parse for a question in a body; unknown and repeated members, and members of a wrong type, are all named.</summary>
internal static class BodyQuestion
{
    private static readonly string[] Members = ["count", "cursor", "filter", "limit", "orderby", "select", "where"];

    /// <summary>The question; what is wrong with the body itself is added to <paramref name="problems"/>.</summary>
    public static AskedQuestion Read(JsonElement body, QueryProblems problems)
    {
        try
        {
            return ReadMembers(body, problems);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped, in a member's name.
            problems.Add(RequestCodes.JsonInvalid.At(""));
            return new AskedQuestion(InBody: true);
        }
    }

    private static AskedQuestion ReadMembers(JsonElement body, QueryProblems problems)
    {
        var asked = new AskedQuestion(InBody: true);
        if (body.ValueKind != JsonValueKind.Object)
        {
            problems.Add(RequestCodes.JsonInvalid.At(""));
            return asked;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in body.EnumerateObject())
        {
            var (name, place) = (member.Name, new QueryPlace(Escaped(member.Name), InBody: true));
            if (!Members.Contains(name))
            {
                problems.AddOnce("member\n" + name, () =>
                    place.Report(RequestCodes.MemberUnknown, DidYouMean.Clause(name, Members)) with { Allowed = Members });
            }
            else if (!seen.Add(name))
            {
                problems.AddOnce("repeated\n" + name, () => place.Report(RequestCodes.ParameterRepeated));
            }
            else if (member.Value.ValueKind != JsonValueKind.Null)
            {
                asked = With(asked, name, member.Value, problems);
            }
        }

        return asked;
    }

    private static AskedQuestion With(AskedQuestion asked, string name, JsonElement value, QueryProblems problems)
    {
        var place = new QueryPlace(name, InBody: true);
        switch (name)
        {
            case "where":
                return asked with { Where = Where(value, problems) };
            case "select":
                return asked with { Select = List(value, place, problems) };
            case "orderby":
                return asked with { OrderBy = List(value, place, problems) };
            case "limit" when value.ValueKind == JsonValueKind.Number:
                return asked with { Limit = UrlQuestion.ReadLimit(value.GetRawText(), place, problems) ?? asked.Limit };
        }

        if (Text(value) is not { } text)
        {
            problems.Add(place.Report(RequestCodes.JsonInvalid));
            return asked;
        }

        return name switch
        {
            "filter" => asked with { Filter = (text, place) },
            "cursor" => asked with { Cursor = text },
            "count" => asked with { Count = UrlQuestion.ReadCount(text, place, problems) ?? asked.Count },
            _ => asked with { Limit = UrlQuestion.ReadLimit(text, place, problems) ?? asked.Limit },
        };
    }

    private static List<AskedValue> Where(JsonElement where, QueryProblems problems)
    {
        var values = new List<AskedValue>();
        if (where.ValueKind != JsonValueKind.Object)
        {
            problems.Add(RequestCodes.JsonInvalid.At("/where"));
            return values;
        }

        foreach (var column in where.EnumerateObject())
        {
            var place = new QueryPlace("where", InBody: true).Below(column.Name);
            if (column.Value.ValueKind == JsonValueKind.Array && column.Value.GetArrayLength() == 0)
            {
                // No alternative at all: no record is meant, or the caller lost its values.
                problems.Add(place.Report(RequestCodes.Required));
            }
            else if (column.Value.ValueKind == JsonValueKind.Array)
            {
                values.AddRange(column.Value.EnumerateArray().Take(FilterLimits.Items + 1)
                    .Select((v, i) => Value(column.Name, v, place.Below($"{i}"), problems)).OfType<AskedValue>());
            }
            else if (Value(column.Name, column.Value, place, problems) is { } value)
            {
                values.Add(value);
            }
        }

        return values;
    }

    private static AskedValue? Value(string column, JsonElement json, QueryPlace place, QueryProblems problems)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return new AskedValue(column, null, place);
        }

        if (json.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False)
        {
            return new AskedValue(column, json.GetRawText(), place) { Bare = true };
        }

        if (Text(json) is { } text)
        {
            return new AskedValue(column, text, place);
        }

        problems.Add(place.Report(RequestCodes.JsonInvalid));
        return null;
    }

    private static IReadOnlyList<string>? List(JsonElement json, QueryPlace place, QueryProblems problems)
    {
        if (Text(json) is { } names)
        {
            return UrlQuestion.Names(names);
        }

        if (json.ValueKind == JsonValueKind.Array && json.EnumerateArray().Select(Text).ToList() is var items
            && items.TrueForAll(i => i is not null))
        {
            return items!;
        }

        problems.Add(place.Report(RequestCodes.JsonInvalid));
        return null;
    }

    // Half of a surrogate pair, escaped, is JSON and no text.
    private static string? Text(JsonElement json)
    {
        try
        {
            return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string Escaped(string name) => JsonPointer.Below("", name)[1..];
}
