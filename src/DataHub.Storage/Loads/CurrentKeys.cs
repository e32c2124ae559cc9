using System.Buffers.Binary;
using System.Data;
using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Records;
using DataHub.Core.Versioning;
using DataHub.Storage.Connections;
using DataHub.Storage.Copy;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Loads;

/// <summary>Streams keys and hashes of a current table together with the head they belong to, in one snapshot.</summary>
internal sealed class CurrentKeys : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;
    private byte[] fields = new byte[128];
    private byte[] canonical = new byte[128];

    private CurrentKeys(NpgsqlConnection connection, NpgsqlTransaction transaction, int head, CopyTupleReader tuples)
    {
        this.connection = connection;
        this.transaction = transaction;
        Head = head;
        Tuples = tuples;
    }

    public int Head { get; }

    public CopyTupleReader Tuples { get; }

    public static async Task<CurrentKeys> OpenAsync(
        StoreConnections connections, StoreSql sql, string current, LoadTarget target, CancellationToken cancellation)
    {
        var connection = await connections.Merge.OpenConnectionAsync(cancellation);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var command = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture,
            $"SELECT seq FROM hub.heads WHERE dataset_id = {target.Layout.DatasetId} AND major = {target.Layout.Major}"), connection);
        var head = (int)(await command.ExecuteScalarAsync(cancellation) ?? 0);
        var tuples = await CopyTupleReader.BeginAsync(connection, sql.ReadKeysAndHashes(current), cancellation);
        return new CurrentKeys(connection, transaction, head, tuples);
    }

    /// <summary>Fingerprint of the current tuple's key; <paramref name="keyFields"/> are its binary fields as they came.</summary>
    public UInt128 Key(StoreLayout layout, out ReadOnlySpan<byte> keyFields)
    {
        int fieldLength = 0, canonicalLength = 0;
        var single = layout.Key.Count == 1;
        foreach (var column in layout.Key)
        {
            Tuples.Next(out var value);
            Room(ref fields, fieldLength + value.Length + 4);
            BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(fieldLength), value.Length);
            value.CopyTo(fields.AsSpan(fieldLength + 4));
            fieldLength += value.Length + 4;

            Room(ref canonical, canonicalLength + Math.Max(value.Length, 64) + 4);
            var room = canonical.AsSpan(canonicalLength + (single ? 0 : 4));
            var length = CanonicalValue.FromPostgres(column.Type, value, room);
            if (!single)
            {
                BinaryPrimitives.WriteInt32BigEndian(canonical.AsSpan(canonicalLength), length);
            }

            canonicalLength += length + (single ? 0 : 4);
        }

        keyFields = fields.AsSpan(0, fieldLength);
        return KeyFingerprint.Of(canonical.AsSpan(0, canonicalLength));
    }

    /// <summary>The row hash, which follows the key.</summary>
    public UInt128 Hash()
    {
        Tuples.Next(out var hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    public async ValueTask DisposeAsync()
    {
        await Tuples.DisposeAsync();
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static void Room(ref byte[] buffer, int needed)
    {
        if (needed > buffer.Length)
        {
            Array.Resize(ref buffer, needed * 2);
        }
    }
}
