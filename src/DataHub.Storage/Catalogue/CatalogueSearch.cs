using DataHub.Storage.Connections;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Storage.Catalogue;

/// <summary>A question to the catalogue; null means any.</summary>
/// <param name="Words">The words of <paramref name="Text"/>; empty without a text.</param>
/// <param name="After">Where the page before this one ended.</param>
public sealed record CatalogueQuestion(
    string? Text, IReadOnlyList<string> Words, string? Provider, string? Theme, string? Access, CataloguePlace? After, int Limit);

/// <summary>A place in the order of an answer: higher ranks first, names inside a rank.</summary>
public sealed record CataloguePlace(int Rank, string Name);

/// <summary>A dataset found.</summary>
public sealed record CatalogueHit(string Name, string Title, string Provider, string? ProviderName, string? Theme, string Access, int Rank)
{
    /// <summary>Label of the newest version, null before the first.</summary>
    public string? LatestVersion { get; init; }

    public DateTimeOffset? AsOf { get; init; }
}

/// <summary>A value of a facet and how many datasets choosing it would give.</summary>
public sealed record FacetCount(string Value, string? Name, long Count);

/// <summary>One page with everything beside it, of one moment.</summary>
public sealed record CatalogueAnswer(
    IReadOnlyList<CatalogueHit> Hits, long Total, IReadOnlyList<FacetCount> Providers, IReadOnlyList<FacetCount> Themes,
        IReadOnlyList<FacetCount> Access);

/// <summary>Searches the catalogue: two statements in one round trip, however many datasets there are.</summary>
public sealed class CatalogueSearch(StoreConnections connections)
{
    /// <summary>Values of one facet that are answered, the most frequent first.</summary>
    public const int MostFacetValues = 500;

    public async Task<CatalogueAnswer> FindAsync(CatalogueQuestion question, CancellationToken cancellation)
    {
        await using var batch = connections.Control.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(CatalogueSql.SetResemblance));
        batch.BatchCommands.Add(Command(question));
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        await reader.NextResultAsync(cancellation);
        var hits = new List<CatalogueHit>();
        var (providers, themes, access) = (new List<FacetCount>(), new List<FacetCount>(), new List<FacetCount>());
        var total = 0L;
        while (await reader.ReadAsync(cancellation))
        {
            switch (reader.GetString(0))
            {
                case "dataset": hits.Add(Hit(reader)); break;
                case "total": total = reader.GetInt64(3); break;
                case var facet: (facet == "provider" ? providers : facet == "theme" ? themes : access).Add(Count(reader)); break;
            }
        }

        hits.Sort((a, b) => a.Rank != b.Rank ? b.Rank.CompareTo(a.Rank) : string.CompareOrdinal(a.Name, b.Name));
        return new CatalogueAnswer(hits, total, Sorted(providers), Sorted(themes), Sorted(access));
    }

    internal static NpgsqlBatchCommand Command(CatalogueQuestion question)
    {
        var command = new NpgsqlBatchCommand(CatalogueSql.Search(question.Words.Count));
        void Add(object? value, NpgsqlDbType type) =>
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        foreach (var text in new[] { question.Text, question.Provider, question.Theme, question.Access })
        {
            Add(text, NpgsqlDbType.Text);
        }

        Add(question.After?.Rank, NpgsqlDbType.Integer);
        Add(question.After?.Name, NpgsqlDbType.Text);
        Add(question.Limit, NpgsqlDbType.Integer);
        Add(MostFacetValues, NpgsqlDbType.Integer);
        foreach (var word in question.Words)
        {
            Add(word, NpgsqlDbType.Text);
        }

        return command;
    }

    // The arms of a UNION have no promised order.
    private static List<FacetCount> Sorted(List<FacetCount> counts)
    {
        counts.Sort((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : string.CompareOrdinal(a.Value, b.Value));
        return counts;
    }

    private static FacetCount Count(NpgsqlDataReader reader) => new(reader.GetString(1), Text(reader, 2), reader.GetInt64(3));

    private static CatalogueHit Hit(NpgsqlDataReader reader) => new(
        reader.GetString(1), reader.GetString(2), reader.GetString(4), Text(reader, 5), Text(reader, 6), reader.GetString(7),
            (int)reader.GetInt64(3))
    {
        LatestVersion = reader.IsDBNull(8) ? null : VersionEntry.LabelOf(reader.GetInt32(8), reader.GetInt32(9), reader.GetInt32(10)),
        AsOf = reader.IsDBNull(11) ? null : reader.GetFieldValue<DateTimeOffset>(11),
    };

    private static string? Text(NpgsqlDataReader reader, int at) => reader.IsDBNull(at) ? null : reader.GetString(at);
}
