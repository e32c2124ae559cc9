using System.Collections.Concurrent;
using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;
using DataHub.Storage.Changes;
using DataHub.Storage.Connections;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Catalogue;

/// <summary>A published version as readers need it.</summary>
public sealed record VersionEntry(int Seq, int Major, int Minor, int Release, long ContractRevisionId, long Records, DateTimeOffset AsOf, DateTimeOffset PublishedAt)
{
    public string Label { get; } = LabelOf(Major, Minor, Release);

    public static string LabelOf(int major, int minor, int release) => string.Create(CultureInfo.InvariantCulture, $"v{major}.{minor}.{release}");
}

/// <summary>A contract revision as the versions made by it show it.</summary>
public sealed record RevisionEntry(long Id, DataContract Contract);

/// <summary>One dataset in memory: what a read needs before it touches a record.</summary>
public sealed record DatasetEntry(int Id, string Name, AccessMode Access, RevisionEntry Newest, VersionEntry? Latest, DateTimeOffset? CheckedAt)
{
    /// <summary>Store lines by major, made when first needed.</summary>
    public ConcurrentDictionary<int, StoreLine> Lines { get; } = new();
}

/// <summary>
/// Datasets by name, kept in memory and dropped by change notices. A notice can be late by milliseconds: who answers from <see cref="DatasetEntry.Latest"/> checks the
/// head in the same round trip as the records, and asks again with <see cref="Forget"/> when it moved.
/// </summary>
public sealed class DatasetBook
{
    private readonly ConcurrentDictionary<string, DatasetEntry> byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<int, string> names = new();
    private readonly ConcurrentDictionary<long, RevisionEntry> revisions = new();
    private readonly ConcurrentDictionary<(int Dataset, int Seq), VersionEntry> versions = new();
    private readonly StoreConnections connections;
    private long generation;

    public DatasetBook(StoreConnections connections, HubChanges changes)
    {
        this.connections = connections;
        changes.Dataset += Drop;
        changes.Everything += DropAll;
    }

    /// <summary>Versions kept in memory; they never change, so that only their number is bounded.</summary>
    private const int MostVersions = 100_000;

    /// <exception cref="HubErrorException">dataset_not_found.</exception>
    public ValueTask<DatasetEntry> FindAsync(string name, CancellationToken cancellation) =>
        byName.TryGetValue(name, out var entry) ? ValueTask.FromResult(entry) : new ValueTask<DatasetEntry>(LoadAsync(name, cancellation));

    /// <summary>Reads the dataset again at the next <see cref="FindAsync"/>.</summary>
    public void Forget(DatasetEntry entry) => Drop(entry.Id);

    /// <summary>Asks the store whether a version is the newest at this moment.</summary>
    public async Task<bool> IsLatestAsync(DatasetEntry entry, VersionEntry version, CancellationToken cancellation)
    {
        await using var command = Command("SELECT seq FROM hub.versions WHERE dataset_id = $1 ORDER BY major DESC, seq DESC LIMIT 1", entry.Id);
        return await command.ExecuteScalarAsync(cancellation) is int seq && seq == version.Seq;
    }

    /// <summary>The contract of a revision.</summary>
    public async ValueTask<RevisionEntry> RevisionAsync(long id, CancellationToken cancellation)
    {
        if (revisions.TryGetValue(id, out var known))
        {
            return known;
        }

        await using var command = Command("SELECT document::text FROM hub.contract_revisions WHERE id = $1", id);
        var document = (string)(await command.ExecuteScalarAsync(cancellation))!;
        var contract = ContractReader.Read(document).Contract ?? throw new InvalidDataException($"the stored contract revision {id} cannot be read");
        return revisions[id] = new RevisionEntry(id, contract);
    }

    /// <summary>Tables and columns of a major that has versions.</summary>
    public async ValueTask<StoreLine> LineAsync(DatasetEntry entry, int major, CancellationToken cancellation)
    {
        if (entry.Lines.TryGetValue(major, out var known))
        {
            return known;
        }

        await using var connection = await connections.Control.OpenConnectionAsync(cancellation);
        var line = await StoreCatalogue.ReadLineAsync(connection, entry.Id, major, cancellation);
        return entry.Lines[major] = line;
    }

    /// <summary>The version that a reference means now.</summary>
    /// <exception cref="HubErrorException">version_not_found.</exception>
    public async ValueTask<VersionEntry> ResolveAsync(DatasetEntry entry, VersionReference reference, string spelled, CancellationToken cancellation)
    {
        if (reference.Kind == VersionReferenceKind.Latest && entry.Latest is { } latest)
        {
            return latest;
        }

        if (reference.Kind == VersionReferenceKind.Seq && versions.TryGetValue((entry.Id, reference.Seq), out var known))
        {
            return known;
        }

        var version = await ReadVersionAsync(entry.Id, reference, cancellation) ?? throw HubErrors.VersionNotFound(entry.Name, spelled).ToException();
        if (versions.Count < MostVersions)
        {
            versions[(entry.Id, version.Seq)] = version;
        }

        return version;
    }

    private const string VersionColumns = "seq, major, minor, release, contract_revision_id, records, as_of, published_at";

    private async Task<VersionEntry?> ReadVersionAsync(int dataset, VersionReference reference, CancellationToken cancellation)
    {
        var (condition, parameters) = reference.Kind switch
        {
            VersionReferenceKind.Seq => ("seq = $2", new object[] { reference.Seq }),
            VersionReferenceKind.Label => ("major = $2 AND minor = $3 AND release = $4", [reference.Major, reference.Minor, reference.Release]),
            VersionReferenceKind.Minor => ("major = $2 AND minor = $3", [reference.Major, reference.Minor]),
            VersionReferenceKind.Major => ("major = $2", [reference.Major]),
            VersionReferenceKind.Moment => ("published_at <= $2", [reference.Moment.UtcDateTime]),
            _ => ("major = (SELECT max(major) FROM hub.versions WHERE dataset_id = $1)", Array.Empty<object>()),
        };
        await using var command = Command(
            $"SELECT {VersionColumns} FROM hub.versions WHERE dataset_id = $1 AND {condition} ORDER BY seq DESC LIMIT 1", [dataset, .. parameters]);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? ReadVersion(reader, 0) : null;
    }

    private async Task<DatasetEntry> LoadAsync(string name, CancellationToken cancellation)
    {
        var seen = Volatile.Read(ref generation);
        var row = await ReadDatasetAsync(name, cancellation) ?? throw HubErrors.DatasetNotFound(name).ToException();
        var newest = await RevisionAsync(row.Revision, cancellation);
        var entry = new DatasetEntry(row.Id, name, row.Access == "open" ? AccessMode.Open : AccessMode.Shared, newest, row.Latest, row.CheckedAt);
        names[row.Id] = name;
        byName[name] = entry;

        // A notice that came while this was read may speak of something newer.
        if (Volatile.Read(ref generation) != seen)
        {
            byName.TryRemove(name, out _);
        }

        return entry;
    }

    private sealed record DatasetRow(int Id, string Access, long Revision, DateTimeOffset? CheckedAt, VersionEntry? Latest);

    // Its reader is closed exactly once, and before the next statement: Npgsql hands a connection's reader on to whoever gets the connection next.
    private async Task<DatasetRow?> ReadDatasetAsync(string name, CancellationToken cancellation)
    {
        await using var command = Command($"""
            SELECT d.id, d.access, d.contract_revision_id, d.checked_at, {string.Join(", ", VersionColumns.Split(", ").Select(c => "v." + c))}
            FROM hub.datasets d LEFT JOIN LATERAL
                (SELECT * FROM hub.versions w WHERE w.dataset_id = d.id ORDER BY major DESC, seq DESC LIMIT 1) v ON true
            WHERE d.name = $1
            """, name);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return !await reader.ReadAsync(cancellation) ? null : new DatasetRow(
            reader.GetInt32(0), reader.GetString(1), reader.GetInt64(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
            reader.IsDBNull(4) ? null : ReadVersion(reader, 4));
    }

    private void Drop(int dataset)
    {
        Interlocked.Increment(ref generation);
        if (names.TryGetValue(dataset, out var name))
        {
            byName.TryRemove(name, out _);
        }
    }

    private void DropAll()
    {
        Interlocked.Increment(ref generation);
        byName.Clear();
    }

    private static VersionEntry ReadVersion(NpgsqlDataReader reader, int at) => new(
        reader.GetInt32(at), reader.GetInt32(at + 1), reader.GetInt32(at + 2), reader.GetInt32(at + 3), reader.GetInt64(at + 4), reader.GetInt64(at + 5),
        reader.GetFieldValue<DateTimeOffset>(at + 6), reader.GetFieldValue<DateTimeOffset>(at + 7));

    private NpgsqlCommand Command(string text, params object[] parameters)
    {
        var command = connections.Control.CreateCommand(text);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        }

        return command;
    }
}
