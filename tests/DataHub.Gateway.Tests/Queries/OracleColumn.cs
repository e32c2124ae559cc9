using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>
/// A column of a random dataset: values that its records have, and how a value is written, read and compared; knows nothing of the
/// hub's own code.
/// </summary>
/// <param name="Name">Its name in the contract.</param>
/// <param name="Type">Its type as contracts write it.</param>
/// <param name="SqlType">Its type in the sector's table.</param>
/// <param name="Values">What its records hold, beside null.</param>
internal sealed record OracleColumn(string Name, string Type, string SqlType, object[] Values)
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static OracleColumn Text(string name) => new(name, "text", "text",
    [
        "", "a", "A", "Trà Vinh", "Trà Vinh".Normalize(NormalizationForm.FormD), "trà vinh", "ĐÀ NẴNG", "đà nẵng", "😀", "\uFFFD", "z",
            "%", "_a", "a_", "O'Brien", "a,b",
        " a", "a ", "12", "null", "\\", "a\"b", "&=+#", "\"", "\r\n", "a\nb", "\r", ",", "=1+1", "\t",
    ]);

    public static OracleColumn Int32(string name) => new(name, "int32", "int", [int.MinValue, -1, 0, 1, 5, 6, int.MaxValue]);

    public static OracleColumn Int64(string name) =>
        new(name, "int64", "bigint", [long.MinValue, -1L, 0L, 5L, 9007199254740993L, long.MaxValue]);

    public static OracleColumn Decimal(string name) =>
        new(name, "decimal(18,2)", "numeric(18,2)", [-0.05m, 0.00m, 0.10m, 5.00m, 1234567.10m, 9999999999999999.99m]);

    public static OracleColumn Float64(string name) => new(name, "float64", "float8", [-1e300, -0.1, 0d, 1e-300, 0.1, 1.5, 5d, 1e300]);

    public static OracleColumn Boolean(string name) => new(name, "boolean", "boolean", [false, true]);

    public static OracleColumn Date(string name) => new(name, "date", "date",
        [new DateOnly(1, 1, 1), new DateOnly(1970, 1, 1), new DateOnly(2026, 2, 28), new DateOnly(2026, 3, 1), new DateOnly(9999, 12, 31)]);

    public static OracleColumn Time(string name) => new(name, "time", "time",
        [new TimeOnly(0, 0), new TimeOnly(7, 30), new TimeOnly(7, 30, 0, 123, 456), new TimeOnly(23, 59, 59, 999, 999)]);

    public static OracleColumn Timestamp(string name) => new(name, "timestamp", "timestamptz",
    [
        Utc(1, 1, 1), Utc(1970, 1, 1), Utc(2026, 2, 28).AddHours(17), Utc(2026, 3, 1), Utc(2026, 3, 1).AddMicroseconds(123456),
            Utc(9999, 12, 31).AddHours(23).AddMicroseconds(1),
    ]);

    public static OracleColumn Bytes(string name) =>
        new(name, "bytes", "bytea", [Array.Empty<byte>(), new byte[] { 0 }, new byte[] { 1, 2, 3 }, new byte[] { 255 }]);

    /// <summary>The value as a literal of OData.</summary>
    public string Literal(object value) => value switch
    {
        string text => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'",
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", Invariant).Replace("E+", "e", StringComparison.Ordinal),
        byte[] bytes => "binary'" + Convert.ToBase64String(bytes).Replace('+', '-').Replace('/', '_') + "'",
        _ => Canonical(value),
    };

    /// <summary>The value as <c>{column}=value</c> takes it.</summary>
    public string Canonical(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        double number => number.ToString("R", Invariant),
        DateOnly date => date.ToString("yyyy-MM-dd", Invariant),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFF", Invariant),
        DateTime moment => moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", Invariant),
        byte[] bytes => Base64Url.EncodeToString(bytes),
        IFormattable other => other.ToString(null, Invariant),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    /// <summary>The value that an answer in JSON gives.</summary>
    /// <param name="json">The member.</param>
    /// <param name="numbersAsText">True where int64 and decimal are strings.</param>
    public object? Read(JsonElement json, bool numbersAsText)
    {
        if (json.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var kind = Type switch
        {
            "boolean" => json.GetBoolean() ? JsonValueKind.True : JsonValueKind.False,
            "int32" or "float64" => JsonValueKind.Number,
            "int64" or "decimal(18,2)" => numbersAsText ? JsonValueKind.String : JsonValueKind.Number,
            _ => JsonValueKind.String,
        };
        Assert.Equal(kind, json.ValueKind);
        return Parse(kind == JsonValueKind.String ? json.GetString()! : json.GetRawText());
    }

    /// <summary>The value of a field of CSV: nothing is null, and only texts and bytes can be the empty string.</summary>
    public object? Read(string? field) => field is null ? null : Parse(field);

    // In the one form that the API has for each value; a float alone may be written in several.
    private object Parse(string text)
    {
        object value = Type switch
        {
            "text" => text,
            "int32" => int.Parse(text, NumberStyles.AllowLeadingSign, Invariant),
            "int64" => long.Parse(text, NumberStyles.AllowLeadingSign, Invariant),
            "decimal(18,2)" => decimal.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, Invariant),
            "float64" => double.Parse(text, NumberStyles.Float, Invariant),
            "boolean" => bool.Parse(text),
            "date" => DateOnly.ParseExact(text, "yyyy-MM-dd", Invariant),
            "time" => TimeOnly.ParseExact(text, "HH:mm:ss.FFFFFF", Invariant),
            "timestamp" => DateTime.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", Invariant,
                DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
            _ => Convert.FromBase64String(text),
        };
        if (value is not (double or byte[]))
        {
            Assert.Equal(Canonical(value), text);
        }

        return value;
    }

    /// <summary>Values by their order: text by code point, bytes as such, nulls lowest.</summary>
    public static int Compare(object? a, object? b) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => -1,
        (_, null) => 1,
        (string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)),
        (byte[] x, byte[] y) => x.AsSpan().SequenceCompareTo(y),
        _ => ((IComparable)a).CompareTo(b),
    };

    /// <summary>A value's text, for comparing rows and for messages.</summary>
    public string Show(object? value) => value is null ? "∅" : value is decimal number ? number.ToString(Invariant) : Canonical(value);

    private static DateTime Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, DateTimeKind.Utc);
}
