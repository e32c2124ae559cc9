using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Storage.Catalogue;
using Microsoft.AspNetCore.DataProtection;

namespace DataHub.Gateway.Catalogue;

/// <summary>Opaque, authenticated cursors through the catalogue, each bound to its question (without the limit).</summary>
internal sealed class CatalogueCursor(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("datahub.catalogue-cursor");

    public string Write(CatalogueQuestion question, CataloguePlace place) => Base64Url.EncodeToString(
        protector.Protect(JsonSerializer.SerializeToUtf8Bytes(new Payload(Digest(question), place.Rank, place.Name))));

    /// <exception cref="HubErrorException">cursor_mismatch.</exception>
    public CataloguePlace Read(CatalogueQuestion question, string cursor)
    {
        try
        {
            var payload = JsonSerializer.Deserialize<Payload>(protector.Unprotect(Base64Url.DecodeFromChars(cursor)))!;
            return payload.Question == Digest(question) ? new CataloguePlace(payload.Rank, payload.Name)
                : throw HubErrors.CursorMismatch().ToException();
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            throw HubErrors.CursorMismatch().ToException(e);
        }
    }

    private static string Digest(CatalogueQuestion question)
    {
        var text = JsonSerializer.Serialize(new[] { question.Text, question.Provider, question.Theme, question.Access });
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }

    private sealed record Payload(string Question, int Rank, string Name);
}
