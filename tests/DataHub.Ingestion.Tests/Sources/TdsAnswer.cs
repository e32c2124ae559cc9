using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>What follows an answer's bytes.</summary>
internal enum TdsThen
{
    End,

    /// <summary>Nothing, although the answer is not complete.</summary>
    Silence,

    /// <summary>The same rows again and again, until the client sends something.</summary>
    Repeat,

    /// <summary>The connection is closed.</summary>
    Close,
}

/// <summary>Tokens of an answer in TDS 7.4, as MS-TDS has them.</summary>
internal sealed record TdsAnswer(byte[] Bytes)
{
    public TdsThen Then { get; init; }

    public byte[] Repeated { get; init; } = [];

    public static TdsAnswer Done { get; } = new([0xFD, 0, 0, 0, 0, .. new byte[8]]);

    public static TdsAnswer AttentionSeen { get; } = new([0xFD, 0x20, 0, 0, 0, .. new byte[8]]);

    public static TdsAnswer LoginAccepted { get; } = new([.. LoginAck(), .. Done.Bytes]);

    private static byte[] LoginAck()
    {
        byte[] name = Encoding.Unicode.GetBytes("Microsoft SQL Server");
        byte[] rest = [1, 0x74, 0, 0, 4, 20, .. name, 16, 0, 0x10, 0x27];
        // The database's collation, which the driver writes its parameters in.
        return [0xE3, 8, 0, 7, 5, .. TdsType.Collation, 0, 0xAD, .. U16(rest.Length), .. rest];
    }

    public static TdsAnswer Error(int number, string message, byte severity = 16)
    {
        byte[] rest =
        [
            .. U32(number), 1, severity, .. U16(message.Length), .. Encoding.Unicode.GetBytes(message),
            3, .. Encoding.Unicode.GetBytes("SRV"), 0, .. U32(1),
        ];
        return new([0xAA, .. U16(rest.Length), .. rest, 0xFD, 2, 0, 0, 0, .. new byte[8]]);
    }

    /// <summary>A result: each column by name and type, each cell as bytes with its length before it.</summary>
    public static TdsAnswer Rows((string Name, TdsType Type)[] columns, params byte[][][] rows) =>
        new([.. Head(columns), .. Join(rows.Select(Row)), 0xFD, 0x10, 0, 0xC1, 0, .. U32(rows.Length), 0, 0, 0, 0]);

    /// <summary>The same without its end.</summary>
    public static TdsAnswer Begun((string Name, TdsType Type)[] columns, TdsThen then, params byte[][][] rows) =>
        new([.. Head(columns), .. Join(rows.Select(Row))]) { Then = then, Repeated = Join(rows.Select(Row)) };

    private static byte[] Head((string Name, TdsType Type)[] columns) =>
    [
        0x81, .. U16(columns.Length),
        .. columns.SelectMany(c => (byte[])[0, 0, 0, 0, 1, 0, .. c.Type.Declared, (byte)c.Name.Length, .. Encoding.Unicode.GetBytes(c.Name)]),
    ];

    private static byte[] Row(byte[][] cells) => Join(cells.Prepend([0xD1]));

    internal static byte[] Join(IEnumerable<byte[]> parts)
    {
        using var whole = new MemoryStream();
        foreach (var part in parts)
        {
            whole.Write(part);
        }

        return whole.ToArray();
    }

    private static byte[] U16(int value) => [(byte)value, (byte)(value >> 8)];

    private static byte[] U32(int value) => [.. U16(value), .. U16(value >> 16)];
}

/// <summary>A type as a result declares it (TYPE_INFO), and how its cells are written.</summary>
internal sealed record TdsType(params byte[] Declared)
{
    internal static readonly byte[] Collation = [0x09, 0x04, 0xD0, 0, 0x34];

    public static TdsType Bit { get; } = new(0x68, 1);

    public static TdsType TinyInt { get; } = new(0x26, 1);

    public static TdsType SmallInt { get; } = new(0x26, 2);

    public static TdsType Int { get; } = new(0x26, 4);

    public static TdsType BigInt { get; } = new(0x26, 8);

    public static TdsType Real { get; } = new(0x6D, 4);

    public static TdsType Float { get; } = new(0x6D, 8);

    public static TdsType Money { get; } = new(0x6E, 8);

    public static TdsType DateTime { get; } = new(0x6F, 8);

    public static TdsType SmallDateTime { get; } = new(0x6F, 4);

    public static TdsType Date { get; } = new(0x28);

    public static TdsType Time { get; } = new(0x29, 7);

    public static TdsType DateTime2 { get; } = new(0x2A, 7);

    public static TdsType DateTimeOffset { get; } = new(0x2B, 7);

    public static TdsType Guid { get; } = new(0x24, 16);

    /// <summary>varbinary(8000).</summary>
    public static TdsType Binary { get; } = new(0xA5, 0x40, 0x1F);

    /// <summary>varbinary(max).</summary>
    public static TdsType MaxBinary { get; } = new(0xA5, 0xFF, 0xFF);

    public static TdsType Text { get; } = new([0xE7, 0x40, 0x1F, .. Collation]);

    public static TdsType Decimal(byte precision, byte scale) => new(0x6A, 17, precision, scale);

    public static byte[] Null { get; } = [0];

    /// <summary>Of types whose length takes two bytes.</summary>
    public static byte[] WideNull { get; } = [0xFF, 0xFF];

    public static byte[] MaxNull { get; } = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>A whole number of that many bytes.</summary>
    public static byte[] Number(long value, byte length) => [length, .. BitConverter.GetBytes(value).AsSpan(0, length)];

    public static byte[] Number(double value) => [8, .. BitConverter.GetBytes(value)];

    public static byte[] Number(float value) => [4, .. BitConverter.GetBytes(value)];

    /// <summary>Ten-thousandths, the higher half first.</summary>
    public static byte[] MoneyOf(long tenThousandths) =>
        [8, .. BitConverter.GetBytes((int)(tenThousandths >> 32)), .. BitConverter.GetBytes((int)tenThousandths)];

    /// <summary>A decimal by its digits without the point.</summary>
    public static byte[] Digits(string digits)
    {
        var number = UInt128.Parse(digits.TrimStart('-'), CultureInfo.InvariantCulture);
        var cell = new byte[18];
        (cell[0], cell[1]) = (17, (byte)(digits[0] == '-' ? 0 : 1));
        BinaryPrimitives.WriteUInt128LittleEndian(cell.AsSpan(2), number);
        return cell;
    }

    /// <summary>Days since 1900 and three-hundredths of a second.</summary>
    public static byte[] Old(int days, int ticks) => [8, .. BitConverter.GetBytes(days), .. BitConverter.GetBytes(ticks)];

    /// <summary>Days since 1900 and minutes.</summary>
    public static byte[] Small(ushort days, ushort minutes) => [4, .. BitConverter.GetBytes(days), .. BitConverter.GetBytes(minutes)];

    public static byte[] Day(DateTime value) => [3, .. Days(value)];

    public static byte[] Clock(TimeSpan value) => [5, .. BitConverter.GetBytes(value.Ticks).AsSpan(0, 5)];

    public static byte[] Moment(DateTime value) => [8, .. BitConverter.GetBytes(value.TimeOfDay.Ticks).AsSpan(0, 5), .. Days(value)];

    /// <summary>The moment in UTC, and minutes of its offset.</summary>
    public static byte[] Instant(DateTime utc, short offset) =>
        [10, .. Moment(utc).AsSpan(1), .. BitConverter.GetBytes(offset)];

    public static byte[] Bytes(params byte[] value) => [(byte)value.Length, (byte)(value.Length >> 8), .. value];

    public static byte[] Utf16(string value) => Bytes(Encoding.Unicode.GetBytes(value));

    /// <summary>In pieces of 1,000 bytes (a large one in larger pieces), its length known or not.</summary>
    public static byte[] Max(byte[] value, bool isLengthKnown) =>
    [
        .. BitConverter.GetBytes(isLengthKnown ? value.Length : -2L),
        .. TdsAnswer.Join(value.Chunk(value.Length > 1 << 20 ? 1 << 20 : 1000).Select(p => (byte[])[.. BitConverter.GetBytes(p.Length), .. p])),
        0, 0, 0, 0,
    ];

    private static byte[] Days(DateTime value) => BitConverter.GetBytes((int)(value.Date - System.DateTime.MinValue).TotalDays)[..3];
}
