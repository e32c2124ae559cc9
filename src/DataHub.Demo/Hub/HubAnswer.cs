using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataHub.Demo.Hub;

/// <summary>One answer of the hub, good or refused, with what its problem document says.</summary>
internal sealed class HubAnswer
{
    private readonly string text;

    internal HubAnswer(string request, HttpStatusCode status, string? location, string text)
    {
        (Request, Status, Location) = (request, status, location);
        this.text = text;
        try
        {
            Body = text.Length == 0 ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            // Not the hub's: a proxy's page, or an empty answer. The status and its first characters must do.
        }
    }

    internal string Request { get; }

    internal HttpStatusCode Status { get; }

    internal string? Location { get; }

    internal JsonObject? Body { get; }

    /// <summary>Stable code of a problem.</summary>
    internal string? Code => Body?.Text("code") ?? Body?.Text("error");

    internal IEnumerable<JsonObject> Values() => Body?["value"]?.AsArray().OfType<JsonObject>() ?? [];

    internal JsonNode Require(string name) => Body?[name] ?? throw new DemoException(
        $"{Request}: câu trả lời thiếu «{name}».", $"The answer lacks '{name}'.");

    /// <summary>What a person needs: request, status, code, detail, hint and every single error.</summary>
    internal DemoException ToException()
    {
        var reason = Body?.Text("detail") ?? Body?.Text("error_description") ?? Body?.Text("title") ?? text[..Math.Min(300, text.Length)];
        var hint = Body?.Text("hint") is { } h ? $"\n  → {h}" : "";
        var errors = Body?["errors"] is JsonArray list ? string.Concat(list.OfType<JsonObject>().Select(e =>
            $"\n  - {e.Text("pointer") ?? e.Text("parameter")} [{e.Text("code")}] {e.Text("message")}")) : "";
        return new DemoException($"{Request}: {(int)Status} {Code}: {reason}{hint}{errors}",
            $"The hub refused this call with {(int)Status}.");
    }
}

/// <summary>Reading JSON members that may be missing or null.</summary>
internal static class JsonMembers
{
    internal static string? Text(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => other.ToJsonString(),
    };

    internal static int Int(this JsonObject body, string name) => body[name]?.GetValue<int>() ?? 0;
}
