using System.Text.Json;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>Text of JSON values in a room that is used again for the next one.</summary>
internal sealed class RestText
{
    private byte[] room = new byte[1024];

    /// <summary>The string's own text; throws <see cref="InvalidOperationException"/> where its escapes make none.</summary>
    public ReadOnlySpan<byte> Unescape(Utf8JsonReader reader)
    {
        Grow(reader.ValueSpan.Length);
        return room.AsSpan(0, reader.CopyString(room));
    }

    /// <summary>
    /// An object or array without the blanks between its tokens, so that a server that only sets them otherwise changes nothing. Digits,
    /// escapes and the order of properties stay as they are.
    /// </summary>
    public ReadOnlySpan<byte> Compact(ReadOnlySpan<byte> json)
    {
        Grow(json.Length);
        var (made, inString) = (0, false);
        for (var i = 0; i < json.Length; i++)
        {
            var b = json[i];
            if (inString && b == '\\')
            {
                room[made++] = b;
                b = json[++i];
            }
            else if (b == '"')
            {
                inString = !inString;
            }
            else if (!inString && b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                continue;
            }

            room[made++] = b;
        }

        return room.AsSpan(0, made);
    }

    private void Grow(int length)
    {
        if (room.Length < length)
        {
            room = new byte[Math.Max(length, room.Length * 2)];
        }
    }
}
