using System.IO.Compression;
using DataHub.Core.Errors;
using DataHub.Ingestion.Sources.Files;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace DataHub.Ingestion.Sources.Excel;

/// <summary>
/// Opens a workbook for ExcelDataReader after a look at what it would have to bear: the library unpacks whatever it finds and keeps all shared
/// texts in memory, so that sizes are proved before, by unpacking once into nothing.
/// </summary>
internal static class ExcelWorkbook
{
    private static readonly byte[] Zip = [0x50, 0x4B, 0x03, 0x04], Compound = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

    static ExcelWorkbook() => System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);

    /// <summary>The workbook, and whether any cell of it is an error: the library gives such a cell as an empty one.</summary>
    public static async Task<(IExcelDataReader Book, bool HasErrors)> OpenAsync(FileInput input, FileSourceOptions limits, CancellationToken cancellation)
    {
        var content = await input.OpenSeekableAsync(cancellation);
        try
        {
            var hasErrors = await CheckAsync(input, content, limits, cancellation);
            content.Position = 0;
            return (ExcelReaderFactory.CreateReader(content, new ExcelReaderConfiguration { LeaveOpen = false }), hasErrors);
        }
        catch (Exception e)
        {
            await content.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw Translate(e, input);
        }
    }

    /// <summary>The library throws what it meets in a damaged workbook: whatever is no error of ours says that it cannot be read.</summary>
    public static Exception Translate(Exception e, FileInput input) => e switch
    {
        HubErrorException or OperationCanceledException => e,
        InvalidPasswordException => HubErrors.SourceWorkbookLocked(input.Source, input.Name).ToException(e),
        _ => HubErrors.SourceWorkbookDamaged(input.Source, input.Name).ToException(e),
    };

    private static async Task<bool> CheckAsync(FileInput input, Stream content, FileSourceOptions limits, CancellationToken cancellation)
    {
        var magic = new byte[8];
        var read = await content.ReadAtLeastAsync(magic, magic.Length, throwOnEndOfStream: false, cancellation);
        if (magic.AsSpan(0, read).StartsWith(Compound))
        {
            if (content.Length > limits.MaxSharedTextBytes)
            {
                throw HubErrors.SourceFileTooLarge(input.Source, input.Name, limits.MaxSharedTextBytes >> 20).ToException();
            }

            return false;
        }

        if (!magic.AsSpan(0, read).StartsWith(Zip))
        {
            throw HubErrors.SourceWorkbookDamaged(input.Source, input.Name).ToException();
        }

        content.Position = 0;
        using var archive = ZipDirectory.Open(input.Source, input.Name, content, leaveOpen: true);
        var (left, hasErrors) = (limits.MaxUnpackedBytes, false);
        foreach (var entry in archive.Entries)
        {
            hasErrors |= await MeasureAsync(input, entry, limits with { MaxUnpackedBytes = left }, cancellation);
            left -= entry.Length;
        }

        return hasErrors;
    }

    private static async Task<bool> MeasureAsync(
        FileInput input, ZipArchiveEntry entry, FileSourceOptions limits, CancellationToken cancellation)
    {
        if (entry.IsEncrypted)
        {
            throw HubErrors.SourceArchiveEncrypted(input.Source, input.Name, "*").ToException();
        }

        if (entry.FullName.EndsWith("sharedStrings.xml", StringComparison.OrdinalIgnoreCase) && entry.Length > limits.MaxSharedTextBytes)
        {
            throw HubErrors.SourceFileTooLarge(input.Source, input.Name, limits.MaxSharedTextBytes >> 20).ToException();
        }

        var packed = new ArchivedFile(input.Source, input.Name, entry.CompressedLength, entry.Length, entry.Crc32);
        await using var unpacked = new UnpackedStream(entry.Open(), packed, limits);
        return await HasErrorsAsync(input, unpacked, limits.MaxSharedTextBytes, cancellation);
    }

    /// <summary>
    /// Looks at all of an entry for the mark of an error cell, over the edges of its pieces, and for texts between two marks that the library could not hold.
    /// </summary>
    private static async Task<bool> HasErrorsAsync(FileInput input, UnpackedStream entry, long mostText, CancellationToken cancellation)
    {
        var (buffer, kept, found, text) = (new byte[64 << 10], 0, false, 0L);
        for (int read; (read = await entry.ReadAsync(buffer.AsMemory(kept), cancellation)) > 0;)
        {
            var piece = buffer.AsSpan(0, kept + read);
            text = piece.LastIndexOf((byte)'<') is >= 0 and var mark ? piece.Length - mark : text + read;
            if (text > mostText)
            {
                throw HubErrors.SourceFileTooLarge(input.Source, input.Name, mostText >> 20).ToException();
            }

            found |= piece.IndexOf(" t=\"e\""u8) >= 0 || piece.IndexOf(" t='e'"u8) >= 0;
            kept = Math.Min(piece.Length, 5);
            piece[^kept..].CopyTo(buffer);
        }

        return found;
    }
}
