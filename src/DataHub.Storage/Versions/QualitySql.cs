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
        var stored = rule.Columns.Select(name => layout.Columns.First(c => c.Name == name)).ToList();
        var columns = stored.Select(StoreSql.Name).ToList();
        return rule.Metric switch
        {
            QualityMetric.NullValues => Count($"{columns[0]} IS NULL"),
            QualityMetric.MissingValues => Count($"({columns[0]} IS NULL OR {Canonical(stored[0])} = ANY($1))"),
            QualityMetric.InvalidValues => Count($"{columns[0]} IS NOT NULL AND ({Invalid(rule, Canonical(stored[0]))})"),
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

    /// <summary>A value in the text that contracts compare in, which is not always how PostgreSQL spells it.</summary>
    private static string Canonical(StoreColumn column) => column.Type.Kind switch
    {
        ColumnKind.Decimal => $"trim_scale({StoreSql.Name(column)})::text",
        ColumnKind.Float64 => $"upper({StoreSql.Name(column)}::text)",
        ColumnKind.Date => $"to_char({StoreSql.Name(column)}, 'YYYY-MM-DD')",
        ColumnKind.Timestamp =>
            $"regexp_replace(to_char({StoreSql.Name(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '\\.?0+$', '') || 'Z'",
        _ => $"{StoreSql.Name(column)}::text",
    };

    private static string Invalid(QualityRule rule, string text)
    {
        var notListed = $"NOT ({text} = ANY($1))";
        var notMatching = $"{text} !~ $2";
        return rule.Pattern is null ? notListed : rule.ValidValues.Count == 0 ? notMatching : $"{notListed} OR {notMatching}";
    }

    // Both parameters stand in every text, so that their types are known whatever the metric.
    private string Count(string condition) =>
        $"SELECT count(*) FROM {From} v WHERE ({condition}) AND ($1::text[] IS NOT NULL OR $2::text IS NULL)";
}
