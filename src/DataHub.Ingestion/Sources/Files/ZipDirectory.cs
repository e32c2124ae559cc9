using System.Buffers.Binary;
using System.IO.Compression;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// Opens zip archives with a bounded directory. The library holds every entry's name in memory, whatever the archive says of their number, so
/// that the directory's size is looked at first.
/// </summary>
internal static class ZipDirectory
{
    private const int MaxDirectoryBytes = 4 << 20;
    private const int EndLength = 22, LongestComment = 65_535;
    private const uint Unknown = 0xFFFFFFFF;

    /// <summary>The archive with its entries; whoever gets it closes it, and <paramref name="content"/> with it unless told otherwise.</summary>
    public static ZipArchive Open(string source, string name, Stream content, bool leaveOpen = false)
    {
        try
        {
            if (content.Length - DirectoryStart(content) > MaxDirectoryBytes + EndLength + LongestComment)
            {
                throw HubErrors.SourceArchiveExplodes(source, name, MaxDirectoryBytes >> 20, 1).ToException();
            }

            content.Position = 0;
            var archive = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen);
            _ = archive.Entries.Count;
            return archive;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentException or NotSupportedException or IOException)
        {
            throw HubErrors.SourceArchiveDamaged(source, name).ToException(e);
        }
    }

    /// <summary>Where the directory begins, by the record at the archive's end (and by the one before it in large archives).</summary>
    private static long DirectoryStart(Stream content)
    {
        var tail = new byte[(int)Math.Min(content.Length, EndLength + LongestComment + 20)];
        content.Position = content.Length - tail.Length;
        content.ReadExactly(tail);
        var end = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || end + EndLength > tail.Length)
        {
            throw new InvalidDataException("No end of the directory.");
        }

        var start = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        var locator = end - 20;
        if (start != Unknown || locator < 0 || !tail.AsSpan(locator).StartsWith("PK\u0006\u0007"u8))
        {
            return start;
        }

        var record = new byte[56];
        content.Position = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(locator + 8));
        content.ReadExactly(record);
        return BinaryPrimitives.ReadInt64LittleEndian(record.AsSpan(48));
    }
}
