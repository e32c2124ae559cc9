using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Loads;

namespace DataHub.Storage.Versions;

/// <summary>Texts of the statements that measure a rule over a candidate; pure. $1 is a text array; values never stand in the text.</summary>
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
            QualityMetric.InvalidValues => Count($"{columns[0]} IS NOT NULL AND NOT ({Canonical(stored[0])} = ANY($1))"),
            _ => $"""
                SELECT coalesce(sum(n - 1), 0)::bigint FROM (SELECT count(*) AS n FROM {From} v
                    WHERE {string.Join(" AND ", columns.Select(c => $"v.{c} IS NOT NULL"))} AND $1::text[] IS NOT NULL
                    GROUP BY {string.Join(", ", columns.Select(c => $"v.{c}"))} HAVING count(*) > 1) t
                """,
        };
    }

    /// <summary>All values of a rule's column in the text that contracts compare in, nulls left out; for COPY.</summary>
    public string Texts(QualityRule rule)
    {
        var column = layout.Columns.First(c => c.Name == rule.Columns[0]);
        return $"COPY (SELECT {Canonical(column)} FROM {From} v WHERE {StoreSql.Name(column)} IS NOT NULL) TO STDOUT (FORMAT BINARY)";
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

    // The parameter stands in every text, so that its type is known whatever the metric.
    private string Count(string condition) => $"SELECT count(*) FROM {From} v WHERE ({condition}) AND $1::text[] IS NOT NULL";
}
