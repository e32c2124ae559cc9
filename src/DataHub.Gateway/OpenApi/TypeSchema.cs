using System.Reflection;
using Microsoft.OpenApi;

namespace DataHub.Gateway.OpenApi;

/// <summary>Schemas of the hub's own answers, from their records; nullable where the record is.</summary>
internal static class TypeSchema
{
    private static readonly NullabilityInfoContext Nullability = new();

    public static OpenApiSchema Of(Type type)
    {
        var schema = new OpenApiSchema { Type = JsonSchemaType.Object, Properties = new Dictionary<string, IOpenApiSchema>() };
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            schema.Properties[char.ToLowerInvariant(property.Name[0]) + property.Name[1..]] = OfProperty(property);
        }

        return schema;
    }

    private static OpenApiSchema OfProperty(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var schema = OfValue(type);
        if (IsNullable(property))
        {
            schema.Type |= JsonSchemaType.Null;
        }

        return schema;
    }

    private static OpenApiSchema OfValue(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" },
        TypeCode.Int64 => new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64" },
        TypeCode.String => new OpenApiSchema { Type = JsonSchemaType.String },
        TypeCode.Boolean => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        _ when type == typeof(DateTimeOffset) => new OpenApiSchema { Type = JsonSchemaType.String, Format = "date-time" },
        _ when type.IsGenericType => new OpenApiSchema { Type = JsonSchemaType.Array, Items = OfValue(type.GetGenericArguments()[0]) },
        _ => Of(type),
    };

    private static bool IsNullable(PropertyInfo property)
    {
        // The context caches and is not made for several threads.
        lock (Nullability)
        {
            return Nullability.Create(property).ReadState == NullabilityState.Nullable;
        }
    }
}
