using Microsoft.Win32.SafeHandles;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// One reading of an opened file, with a place of its own: several may stand on one handle, and closing one leaves the handle open, unless it owns it.
/// </summary>
internal sealed class FileHandleStream(SafeFileHandle file, bool owns = false) : ReadOnlyStream
{
    private long position;

    public override bool CanSeek => true;

    public override long Length => RandomAccess.GetLength(file);

    public override long Position
    {
        get => position;
        set => position = value >= 0 ? value : throw new IOException("Before the beginning of the file.");
    }

    public override int Read(Span<byte> buffer)
    {
        var read = RandomAccess.Read(file, buffer, position);
        position += read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await RandomAccess.ReadAsync(file, buffer, position, cancellationToken);
        position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => Length + offset,
    };

    protected override void Dispose(bool disposing)
    {
        if (disposing && owns)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
