using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DataHub.Gateway.Problems;

/// <summary>The answer to every refused call: RFC 9457 with the hub's own members.</summary>
public sealed record ProblemDocument
{
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Detail { get; init; }

    /// <summary>Path of the call.</summary>
    public required string Instance { get; init; }

    /// <summary>Stable code, listed in contracts/errors.json.</summary>
    public required string Code { get; init; }

    /// <summary>Who must act: client, hub or source.</summary>
    public required string Origin { get; init; }

    public required string Hint { get; init; }

    public required string TraceId { get; init; }

    /// <summary>All problems of the request at once.</summary>
    public IReadOnlyList<ProblemItem> Errors { get; init; } = [];
}

/// <summary>One problem: where it is, and what would be accepted.</summary>
public sealed record ProblemItem
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Pointer { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Parameter { get; init; }

    public required string Code { get; init; }

    public required string Message { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Allowed { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProblemDocument))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>Vietnamese stays readable: the answer is never embedded in HTML.</summary>
    public static ProblemJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
