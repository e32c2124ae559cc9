using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Loads;

namespace DataHub.Storage.Versions;

/// <summary>Texts of the statements that measure a rule over a candidate; pure. $1 is a text array, $2 a pattern; values never stand in the text.</summary>
internal sealed class QualitySql(StoreLayout layout, Candidate candidate)
{
    private readonly StoreSql store = new(layout);

    public string Measure(QualityRule rule)
    {
        var columns = rule.Columns.Select(name => StoreSql.Name(layout.Columns.First(c => c.Name == name))).ToList();
        return rule.Metric switch
        {
            QualityMetric.NullValues => Count($"{columns[0]} IS NULL"),
            QualityMetric.MissingValues => Count($"({columns[0]} IS NULL OR {columns[0]}::text = ANY($1))"),
            QualityMetric.InvalidValues => Count($"{columns[0]} IS NOT NULL AND ({Invalid(rule, columns[0])})"),
            _ => $"""
                SELECT coalesce(sum(n - 1), 0)::bigint FROM (SELECT count(*) AS n FROM {From} v
                    WHERE {string.Join(" AND ", columns.Select(c => $"v.{c} IS NOT NULL"))} AND ($1::text[] IS NOT NULL OR $2::text IS NULL)
                    GROUP BY {string.Join(", ", columns.Select(c => $"v.{c}"))} HAVING count(*) > 1) t
                """,
        };
    }

    /// <summary>The candidate's content: the new table, or current without what the delta touches plus the delta's images.</summary>
    private string From => candidate.IsFirstLoad
        ? candidate.Pair.Current
        : $"""
            (SELECT {store.ColumnsOf("c")} FROM {candidate.Pair.Current} c WHERE NOT EXISTS (SELECT 1 FROM {candidate.Delta} d WHERE {store.KeysEqual("d", "c")})
            UNION ALL SELECT {store.ColumnsOf("d")} FROM {candidate.Delta} d WHERE d.op <> 'd')
            """;

    private static string Invalid(QualityRule rule, string column)
    {
        var notListed = $"NOT ({column}::text = ANY($1))";
        var notMatching = $"{column}::text !~ $2";
        return rule.Pattern is null ? notListed : rule.ValidValues.Count == 0 ? notMatching : $"{notListed} OR {notMatching}";
    }

    // Both parameters stand in every text, so that their types are known whatever the metric.
    private string Count(string condition) =>
        $"SELECT count(*) FROM {From} v WHERE ({condition}) AND ($1::text[] IS NOT NULL OR $2::text IS NULL)";
}
