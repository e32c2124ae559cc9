using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using DataHub.Core.Errors;
using Microsoft.Win32.SafeHandles;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>A file of a source while it is being read: the same bytes from beginning to end, or an error that says that they were not.</summary>
/// <param name="name">Path below the source's folder.</param>
/// <param name="written">When its source last wrote it; null asks the file itself.</param>
internal sealed class TakenFile(string source, string name, SafeFileHandle handle, DateTimeOffset? written = null) : IDisposable
{
    private readonly DateTime touched = File.GetLastWriteTimeUtc(handle);
    private string? mark;

    public string Source => source;

    public string Name => name;

    public long Length { get; } = RandomAccess.GetLength(handle);

    public DateTimeOffset Written => written ?? new DateTimeOffset(touched, TimeSpan.Zero);

    /// <summary><see cref="IFileStore.StampAsync"/> of the content that was taken, or null.</summary>
    public string? Stamp { get; init; }

    /// <summary>A reading from the beginning; any number at a time.</summary>
    public Stream Open() => new FileHandleStream(handle);

    /// <summary>
    /// What tells it from every other: path, size and SHA-256 of the content. Size and time alone never do: a program may keep both over
    /// another content.
    /// </summary>
    public async Task<string> MarkAsync(CancellationToken cancellation)
    {
        if (mark is null)
        {
            await using var content = Open();
            var digest = await SHA256.HashDataAsync(content, cancellation);
            var text = $"{name}\n{Length}\n{Convert.ToHexString(digest)}";
            mark = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 18));
        }

        return mark;
    }

    /// <summary>Throws when the file was written to since it was opened.</summary>
    public void RefuseChange()
    {
        if (RandomAccess.GetLength(handle) != Length || File.GetLastWriteTimeUtc(handle) != touched)
        {
            throw HubErrors.SourceChangedWhileReading(source, name).ToException();
        }
    }

    public void Dispose() => handle.Dispose();
}
