using System.Net.Mail;
using DataHub.Core.Access;
using DataHub.Core.Contracts;
using DataHub.Gateway.Catalogue;
using DataHub.Gateway.Problems;
using DataHub.Gateway.Versions;
using Microsoft.OpenApi;

namespace DataHub.Gateway.OpenApi;

/// <summary>
/// The OpenAPI document of one dataset: its own columns as typed parameters and as the schema of its records, every read
/// that this hub offers of it, and examples
/// that run as they stand. Made from the contract alone, so that it is as public as the contract is.
/// </summary>
/// <param name="prefix">Path under which the hub is reached.</param>
/// <param name="reads">Which reads exist.</param>
internal sealed class DatasetDocument(string prefix, DatasetReads reads)
{
    private const string Scheme = "oauth2";

    public OpenApiDocument Build(DataContract contract)
    {
        var examples = new ColumnExamples(contract);
        var document = new OpenApiDocument
        {
            Info = Info(contract),
            Servers = [new OpenApiServer { Url = prefix.Length == 0 ? "/" : prefix }],
            ExternalDocs = new OpenApiExternalDocs
            {
                Description = "Hợp đồng dữ liệu / The data contract",
                Url = new Uri(prefix + CatalogueLinks.Contract(contract.Dataset), UriKind.Relative),
            },
            Paths = [],
            Components = new OpenApiComponents
            {
                Schemas = new Dictionary<string, IOpenApiSchema>
                {
                    [DatasetSchemas.Record] = DatasetSchemas.OfRecord(contract, examples),
                    [DatasetSchemas.Problem] = TypeSchema.Of(typeof(ProblemDocument)),
                    [DatasetSchemas.Version] = TypeSchema.Of(typeof(VersionView)),
                    [DatasetSchemas.Versions] = TypeSchema.Of(typeof(VersionList)),
                },
            },
        };
        document.Components.Schemas[DatasetSchemas.Page] = DatasetSchemas.OfPage(document);
        if (contract.Terms.Access == AccessMode.Shared)
        {
            RequireToken(document);
        }

        new DatasetOperations(document, contract, reads, examples).Add();
        return document;
    }

    private static OpenApiInfo Info(DataContract contract)
    {
        var terms = contract.Terms;
        string?[] lines =
        [
            contract.Description,
            $"Cơ quan cung cấp / provider: {terms.Provider}",
            terms.LegalBasis is null ? null : $"Căn cứ pháp lý / legal basis: {terms.LegalBasis}",
            terms.Purpose is null ? null : $"Mục đích / purpose: {terms.Purpose}",
            terms.Access == AccessMode.Open
                ? "Dữ liệu mở, không cần token. / Open data, no token needed."
                : "Dữ liệu chia sẻ: cần token và thỏa thuận còn hiệu lực; chỉ trả các cột trong thỏa thuận. / "
                    + "Shared data: a token and an agreement in force are needed; only the agreement's columns are answered.",
        ];
        return new OpenApiInfo
        {
            Title = contract.Title,
            Version = contract.Version.ToString(),
            Description = string.Join("\n\n", lines.Where(l => l is not null)),
            Contact = terms.Contact is not { } contact ? null
                : MailAddress.TryCreate(contact, out var mail) ? new OpenApiContact { Name = contact, Email = mail.Address }
                    : new OpenApiContact { Name = contact },
        };
    }

    private void RequireToken(OpenApiDocument document)
    {
        document.Components!.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Description = "OAuth 2.0 client credentials; the token is sent as Authorization: Bearer.",
                Flows = new OpenApiOAuthFlows
                {
                    ClientCredentials = new OpenApiOAuthFlow
                    {
                        TokenUrl = new Uri(prefix + "/connect/token", UriKind.Relative),
                        Scopes = new Dictionary<string,
                            string> { [ReadDecision.ReadScope] = "Đọc dữ liệu theo thoả thuận / read data by agreement" },
                    },
                },
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme,
            document)] = [ReadDecision.ReadScope] }];
    }
}
