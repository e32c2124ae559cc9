using System.Globalization;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>A column that every kind of source can be given.</summary>
/// <param name="Name">In the source and in the contract.</param>
/// <param name="Type">As contracts declare it: <c>text</c>, <c>decimal(28,10)</c>…</param>
public sealed record KitColumn(string Name, string Type)
{
    /// <summary>The type without its digits: <c>decimal</c>.</summary>
    public string Kind => Type.Split('(')[0];
}

/// <summary>
/// A table in no engine's words: cells are canonical text (timestamps in UTC with a Z, bytes as base64, true and false), null is null. The first
/// column is the key.
/// </summary>
/// <param name="Columns">In order.</param>
/// <param name="Rows">May be made while they are walked; walked once.</param>
public sealed record KitTable(IReadOnlyList<KitColumn> Columns, IEnumerable<string?[]> Rows)
{
    /// <summary>A family of four from emoji joined by zero-width joiners.</summary>
    private const string Family = "👨‍👩‍👧‍👦";

    private static readonly KitColumn[] Plain = [new("ma", "int64"), new("ten", "text")];

    /// <summary>Keys and texts.</summary>
    public static KitTable Of(params (long Key, string? Text)[] rows) => new(Plain, [.. rows.Select(r => new[] { $"{r.Key}", r.Text })]);

    public static KitTable Empty => Of();

    /// <summary>
    /// One column for each of the ten types, with what the type cases of connector acceptance lists name: both bounds, nothing at all, a leap day, all six
    /// digits of a second.
    /// </summary>
    public static KitTable Types => new(
        [
            new("ma", "int64"), new("nho", "int32"), new("lon", "int64"), new("tien", "decimal(28,10)"), new("dai", "decimal(28,0)"),
            new("thuc", "float64"), new("dung", "boolean"), new("ngay", "date"), new("gio", "time"), new("luc", "timestamp"),
            new("ten", "text"), new("byte", "bytes"),
        ],
        [
            [
                "1", "2147483647", "9223372036854775807", "123456789012345678.9876543211", "9999999999999999999999999999",
                "1.7976931348623157E+308", "true", "9999-12-31", "23:59:59.999999", "9999-12-31T23:59:59.999999Z", "Trà Vinh", "AP+A/w==",
            ],
            [
                "2", "-2147483648", "-9223372036854775808", "-123456789012345678.9876543211", "-9999999999999999999999999999",
                "-1.7976931348623157E+308", "false", "1900-03-01", "00:00:00", "1900-03-01T00:00:00Z", "x", "AA==",
            ],
            ["3", null, null, null, null, null, null, null, null, null, null, null],
            ["4", "0", "9007199254740993", "0.0000000001", "0", "0.1", "true", "2024-02-29", "12:34:56.000001", "2024-02-29T17:00:00.123456Z", "0", "/w=="],
            ["5", "-1", "-9007199254740993", "-0.5", "9007199254740993", "2.2250738585072014E-308", "false", "2000-02-29", "01:02:03", "1999-12-31T17:00:00Z", "-", "AQID"],
        ]);

    /// <summary>Texts that a program on the way could change, cut, trim or take for something else.</summary>
    public static IReadOnlyList<string> Texts { get; } =
    [
        "Trà Vinh", "Tra\u0300 Vinh", "Nguyễn Thị Ánh", "Nguye\u0302\u0303n", "🏠", Family, "🇻🇳", "e\u0301\u0323", "文字化け", "עברית العربية", "\u200Bẩn\u200B",
        "\U0010FFFD", "\uFEFFđầu", " trước và sau ", "\tthẻ\t", "hai\ndòng", "hai\r\ndòng", "hai\rdòng", "\"", "''", "\"\"\"", "a,b;c|d", "\\", "\\N", "\\n", "NULL", "null", "N/A",
        "#N/A", "=1+1", "007", "1e5", "true", "2024-02-29", "{}", "[1]", "<a>&amp;</a>", "%s%n", "Robert'); DROP TABLE xã;--", "_x000D_", "../../etc", "\u00A0", "\uFFFD",
    ];

    /// <summary>Twice the columns that a sheet of a ministry has.</summary>
    public static KitTable Wide(int columns, int rows) => new(
        [Plain[0], .. Enumerable.Range(1, columns - 1).Select(i => new KitColumn($"cot_{i}", "text"))],
        [.. Enumerable.Range(1, rows).Select(r => (string?[])[$"{r}", .. Enumerable.Range(1, columns - 1).Select(c => c % 7 == 0 ? null : $"Ấp {r}.{c}")])]);

    /// <summary>Rows 1 to <paramref name="rows"/> of about 200 bytes, made while they are walked.</summary>
    public static KitTable Many(int rows) => new([.. Plain, new("tien", "decimal(18,2)")], Enumerable.Range(1, rows).Select(Row));

    public static string TextOf(long row) => string.Create(CultureInfo.InvariantCulture, $"Ấp {row} ") + string.Concat(Enumerable.Repeat("xã Đông Hải ", 10));

    private static string?[] Row(int row) => [$"{row}", TextOf(row), string.Create(CultureInfo.InvariantCulture, $"{row * 1.25m:0.00}")];
}
