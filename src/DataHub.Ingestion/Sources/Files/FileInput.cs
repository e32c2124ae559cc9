using System.IO.Compression;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>What a format reads: a file as it is, what a gzip file packs, or one entry of a zip.</summary>
/// <param name="file">Open as long as this is used.</param>
/// <param name="name">For messages: the file's name, with the entry's behind it.</param>
internal sealed class FileInput(TakenFile file, string name, Func<Stream> open)
{
    public TakenFile File => file;

    public string Name => name;

    public string Source => file.Source;

    /// <summary>Bytes to be read, where that is known beforehand: for estimates alone.</summary>
    public long? Length { get; init; }

    /// <summary>A reading from the beginning.</summary>
    public Stream Open() => open();

    /// <summary>A reading for a format that goes back and forth: what an archive packs is unpacked into a spool first.</summary>
    public async Task<Stream> OpenSeekableAsync(CancellationToken cancellation)
    {
        var content = Open();
        if (content.CanSeek)
        {
            return content;
        }

        await using (content)
        {
            var (spool, buffer, at) = (Spool.Create(), new byte[128 << 10], 0L);
            try
            {
                for (int read; (read = await content.ReadAsync(buffer, cancellation)) > 0; at += read)
                {
                    await RandomAccess.WriteAsync(spool, buffer.AsMemory(0, read), at, cancellation);
                }

                return new FileHandleStream(spool, owns: true);
            }
            catch
            {
                spool.Dispose();
                throw;
            }
        }
    }

    /// <summary>The inputs that a file holds for <paramref name="target"/>, in name order; at least one.</summary>
    public static IReadOnlyList<FileInput> In(TakenFile file, FileTarget target, FileSourceOptions limits)
    {
        if (file.Name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))
        {
            return Entries(file, target, limits);
        }

        if (!file.Name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
        {
            return [new FileInput(file, file.Name, file.Open) { Length = file.Length }];
        }

        var packed = new ArchivedFile(file.Source, file.Name, file.Length, 0, null);
        return [new FileInput(file, file.Name, () => new UnpackedStream(
            new GZipStream(file.Open(), CompressionMode.Decompress), packed, limits))];
    }

    private static List<FileInput> Entries(TakenFile file, FileTarget target, FileSourceOptions limits)
    {
        using var archive = ZipDirectory.Open(file.Source, file.Name, file.Open());
        var entries = archive.Entries.Where(e => !e.FullName.EndsWith('/')).ToList();
        if (entries.FirstOrDefault(e => !FileSourceFolder.IsInside(e.FullName)) is { } unsafeEntry)
        {
            throw HubErrors.SourceArchiveEntryUnsafe(file.Source, file.Name, Shown(unsafeEntry.FullName)).ToException();
        }

        var chosen = entries.Where(e => target.Entry is null || FileTarget.MatchesPath(target.Entry, e.FullName))
            .OrderBy(e => e.FullName, StringComparer.Ordinal).ToList();
        if (chosen.Count == 0)
        {
            throw HubErrors.SourceArchiveEntryMissing(file.Source, file.Name, target.Entry ?? "*").ToException();
        }

        if (target.Entry is null && chosen.Count > 1)
        {
            throw HubErrors.SourceArchiveEntryAmbiguous(
                file.Source, file.Name, chosen.Count, [.. chosen.Take(20).Select(e => Shown(e.FullName))]).ToException();
        }

        if (chosen.GroupBy(e => e.FullName, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } doubled)
        {
            throw HubErrors.SourceArchiveEntryUnsafe(file.Source, file.Name, Shown(doubled.Key)).ToException();
        }

        if (chosen.FirstOrDefault(e => e.IsEncrypted) is { } locked)
        {
            throw HubErrors.SourceArchiveEncrypted(file.Source, file.Name, Shown(locked.FullName)).ToException();
        }

        // Entries may lie over one another, so that each is small and all together are not.
        if (chosen.Sum(e => (double)e.Length) > limits.MaxUnpackedBytes)
        {
            throw HubErrors.SourceArchiveExplodes(
                file.Source, file.Name, limits.MaxUnpackedBytes >> 20, limits.MaxUnpackedRatio).ToException();
        }

        return [.. chosen.Select(e => Entry(file, e, limits))];
    }

    private static FileInput Entry(TakenFile file, ZipArchiveEntry entry, FileSourceOptions limits)
    {
        var (path, name) = (entry.FullName, $"{file.Name}/{Shown(entry.FullName)}");
        var packed = new ArchivedFile(file.Source, name, entry.CompressedLength, entry.Length, entry.Crc32);
        return new FileInput(file, name, () => OpenEntry(file, path, packed, limits)) { Length = entry.Length };
    }

    private static UnpackedStream OpenEntry(TakenFile file, string path, ArchivedFile packed, FileSourceOptions limits)
    {
        var archive = ZipDirectory.Open(file.Source, file.Name, file.Open());
        try
        {
            return new UnpackedStream(archive.GetEntry(path)!.Open(), packed, limits, archive);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or IOException)
        {
            archive.Dispose();
            throw HubErrors.SourceArchiveDamaged(file.Source, packed.Name).ToException(e);
        }
    }

    /// <summary>A name out of somebody's archive, as far as a message may show it.</summary>
    private static string Shown(string name)
    {
        var plain = string.Concat(name.Select(c => char.IsControl(c) ? '\u2400' : c));
        return plain.Length <= 200 ? plain : plain[..200] + "…";
    }
}
