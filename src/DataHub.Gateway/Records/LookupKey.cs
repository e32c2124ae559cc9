using System.Text.Json;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;

namespace DataHub.Gateway.Records;

/// <summary>Reads the key of a lookup: every key column, nothing else, each in its type; all problems at once.</summary>
internal static class LookupKey
{
    public static object[] Read(IReadOnlyDictionary<string, JsonElement>? key, ReadPlan plan)
    {
        var columns = plan.Line.Layout.Key;
        var names = columns.Select(c => c.Name).ToList();
        var problems = (key ?? new Dictionary<string, JsonElement>()).Keys.Where(k => !names.Contains(k))
            .Select(k => Problem(k, "column_unknown", new("Không phải cột khóa.", "Not a key column."), names)).ToList();
        var values = new object[columns.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var column = columns[i];
            if (key is null || !key.TryGetValue(column.Name, out var json))
            {
                problems.Add(Problem(column.Name, "required", new("Thiếu cột khóa.", "The key column is missing."), null));
            }
            else if (Text(json) is { } text && KeyText.TryRead(text, column.Type, out var value))
            {
                values[i] = value;
            }
            else
            {
                problems.Add(Problem(column.Name, "type_mismatch", new($"Không phải {column.Type}.", $"Not a {column.Type}."), null));
            }
        }

        return problems.Count == 0 ? values : throw HubErrors.RequestInvalid(problems).ToException();
    }

    private static string? Text(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => String(json),
        JsonValueKind.Number => json.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    // An escaped half of a surrogate pair is JSON and no text.
    private static string? String(JsonElement json)
    {
        try
        {
            return json.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static ErrorDetail Problem(string column, string code, Text message, IReadOnlyList<string>? allowed) =>
        new(code, message) { Pointer = "/key/" + column, Allowed = allowed };
}
