using System.Collections;
using System.Reflection;
using DataHub.Core.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Problems;

/// <summary>
/// Refuses bodies with texts that PostgreSQL cannot hold (U+0000): all of them at once, each by its pointer. Halves of
/// surrogate pairs do not come this far, the reader
/// of bodies names them; values of records are JSON still, and judged where they are read.
/// </summary>
internal static class StorableTexts
{
    public static RouteGroupBuilder RefuseUnstorableTexts(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter((call, next) =>
        {
            Check(call);
            return next(call);
        });
        return group;
    }

    private static void Check(EndpointFilterInvocationContext call)
    {
        if (call.HttpContext.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type)
        {
            return;
        }

        var problems = new List<ErrorDetail>();
        Walk(call.Arguments.FirstOrDefault(a => a?.GetType() == type), "", problems);
        if (problems.Count > 0)
        {
            throw HubErrors.RequestInvalid(problems).ToException();
        }
    }

    private static void Walk(object? value, string pointer, List<ErrorDetail> problems)
    {
        switch (value)
        {
            case string text:
                problems.AddRange(text.Contains('\0', StringComparison.Ordinal) ? [RequestCodes.CharacterNotAllowed.At(pointer)]
                    : Array.Empty<ErrorDetail>());
                break;
            case IDictionary entries:
                foreach (DictionaryEntry entry in entries)
                {
                    var below = $"{pointer}/{((string)entry.Key).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
                    Walk(entry.Key, below, problems);
                    Walk(entry.Value, below, problems);
                }

                break;
            case IEnumerable items:
                var index = 0;
                foreach (var item in items)
                {
                    Walk(item, $"{pointer}/{index++}", problems);
                }

                break;
            case not null when value.GetType().Assembly == typeof(StorableTexts).Assembly:
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    Walk(property.GetValue(value), $"{pointer}/{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}", problems);
                }

                break;
        }
    }
}
