using System.Reflection;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DataHub.Gateway.Problems;

/// <summary>Query parameters an endpoint reads beyond its bound ones; <c>*</c> leaves the check to the endpoint.</summary>
internal sealed record AllowedParameters(IReadOnlyList<string> Names);

/// <summary>Refuses query parameters that nothing reads: a misspelt filter must not answer everything.</summary>
public static class UnknownParameters
{
    public static TBuilder AllowParameters<TBuilder>(this TBuilder builder, params string[] names)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint => endpoint.Metadata.Add(new AllowedParameters(names)));
        return builder;
    }

    public static RouteGroupBuilder RefuseUnknownParameters(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory((context, next) =>
        {
            var bound = context.MethodInfo.GetParameters().SelectMany(NamesOf).ToList();
            return call =>
            {
                Check(call.HttpContext, bound);
                return next(call);
            };
        });
        return group;
    }

    private static void Check(HttpContext context, List<string> bound)
    {
        if (context.Request.Query.Count == 0)
        {
            return;
        }

        var declared = context.GetEndpoint()?.Metadata.GetOrderedMetadata<AllowedParameters>() ?? [];
        var routed = context.Request.RouteValues.Keys;
        string[] allowed = [.. bound.Except(routed).Concat(declared.SelectMany(d => d.Names)).Distinct().Order()];
        var unknown = context.Request.Query.Keys.Where(k => !allowed.Contains(k)).ToList();
        if (unknown.Count == 0 || allowed.Contains("*"))
        {
            return;
        }

        throw HubErrors.ParameterUnknown(unknown,
            [
                .. unknown.Select(name =>
                {
                    var clause = DidYouMean.Clause(name, allowed);
                    return RequestCodes.ParameterUnknown.In(name, clause) with { Allowed = allowed };
                }),
            ]).ToException();
    }

    private static IEnumerable<string> NamesOf(ParameterInfo parameter) =>
        parameter.GetCustomAttribute<AsParametersAttribute>() is not null
            ? parameter.ParameterType.GetProperties()
                .Where(p => IsSimple(p.PropertyType))
                .Select(p => p.GetCustomAttribute<FromQueryAttribute>()?.Name ?? char.ToLowerInvariant(p.Name[0]) + p.Name[1..])
            : IsSimple(parameter.ParameterType)
                ? [parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name!]
                : [];

    private static bool IsSimple(Type type)
    {
        var inner = type.IsArray ? type.GetElementType()! : Nullable.GetUnderlyingType(type) ?? type;
        return inner.IsPrimitive || inner.IsEnum || inner == typeof(string) || inner == typeof(decimal)
            || inner == typeof(Guid) || inner == typeof(DateTimeOffset) || inner == typeof(DateOnly);
    }
}
