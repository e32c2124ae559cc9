using System.Text;

namespace DataHub.Gateway.Tests.Queries;

/// <summary>
/// Reads CSV as the API promises it and takes nothing else: RFC 4180 with CRLF behind every record, no value as null and two quotes as
/// the empty string. Written for tests alone; common readers do not keep those two apart.
/// </summary>
internal sealed class CsvText(string text)
{
    private int at;

    /// <summary>All records, the header first.</summary>
    public static List<string?[]> Read(string text)
    {
        var reader = new CsvText(text);
        var records = new List<string?[]>();
        while (reader.at < text.Length)
        {
            records.Add([.. reader.Record()]);
        }

        return records;
    }

    private List<string?> Record()
    {
        var fields = new List<string?>();
        while (true)
        {
            fields.Add(text[at] == '"' ? Quoted() : Plain());
            if (text[at] == ',')
            {
                at++;
                continue;
            }

            Require(text[at] == '\r' && text[at + 1] == '\n', "a record ends with CR and LF");
            at += 2;
            return fields;
        }
    }

    private string? Plain()
    {
        var end = text.AsSpan(at).IndexOfAny(",\"\r\n");
        Require(end >= 0 && text[at + end] is ',' or '\r', "a field with a quote or a line feed is quoted");
        var field = end == 0 ? null : text.Substring(at, end);
        at += end;
        return field;
    }

    private string Quoted()
    {
        var field = new StringBuilder();
        for (at++; ; at++)
        {
            Require(at + 1 < text.Length, "a quote is closed");
            if (text[at] != '"')
            {
                field.Append(text[at]);
            }
            else if (text[at + 1] == '"')
            {
                field.Append(text[at++]);
            }
            else
            {
                at++;
                return field.ToString();
            }
        }
    }

    private void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new FormatException($"{rule}: {text[Math.Max(0, at - 40)..Math.Min(text.Length, at + 40)]}");
        }
    }
}
