using System.IO.Compression;
using System.Text;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Archives for tests, as programs make them and as attackers do.</summary>
internal static class Packing
{
    public static byte[] Gzip(string text) => Gzip(Encoding.UTF8.GetBytes(text));

    public static byte[] Gzip(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    public static byte[] Zip(params (string Name, string Text)[] entries) =>
        Zip(CompressionLevel.Fastest, [.. entries.Select(e => (e.Name, Encoding.UTF8.GetBytes(e.Text)))]);

    public static byte[] Zip(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return packed.ToArray();
    }

    /// <summary>The same archive with the bit set that says that an entry is encrypted.</summary>
    public static byte[] Encrypted(byte[] zip)
    {
        var changed = (byte[])zip.Clone();
        foreach (var (signature, flags) in new[] { ("PK\u0003\u0004", 6), ("PK\u0001\u0002", 8) })
        {
            changed[changed.AsSpan().IndexOf(Encoding.ASCII.GetBytes(signature)) + flags] |= 1;
        }

        return changed;
    }
}
