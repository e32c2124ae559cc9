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

/// <summary>
/// Opaque, encrypted and authenticated cursors. They carry the number of records left, so that the last page never searches beyond the version's last record (3 s
/// in a dataset that has since grown by five million keys).
/// </summary>
internal sealed class PageCursor(IDataProtectionProvider protection)
{
    private readonly IDataProtector protector = protection.CreateProtector("datahub.cursor");

    public string Write(CursorScope scope, PagePosition position)
    {
        var payload = new Payload(scope.Seq, scope.Digest(), [.. position.After.Select(KeyText.Canonical)], position.Left);
        return Base64Url.EncodeToString(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(payload)));
    }

    /// <summary>The version that a cursor belongs to: paging from a moving reference stays where it began.</summary>
    public int Version(string cursor) => Open(cursor).Seq;

    /// <exception cref="HubErrorException">cursor_mismatch.</exception>
    public PagePosition Read(string cursor, CursorScope scope, IReadOnlyList<StoreColumn> key)
    {
        var payload = Open(cursor);
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

    private Payload Open(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize<Payload>(protector.Unprotect(Base64Url.DecodeFromChars(cursor)))!;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            throw HubErrors.CursorMismatch().ToException(e);
        }
    }

    private sealed record Payload(int Seq, string Scope, string[] After, long Left);
}
