using System.Globalization;
using System.Text;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>Translates the date patterns of ODCS (those of the JDK's DateTimeFormatter) into .NET exact formats.</summary>
internal static class DateFormats
{
    private static readonly DateTimeOffset Sample = new(2026, 11, 23, 13, 45, 56, TimeSpan.FromHours(7));
    private static readonly Text Quote = new("thiếu dấu nháy đơn đóng", "a closing single quote is missing");
    private static readonly Text Century = new(
        "năm hai chữ số không cho biết thế kỷ: cần yyyy", "a year of two digits does not tell its century: yyyy is needed");
    private static readonly Text Unreadable = new("không đọc lại được chính nó", "it cannot be read back");

    public static bool TryTranslate(string jdk, ColumnKind kind, out string format, out Text reason)
    {
        format = "";
        reason = Unreadable;
        var result = new StringBuilder();
        var letters = new HashSet<char>();
        for (var i = 0; i < jdk.Length;)
        {
            var c = jdk[i];
            var count = 1;
            if (c == '\'')
            {
                count = Literal(jdk, i, result);
                if (count == 0)
                {
                    reason = Quote;
                    return false;
                }
            }
            else if (char.IsAsciiLetter(c))
            {
                count = jdk.AsSpan(i).IndexOfAnyExcept(c) is var end and > 0 ? end : jdk.Length - i;
                if (c is 'y' or 'u' && count == 2)
                {
                    // Java takes 2000-2099, .NET 1950-2049.
                    reason = Century;
                    return false;
                }

                if (Specifier(c, count) is not { } specifier)
                {
                    var shown = jdk.Substring(i, Math.Min(count, 20));
                    reason = new($"không hỗ trợ ký hiệu \"{shown}\"", $"the letters \"{shown}\" are not supported");
                    return false;
                }

                letters.Add(c);
                result.Append(specifier);
            }
            else if (c is '[' or ']' or '{' or '}' or '#')
            {
                reason = new($"không hỗ trợ ký tự \"{c}\"", $"the character \"{c}\" is not supported");
                return false;
            }
            else
            {
                Escape(c, result);
            }

            i += count;
        }

        // A single letter would be one of .NET's standard formats.
        format = result.Length == 1 ? $"%{result}" : result.ToString();
        return Complete(letters, kind, out reason) && ReadsBack(format, out reason);
    }

    /// <summary>Copies quoted text; returns how many characters it took, 0 when the quote does not end.</summary>
    private static int Literal(string jdk, int start, StringBuilder result)
    {
        if (start + 1 < jdk.Length && jdk[start + 1] == '\'')
        {
            Escape('\'', result);
            return 2;
        }

        for (var i = start + 1; i < jdk.Length; i++)
        {
            if (jdk[i] != '\'')
            {
                Escape(jdk[i], result);
            }
            else if (i + 1 < jdk.Length && jdk[i + 1] == '\'')
            {
                Escape('\'', result);
                i++;
            }
            else
            {
                return i + 1 - start;
            }
        }

        return 0;
    }

    private static void Escape(char c, StringBuilder result)
    {
        if (char.IsAsciiLetter(c) || c is '\\' or '\'' or '"' or '%')
        {
            result.Append('\\');
        }

        result.Append(c);
    }

    private static string? Specifier(char letter, int count) => (letter, count) switch
    {
        ('y' or 'u', 1 or 3 or 4) => "yyyy",
        ('M' or 'L', <= 4) => new string('M', count),
        ('d', <= 2) => new string('d', count),
        ('H', <= 2) => new string('H', count),
        ('h', <= 2) => new string('h', count),
        ('m', <= 2) => new string('m', count),
        ('s', <= 2) => new string('s', count),
        ('S', <= 7) => new string('f', count),
        ('a', 1) => "tt",
        ('E', <= 3) => "ddd",
        ('E', 4) => "dddd",
        // The offset: K also reads Z; zzz reads +07:00 and +0700.
        ('X', <= 3) => "K",
        ('x' or 'Z', <= 5) => "zzz",
        _ => null,
    };

    private static bool Complete(HashSet<char> letters, ColumnKind kind, out Text reason)
    {
        var date = letters.Overlaps("yu") && letters.Overlaps("ML") && letters.Contains('d');
        var time = letters.Contains('H') || (letters.Contains('h') && letters.Contains('a'));
        var timeLetters = letters.Overlaps("HhmsSaXxZ");
        reason = kind switch
        {
            ColumnKind.Date => new("kiểu date cần đủ năm, tháng, ngày và không có giờ",
                "a date needs year, month and day, and no time"),
            ColumnKind.Time => new("kiểu time cần giờ (H, hoặc h cùng a) và không có ngày hay múi giờ",
                "a time needs an hour (H, or h with a), and neither date nor offset"),
            _ => new("kiểu timestamp cần đủ năm, tháng, ngày, giờ", "a timestamp needs year, month, day and hour"),
        };
        return kind switch
        {
            ColumnKind.Date => date && !timeLetters,
            ColumnKind.Time => time && !letters.Overlaps("yuMLdEXxZ"),
            _ => date && time,
        };
    }

    private static bool ReadsBack(string format, out Text reason)
    {
        reason = Unreadable;
        try
        {
            var text = Sample.ToString(format, CultureInfo.InvariantCulture);
            return DateTimeOffset.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
