using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DataHub.Gateway.Problems;

/// <summary>What is wrong with a JSON body that could not be bound: a member that does not exist, with those that do, or a malformed or mistyped place.</summary>
internal static class JsonProblems
{
    public static HubError Find(JsonException json, HttpRequest request)
    {
        var segments = Segments(json.Path ?? "$");
        var pointer = string.Concat(segments.Select(s => '/' + s.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));
        return HubErrors.RequestInvalid(
        [
            segments.Count > 0 && MembersAround(segments, request) is { } members && !members.Contains(segments[^1], StringComparer.OrdinalIgnoreCase)
                ? RequestCodes.MemberUnknown.At(pointer, DidYouMean.Clause(segments[^1], members)) with { Allowed = members }
                : RequestCodes.JsonInvalid.At(pointer),
        ]);
    }

    /// <summary>The members of the object that holds the last segment, by the type that the endpoint binds; null where that is no object of named members.</summary>
    private static string[]? MembersAround(List<string> segments, HttpRequest request)
    {
        var options = request.HttpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var type = request.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType;
        foreach (var segment in segments.SkipLast(1))
        {
            type = type is null ? null : Below(options.GetTypeInfo(type), segment);
        }

        return type is not null && options.GetTypeInfo(type) is { Kind: JsonTypeInfoKind.Object } around ? [.. around.Properties.Select(p => p.Name).Order()] : null;
    }

    private static Type? Below(JsonTypeInfo type, string segment) => type.Kind switch
    {
        JsonTypeInfoKind.Object => type.Properties.FirstOrDefault(p => p.Name.Equals(segment, StringComparison.OrdinalIgnoreCase))?.PropertyType,
        JsonTypeInfoKind.None => null,
        _ => type.ElementType,
    };

    // JsonException.Path is $.a['b.c'][0].
    private static List<string> Segments(string path)
    {
        var segments = new List<string>();
        for (var i = 1; i < path.Length;)
        {
            var (open, close) = path.AsSpan(i).StartsWith("['") ? ("['", "']") : path[i] == '[' ? ("[", "]") : (".", "");
            var start = i + open.Length;
            var end = close.Length > 0 ? path.IndexOf(close, start, StringComparison.Ordinal) : path.AsSpan(start).IndexOfAny('.', '[') is var next and >= 0 ? start + next : -1;
            end = end < 0 ? path.Length : end;
            segments.Add(path[start..end]);
            i = end + close.Length;
        }

        return segments;
    }
}
