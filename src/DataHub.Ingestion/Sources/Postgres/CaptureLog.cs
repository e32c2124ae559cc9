using System.Globalization;
using System.Text;
using DataHub.Core.Errors;
using Npgsql;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// What a stretch of the log says of one table: which keys were touched, and how far every transaction of it is in a given snapshot. Values
/// are not taken from here: records are read by their keys in that snapshot, so that they are exactly what any other pull would read.
/// </summary>
/// <param name="relation">Its OID.</param>
/// <param name="key">Source names of the key's columns.</param>
/// <param name="snapshot"><c>txid_current_snapshot</c> as text.</param>
internal sealed class CaptureLog(uint relation, IReadOnlyList<string> key, string snapshot)
{
    /// <summary>More keys, or more of their text, are read faster and in less memory with the whole table.</summary>
    public const int MostKeys = 200_000;

    private const long MostBytes = 32 << 20;

    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> open = [.. snapshot.Split(':')[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)];
    private readonly ulong next = Number(snapshot.Split(':')[1]);
    private int[] keyColumns = [];
    private ulong? transaction;
    private bool invisible;
    private long bytes;

    /// <summary>Keys touched, each once.</summary>
    public List<string[]> Keys { get; } = [];

    /// <summary>Why the keys do not say all (truncated, too many, a key that was not sent); null where they do.</summary>
    public Text? Gap { get; private set; }

    /// <summary>End of the last transaction before the first that the snapshot does not see; null when there is none.</summary>
    public ulong? End { get; private set; }

    /// <summary>Whether the snapshot sees every transaction met.</summary>
    public bool SeesAll => !invisible;

    public async Task ReadAsync(NpgsqlConnection connection, string slot, string publication, string upTo, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("""
            SELECT xid::text, data FROM pg_catalog.pg_logical_slot_peek_binary_changes($1::text::name, $2::text::pg_lsn, NULL, 'proto_version', '1', 'publication_names', $3)
            """, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = slot });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = upTo });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "\"" + publication.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            Take(Number(reader.GetString(0)), reader.GetFieldValue<byte[]>(1));
        }
    }

    private void Take(ulong xid, ReadOnlySpan<byte> data)
    {
        var message = new PgOutputMessage(data);
        switch (message.Byte())
        {
            case 'B':
                transaction = xid;
                break;
            case 'C':
                message.Byte();
                message.Int64();
                Commit(message.Int64());
                break;
            case 'R':
                Describe(message);
                break;
            case 'I' or 'U' or 'D' when (uint)message.Int32() == relation:
                Touch(message);
                break;
            case 'T':
                Truncate(message);
                break;
            default:
                break;
        }
    }

    // Committed in the log a moment before the snapshot sees it: the next pull begins before it.
    private void Commit(ulong end)
    {
        invisible |= transaction is { } xid && !Sees(xid);
        End = invisible ? End : end;
    }

    // The log has 32 bits of a transaction's number; the snapshot counts its wraps.
    private bool Sees(ulong xid)
    {
        var low = (uint)xid;
        return (int)(low - (uint)next) < 0 && !open.Any(o => (uint)o == low);
    }

    private void Describe(PgOutputMessage message)
    {
        if ((uint)message.Int32() != relation)
        {
            return;
        }

        message.Name();
        message.Name();
        message.Byte();
        var names = new string[message.Int16()];
        for (var i = 0; i < names.Length; i++)
        {
            message.Byte();
            names[i] = message.Name();
            message.Int32();
            message.Int32();
        }

        keyColumns = [.. key.Select(k => Array.IndexOf(names, k))];
        if (keyColumns.Any(k => k < 0))
        {
            GiveUp(CaptureGap.KeyUnsaid);
        }
    }

    private void Touch(PgOutputMessage message)
    {
        while (Gap is null && !message.IsAtEnd)
        {
            message.Byte();
            if (message.Tuple(keyColumns) is not { } values)
            {
                GiveUp(CaptureGap.KeyUnsaid);
                return;
            }

            if (seen.Add(string.Join('\0', values)))
            {
                Keys.Add(values);
                bytes += values.Sum(v => v.Length);
                if (Keys.Count > MostKeys || bytes > MostBytes)
                {
                    GiveUp(CaptureGap.ManyKeys);
                }
            }
        }
    }

    private void Truncate(PgOutputMessage message)
    {
        var relations = message.Int32();
        message.Byte();
        for (var i = 0; i < relations; i++)
        {
            if ((uint)message.Int32() == relation)
            {
                GiveUp(CaptureGap.Truncated);
            }
        }
    }

    // Everything is read: keys are of no use any more, and the rest of a large log adds none.
    private void GiveUp(Text why)
    {
        Gap ??= why;
        Keys.Clear();
        seen.Clear();
        seen.TrimExcess();
        Keys.TrimExcess();
    }

    /// <summary>An array literal of one part of the keys.</summary>
    public string Literal(int part)
    {
        var text = new StringBuilder("'{");
        for (var i = 0; i < Keys.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append('"')
                .Append(Keys[i][part].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("'", "''", StringComparison.Ordinal))
                .Append('"');
        }

        return text.Append("}'::pg_catalog.text[]").ToString();
    }

    private static ulong Number(string text) => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
