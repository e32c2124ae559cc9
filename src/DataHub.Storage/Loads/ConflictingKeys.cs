using DataHub.Core.Versioning;
using DataHub.Storage.Copy;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Loads;

/// <summary>Keys that came with different records, collected during a load and resolved in SQL at its end.</summary>
internal sealed class ConflictingKeys
{
    private readonly List<(byte[] KeyFields, Arrived First)> keys = [];

    public int Count => keys.Count;

    public void Add(ReadOnlySpan<byte> keyFields, Arrived first) => keys.Add((keyFields.ToArray(), first));

    /// <summary>Writes the keys into a table of their own, so that SQL can join them.</summary>
    public async Task WriteAsync(NpgsqlConnection connection, StoreSql sql, int keyColumns, string table, CancellationToken cancellation)
    {
        await using (var create = new NpgsqlCommand(sql.CreateConflicts(table), connection))
        {
            await create.ExecuteNonQueryAsync(cancellation);
        }

        await using var writer = await CopyTupleWriter.BeginAsync(connection, sql.CopyConflicts(table), cancellation);
        foreach (var (fields, first) in keys)
        {
            writer.BeginTuple(keyColumns + 2);
            writer.Raw(fields);
            writer.Int64(first.FirstPosition);
            writer.Int32(first.Copies);
            await writer.FlushAsync(cancellation);
        }

        await writer.CompleteAsync(cancellation);
    }
}
