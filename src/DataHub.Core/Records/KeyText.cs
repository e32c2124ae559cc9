using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;

namespace DataHub.Core.Records;

/// <summary>
/// A record key in a URL path: parts joined by ','; a part of only letters, digits and <c>-_.:@</c> stands as it is, any other is <c>~</c> and base64url of its UTF-8.
/// Each key has one spelling only, so that caches and logs see one address a record.
/// </summary>
public static class KeyText
{
    private static readonly System.Buffers.SearchValues<char> Plain =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:@");

    /// <summary>The path form of key values, as <see cref="Parse"/> returns them.</summary>
    public static string Format(IEnumerable<object> values) => string.Join(',', values.Select(v => Escape(Canonical(v))));

    /// <summary>Values of a key in a path, typed as PostgreSQL parameters.</summary>
    /// <exception cref="HubErrorException">key_malformed.</exception>
    public static object[] Parse(string text, IReadOnlyList<StoreColumn> key)
    {
        var names = string.Join(", ", key.Select(k => k.Name));
        var parts = text.Split(',');
        if (parts.Length != key.Count)
        {
            throw HubErrors.KeyMalformed(new($"cần {key.Count} phần, nhận được {parts.Length}", $"{key.Count} part(s) expected, {parts.Length} given"), names)
                .ToException();
        }

        var values = new object[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            values[i] = Unescape(parts[i]) is { } part && TryRead(part, key[i].Type, out var value) && Escape(Canonical(value)) == parts[i]
                ? value
                : throw HubErrors.KeyMalformed(
                    new($"phần {key[i].Name} không phải là {key[i].Type} ở dạng chuẩn", $"part {key[i].Name} is not a {key[i].Type} in canonical form"),
                    names).ToException();
        }

        return values;
    }

    /// <summary>Canonical text of a key value.</summary>
    public static string Canonical(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        int or long => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        decimal number => Shortest(number),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateTime moment => moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture),
        byte[] bytes => Base64Url.EncodeToString(bytes),
        _ => throw new ArgumentOutOfRangeException(nameof(value)),
    };

    /// <summary>Reads canonical text as the declared type; the spelling is checked by writing it again.</summary>
    public static bool TryRead(string text, ColumnType type, out object value)
    {
        value = text;
        var invariant = CultureInfo.InvariantCulture;
        switch (type.Kind)
        {
            case ColumnKind.Text:
                // No stored text has a NUL: PostgreSQL refuses it, in a question too.
                return !text.Contains('\0', StringComparison.Ordinal);
            case ColumnKind.Int32:
                return Take(int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var int32), int32, out value);
            case ColumnKind.Int64:
                return Take(long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var int64), int64, out value);
            case ColumnKind.Decimal:
                return Take(decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, invariant, out var number), number, out value);
            case ColumnKind.Float64:
                return Take(double.TryParse(text, NumberStyles.Float, invariant, out var real) && double.IsFinite(real), real, out value);
            case ColumnKind.Boolean:
                return Take(bool.TryParse(text, out var flag), flag, out value);
            case ColumnKind.Date:
                return Take(DateOnly.TryParseExact(text, "yyyy-MM-dd", invariant, DateTimeStyles.None, out var date), date, out value);
            case ColumnKind.Time:
                return Take(TimeOnly.TryParseExact(text, "HH:mm:ss.FFFFFF", invariant, DateTimeStyles.None, out var time), time, out value);
            case ColumnKind.Timestamp:
                const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
                return Take(DateTime.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", invariant, Utc, out var moment), moment, out value);
            default:
                return TryBytes(text, out value);
        }
    }

    private static bool Take<T>(bool read, T parsed, out object value)
        where T : struct
    {
        value = parsed;
        return read;
    }

    private static bool TryBytes(string text, out object value)
    {
        var valid = Base64Url.IsValid(text);
        value = valid ? Base64Url.DecodeFromChars(text) : [];
        return valid;
    }

    private static string Shortest(decimal number)
    {
        Span<byte> room = stackalloc byte[64];
        return Encoding.ASCII.GetString(room[..PgNumeric.WriteShortest(room, number)]);
    }

    private static string Escape(string part) =>
        part is not ("" or "." or "..") && !part.AsSpan().ContainsAnyExcept(Plain)
            ? part
            : "~" + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part));

    private static string? Unescape(string part)
    {
        if (!part.StartsWith('~'))
        {
            return part;
        }

        try
        {
            return new UTF8Encoding(false, true).GetString(Base64Url.DecodeFromChars(part.AsSpan(1)));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }
}
