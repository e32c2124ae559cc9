using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataHub.Core.Access;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Versioning;
using Microsoft.AspNetCore.DataProtection;

namespace DataHub.Gateway.Records;

/// <summary>What a cursor is bound to; anything else gets <c>cursor_mismatch</c>.</summary>
/// <param name="Dataset">Dataset number.</param>
/// <param name="Seq">Version.</param>
/// <param name="Query">The question without its limit.</param>
/// <param name="Client">Client id, empty without a token.</param>
/// <param name="Agreement">The agreement's revision.</param>
internal sealed record CursorScope(int Dataset, int Seq, string Query, string Client, long Agreement)
{
    public string Digest()
    {
        var text = JsonSerializer.Serialize(this);
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}

/// <summary>Where a walk stands: after which key, with how many records left.</summary>
internal sealed record PagePosition(object[] After, long Left);

/// <summary>What a cursor holds.</summary>
/// <param name="Seq">Its version: paging from a moving reference stays where it began.</param>
/// <param name="Scope">Digest of its <see cref="CursorScope"/>.</param>
/// <param name="After">Canonical texts of the last key.</param>
/// <param name="Left">Records left.</param>
internal sealed record OpenCursor(int Seq, string Scope, string[] After, long Left);

/// <summary>
/// Opaque, encrypted and authenticated cursors. They carry the number of records left, so that the last page never searches beyond the version's last record (3 s
/// in a dataset that has since grown by five million keys).
/// </summary>
internal sealed class PageCursor(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("datahub.cursor");

    public string Write(CursorScope scope, PagePosition position)
    {
        var payload = new OpenCursor(scope.Seq, scope.Digest(), [.. position.After.Select(KeyText.Canonical)], position.Left);
        return Base64Url.EncodeToString(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(payload)));
    }

    /// <summary>Where an opened cursor stands, if it belongs to this question.</summary>
    /// <exception cref="HubErrorException">cursor_mismatch.</exception>
    public static PagePosition Read(OpenCursor payload, CursorScope scope, IReadOnlyList<StoreColumn> key)
    {
        if (payload.Scope != scope.Digest() || payload.After.Length != key.Count)
        {
            throw HubErrors.CursorMismatch().ToException();
        }

        var after = new object[key.Count];
        for (var i = 0; i < after.Length; i++)
        {
            after[i] = KeyText.TryRead(payload.After[i], key[i].Type, out var value) ? value : throw HubErrors.CursorMismatch().ToException();
        }

        return new PagePosition(after, payload.Left);
    }

    /// <summary>Decrypts a cursor; what it says is not yet trusted to fit the question.</summary>
    /// <exception cref="HubErrorException">cursor_mismatch.</exception>
    public OpenCursor Open(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize<OpenCursor>(protector.Unprotect(Base64Url.DecodeFromChars(cursor)))!;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            throw HubErrors.CursorMismatch().ToException(e);
        }
    }
}
