using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DataHub.Ingestion.Tests.Sources;

#pragma warning disable CA5350 // The format of Excel 2007 prescribes SHA-1.

/// <summary>
/// A workbook under a password as Excel 2007 writes it: ECMA-376 standard encryption (AES-128, SHA-1) in an OLE compound file. Whoever has the password can open it.
/// </summary>
internal static class LockedBook
{
    private const int Sector = 512, EndOfChain = -2, FatSector = -3, Free = -1;

    /// <summary>Streams below this size would stand in a second, smaller table of sectors.</summary>
    private const int LeastStream = 4096;

    public static byte[] Of(byte[] book, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        using var aes = Aes.Create();
        aes.Key = Key(salt, password);
        // Whole blocks, and enough of them for a stream of its own.
        var package = new byte[8 + Math.Max((book.Length + 15) / 16 * 16, LeastStream)];
        BinaryPrimitives.WriteInt64LittleEndian(package, book.Length);
        var padded = new byte[package.Length - 8];
        book.CopyTo(padded, 0);
        aes.EncryptEcb(padded, PaddingMode.None).CopyTo(package, 8);
        return Compound(("EncryptionInfo", Info(aes, salt)), ("EncryptedPackage", package));
    }

    private static byte[] Key(byte[] salt, string password)
    {
        var hash = SHA1.HashData([.. salt, .. Encoding.Unicode.GetBytes(password)]);
        for (var i = 0; i < 50_000; i++)
        {
            hash = SHA1.HashData([.. BitConverter.GetBytes(i), .. hash]);
        }

        hash = SHA1.HashData([.. hash, 0, 0, 0, 0]);
        return SHA1.HashData([.. Enumerable.Range(0, 64).Select(i => (byte)(0x36 ^ (i < hash.Length ? hash[i] : 0)))])[..16];
    }

    private static byte[] Info(Aes aes, byte[] salt)
    {
        var verifier = RandomNumberGenerator.GetBytes(16);
        var provider = Encoding.Unicode.GetBytes("Microsoft Enhanced RSA and AES Cryptographic Provider\0");
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write((short)3);
        writer.Write((short)2);
        // Flags, size of the header, then the header: flags, AES-128, SHA-1, 128 bits, an AES provider.
        foreach (var number in new[] { 0x24, 32 + provider.Length, 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0 })
        {
            writer.Write(number);
        }

        writer.Write(provider);
        writer.Write(salt.Length);
        writer.Write(salt);
        writer.Write(aes.EncryptEcb(verifier, PaddingMode.None));
        writer.Write(20);
        writer.Write(aes.EncryptEcb([.. SHA1.HashData(verifier), .. new byte[12]], PaddingMode.None));
        return stream.ToArray();
    }

    /// <summary>One sector of the allocation table, one of the directory, then the streams.</summary>
    private static byte[] Compound(params (string Name, byte[] Content)[] streams)
    {
        var fat = Enumerable.Repeat(Free, Sector / 4).ToArray();
        (fat[0], fat[1]) = (FatSector, EndOfChain);
        using var body = new MemoryStream();
        var directory = new MemoryStream();
        directory.Write(Entry("Root Entry", 5, Free, 1, EndOfChain, 0));
        foreach (var (i, (name, content)) in streams.Index())
        {
            var size = Math.Max(content.Length, LeastStream);
            var (first, count) = (2 + ((int)body.Length / Sector), (size + Sector - 1) / Sector);
            for (var s = 0; s < count; s++)
            {
                fat[first + s] = s == count - 1 ? EndOfChain : first + s + 1;
            }

            body.Write(content);
            body.SetLength((first - 2 + count) * Sector);
            body.Position = body.Length;
            directory.Write(Entry(name, 2, i + 1 < streams.Length ? i + 2 : Free, Free, first, size));
        }

        directory.Write(Entry("", 0, Free, Free, 0, 0));
        return [.. Header(), .. fat.SelectMany(BitConverter.GetBytes), .. directory.ToArray(), .. body.ToArray()];
    }

    private static byte[] Header()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
        writer.Write(new byte[16]);
        // Version 3.62, little-endian, sectors of 2^9 and 2^6 bytes.
        foreach (var number in new short[] { 0x3E, 3, -2, 9, 6, 0, 0, 0 })
        {
            writer.Write(number);
        }

        // No directory count, one allocation sector, the directory at 1, no signature, the cutoff, no small sectors, no further tables.
        foreach (var number in new[] { 0, 1, 1, 0, LeastStream, EndOfChain, 0, EndOfChain, 0, 0 })
        {
            writer.Write(number);
        }

        while (stream.Length < Sector)
        {
            writer.Write(Free);
        }

        return stream.ToArray();
    }

    private static byte[] Entry(string name, byte kind, int right, int child, int first, int size)
    {
        var entry = new byte[128];
        Encoding.Unicode.GetBytes(name).CopyTo(entry, 0);
        BinaryPrimitives.WriteInt16LittleEndian(entry.AsSpan(64), (short)(name.Length == 0 ? 0 : (name.Length + 1) * 2));
        (entry[66], entry[67]) = (kind, 1);
        foreach (var (place, number) in new[] { (68, Free), (72, right), (76, child), (116, first), (120, size) })
        {
            BinaryPrimitives.WriteInt32LittleEndian(entry.AsSpan(place), number);
        }

        return entry;
    }
}
