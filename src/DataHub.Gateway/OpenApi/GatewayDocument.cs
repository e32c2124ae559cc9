using System.Globalization;
using System.Reflection;
using DataHub.Core.Access;
using DataHub.Gateway.Problems;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace DataHub.Gateway.OpenApi;

/// <summary>The OpenAPI document of the hub: what the code cannot say of itself (words, tokens, problems) is added here.</summary>
internal static class GatewayDocument
{
    private const string Scheme = "oauth2";
    private const string Problem = "Problem";

    public static void AddGatewayDocument(this IServiceCollection services, GatewayOptions options)
    {
        // Without a host, so that the page works under every name by which the hub is reached.
        var path = options.Prefix;
        services.AddOpenApi("v1", o =>
        {
            o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            o.AddDocumentTransformer((document, context, cancellation) => DescribeAsync(document, context, path, cancellation));
            o.AddOperationTransformer((operation, context, _) =>
            {
                AddSecurity(operation, context);
                AddProblems(operation, context);
                CorrectNumbers(operation, context);
                return Task.CompletedTask;
            });
            o.AddSchemaTransformer(CorrectSchema);
        });
    }

    private static async Task DescribeAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context,
        string path, CancellationToken cancellation)
    {
        document.Info = new OpenApiInfo
        {
            Title = "DataHub",
            Version = "1.0.0",
            Description = "Nền tảng chia sẻ dữ liệu: mỗi bộ dữ liệu có hợp đồng, phiên bản bất biến và quyền đọc theo thoả thuận. "
                + "Lấy token tại POST /connect/token (client credentials).\n\n"
                + "A data sharing hub: every dataset has a contract, immutable versions and readers by agreement. "
                + "Get a token at POST /connect/token (client credentials).",
        };
        document.Servers = [new OpenApiServer { Url = path.Length == 0 ? "/" : path }];
        document.Components ??= new OpenApiComponents();
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[Problem] = await context.GetOrCreateSchemaAsync(typeof(ProblemDocument), null, cancellation);
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Description = "OAuth 2.0 client credentials; the token is sent as Authorization: Bearer.",
                Flows = new OpenApiOAuthFlows
                {
                    ClientCredentials = new OpenApiOAuthFlow
                    {
                        TokenUrl = new Uri(path + "/connect/token", UriKind.Relative),
                        Scopes = new Dictionary<string, string>
                        {
                            [ReadDecision.ReadScope] = "Đọc dữ liệu theo thoả thuận / read data by agreement",
                            [ReadDecision.AdminScope] = "Quản trị / administer the hub",
                        },
                    },
                },
            },
        };
    }

    private static void AddSecurity(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var needed = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().ToList();
        var reference = new OpenApiSecuritySchemeReference(Scheme, context.Document);
        var scopes = needed.Exists(n => n.Policy == "admin") ? ReadDecision.AdminScope
            : needed.Exists(n => n.Policy == "read") || needed.Count == 0 ? ReadDecision.ReadScope
            : null;
        operation.Security = [new OpenApiSecurityRequirement { [reference] = scopes is null ? [] : [scopes] }];
        if (needed.Count == 0)
        {
            // Open data needs no token, shared data does: both stand for the same address.
            operation.Security.Insert(0, new OpenApiSecurityRequirement());
        }
    }

    private static void AddProblems(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        if (context.Description.HttpMethod == "HEAD" && operation.OperationId is { } id)
        {
            // One endpoint answers GET and HEAD; an id must be unique.
            operation.OperationId = id + "Headers";
        }

        operation.Responses ??= [];
        operation.Responses["default"] = new OpenApiResponse
        {
            Description = "Từ chối hoặc lỗi; code có trong contracts/errors.json / Refused or failed; codes stand in contracts/errors.json",
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(Problem, context.Document) },
            },
        };
    }

    // Read as text, so that a wrong one can be named; to callers they are integers.
    private static void CorrectNumbers(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        foreach (var described in context.Description.ParameterDescriptions)
        {
            if (described.ParameterDescriptor is IParameterInfoParameterDescriptor { ParameterInfo: { } parameter }
                && parameter.GetCustomAttributes(typeof(WholeNumberAttribute), inherit: false) is [WholeNumberAttribute bounds]
                && operation.Parameters?.FirstOrDefault(p => p.Name == described.Name)?.Schema is OpenApiSchema schema)
            {
                schema.Type = JsonSchemaType.Integer;
                schema.Format = bounds.Most > int.MaxValue ? "int64" : "int32";
                schema.Minimum = bounds.Least.ToString(CultureInfo.InvariantCulture);
                schema.Maximum = bounds.Most is int.MaxValue or long.MaxValue ? null : bounds.Most.ToString(CultureInfo.InvariantCulture);
            }
        }
    }

    private static Task CorrectSchema(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken _)
    {
        // Inside v1 answers may gain members; a reader made from this document must pass over them.
        schema.AdditionalPropertiesAllowed = true;
        var type = context.JsonTypeInfo.Type;
        if (type == typeof(DateTimeOffset) || type == typeof(DateTimeOffset?))
        {
            // The converter of times hides from the generator that they are texts.
            schema.Type = type == typeof(DateTimeOffset) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = "date-time";
        }

        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(FormatAttribute), inherit: false)
            is [FormatAttribute format])
        {
            schema.Format = format.Format;
        }

        return Task.CompletedTask;
    }
}
