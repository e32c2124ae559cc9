using System.Globalization;

namespace DataHub.Storage.Catalogue;

/// <summary>
/// The one statement that answers a page of the catalogue: the page, its total and the counts of all facets are one
/// snapshot. A question is only ever parameters: $1 the whole of
/// it, $2-$4 provider, theme and access, $5 and $6 after which rank and name, $7 how many, $8 how many values of a facet, $9… its words.
/// </summary>
internal static class CatalogueSql
{
    /// <summary>Number of the first parameter that is a word.</summary>
    public const int FirstWord = 9;

    /// <summary>How like a question must be to what stands somewhere in a document (0-1), and each of its words; found by
    /// trying one wrong, missing or swapped letter.</summary>
    public const string Resemblance = "0.5";

    // A word of three letters with another one in it is another word (tra, tru, tro).
    private const string WordResemblance = "0.4";

    /// <summary>What the index compares with; for this transaction alone.</summary>
    public const string SetResemblance = $"SELECT set_config('pg_trgm.word_similarity_threshold', '{Resemblance}', true)";

    /// <summary>The statement for a question of so many words; 0 lists everything in name order.</summary>
    public static string Search(int words) => $"""
        WITH hits AS MATERIALIZED ({(words == 0 ? Everything : Hits(words))}),
        chosen AS (SELECT * FROM hits WHERE ($2 IS NULL OR provider = $2) AND ($3 IS NULL OR theme = $3) AND ($4 IS NULL OR access = $4)),
        page AS (SELECT * FROM chosen WHERE $6 IS NULL OR rank < $5 OR (rank = $5 AND name COLLATE "C" > $6) ORDER BY rank DESC, name COLLATE "C" LIMIT $7)
        SELECT 'dataset' AS kind, p.name AS value, p.title AS label, p.rank::bigint AS count, p.provider, a.name AS provider_name, p.theme, p.access,
            v.major, v.minor, v.release, v.as_of
        FROM page p LEFT JOIN hub.agencies a ON a.code = p.provider
        LEFT JOIN LATERAL (SELECT * FROM hub.versions w WHERE w.dataset_id = p.id ORDER BY w.major DESC, w.seq DESC LIMIT 1) v ON true
        UNION ALL SELECT 'total', '', NULL, count(*), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM chosen
        UNION ALL SELECT 'provider', f.value, a.name, f.count, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM ({Facet("provider", "($3 IS NULL OR theme = $3) AND ($4 IS NULL OR access = $4)")}) f LEFT JOIN hub.agencies a ON a.code = f.value
        UNION ALL SELECT 'theme', value, NULL, count, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM ({Facet("theme", "($2 IS NULL OR provider = $2) AND ($4 IS NULL OR access = $4)")}) f
        UNION ALL SELECT 'access', value, NULL, count, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM ({Facet("access", "($2 IS NULL OR provider = $2) AND ($3 IS NULL OR theme = $3)")}) f
        """;

    private const string Everything =
        "SELECT d.id, d.name, d.title, d.provider, d.theme, d.access, 0 AS rank FROM hub.datasets d WHERE $1 IS NULL AND d.contract_revision_id > 0";

    // A value of a facet is counted under the question and the other facets, so that a person sees what choosing it would give.
    private static string Facet(string column, string others) =>
        $"SELECT {column} AS value, count(*) AS count FROM hits WHERE {column} IS NOT NULL AND {others} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $8";

    // Both arms of the OR are conditions of ix_dataset_search_document (a BitmapOr); what resembles is then judged word by
    // word, which the index cannot.
    private static string Hits(int words)
    {
        var placed = Enumerable.Range(FirstWord, words).Select(i => string.Create(CultureInfo.InvariantCulture, $"${i}")).ToList();
        string All(string text) => string.Join(" AND ", placed.Select(w => $"{text} LIKE hub.search_pattern({w})"));
        var near = string.Join(" AND ", placed.Select(w =>
            $"(s.document LIKE hub.search_pattern({w}) OR length(hub.fold({w})) > 3 AND hub.resemblance(hub.fold({w}), s.document) >= {WordResemblance})"));
        return $"""
            SELECT d.id, d.name, d.title, d.provider, d.theme, d.access, CASE
                WHEN {All("s.document")} THEN greatest({Place("s.title", 900, All)}, {Place("s.body || s.provider_name", 600, All)}, {Place("s.columns", 400, All)}, 200)
                ELSE {Near("s.title", 160)} + {Near("s.body || s.provider_name", 20)} + {Near("s.columns", 10)} END AS rank
            FROM hub.dataset_search s JOIN hub.datasets d ON d.id = s.dataset_id
            WHERE ({All("s.document")}) OR (hub.resembles(hub.fold($1), s.document) AND {near})
            """;
    }

    // The whole question as whole words, as the beginning of a word, or its words in any order.
    private static string Place(string text, int best, Func<string, string> all) => string.Create(CultureInfo.InvariantCulture, $"""
        CASE WHEN strpos({text}, ' ' || hub.fold($1) || ' ') > 0 THEN {best} WHEN strpos({text}, ' ' || hub.fold($1)) > 0 THEN {best - 50}
        WHEN {all($"({text})")} THEN {best - 100} ELSE 0 END
        """);

    private static string Near(string text, int most) =>
        string.Create(CultureInfo.InvariantCulture, $"round({most} * hub.resemblance(hub.fold($1), {text}))::int");
}
