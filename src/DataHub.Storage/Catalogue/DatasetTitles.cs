using DataHub.Storage.Connections;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Storage.Catalogue;

/// <summary>A dataset as a list names it.</summary>
public sealed record DatasetTitle(string Name, string Title);

/// <summary>Datasets in the order of their titles, for lists that people choose from.</summary>
public sealed class DatasetTitles(StoreConnections connections)
{
    /// <summary>The first so many, and the one named beside them if it is not among these.</summary>
    public async Task<IReadOnlyList<DatasetTitle>> FirstAsync(int most, string? named, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            SELECT name, title FROM ((SELECT name, title FROM hub.datasets ORDER BY hub.fold(title), name LIMIT $1)
                UNION SELECT name, title FROM hub.datasets WHERE name = $2) d ORDER BY hub.fold(title), name
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)named ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var titles = new List<DatasetTitle>();
        while (await reader.ReadAsync(cancellation))
        {
            titles.Add(new DatasetTitle(reader.GetString(0), reader.GetString(1)));
        }

        return titles;
    }
}
