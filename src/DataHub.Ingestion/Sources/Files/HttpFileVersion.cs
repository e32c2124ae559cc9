using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>Which content of a file an answer speaks of, as far as the server says so.</summary>
/// <param name="Tag">Its strong ETag, or null: a weak one is the same for contents that differ.</param>
/// <param name="Modified">
/// When it was last written, or null where it might be written once more in the same second (RFC 9110 §8.8.2.2: a minute before the answer).
/// </param>
/// <param name="Length">All its bytes, or null.</param>
internal sealed record HttpFileVersion(string? Tag, DateTimeOffset? Modified, long? Length)
{
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    public static HttpFileVersion Of(HttpResponseMessage answer)
    {
        var (content, date) = (answer.Content.Headers, answer.Headers.Date);
        return new HttpFileVersion(
            answer.Headers.ETag is { IsWeak: false, Tag: var tag } ? tag : null,
            content.LastModified is { } modified && date is { } now && now - modified >= Settled ? modified : null,
            content.ContentRange is { } range ? range.Length : content.ContentLength);
    }

    /// <summary>The condition under which a part may be added to what has come; null where nothing can be relied on.</summary>
    public RangeConditionHeaderValue? Condition => Tag is not null
        ? new RangeConditionHeaderValue(Tag) : Modified is { } modified ? new RangeConditionHeaderValue(modified) : null;

    /// <summary>True unless something tells the two apart.</summary>
    public bool MayBe(HttpFileVersion other) => (Tag ?? other.Tag) == (other.Tag ?? Tag)
        && (Modified ?? other.Modified) == (other.Modified ?? Modified) && (Length ?? other.Length) == (other.Length ?? Length);

    /// <summary><see cref="IFileStore.StampAsync"/> by the ETag, else by time and size together.</summary>
    public string? Stamp(Uri address)
    {
        var said = Tag ?? (Modified is { } modified && Length is not null ? modified.ToString("O") : null);
        return said is null ? null : Base64Url.EncodeToString(
            SHA256.HashData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"http\n{address}\n{said}\n{Length}"))).AsSpan(0, 18));
    }
}
