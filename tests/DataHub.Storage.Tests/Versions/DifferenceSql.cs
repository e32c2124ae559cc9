using System.Globalization;
using DataHub.Storage.Tests.Kit;
using DataHub.Storage.Versions;
using Npgsql;

namespace DataHub.Storage.Tests.Versions;

/// <summary>The formulas of a change feed over the two tables, as the design states them: what the tables must be able to carry.</summary>
internal sealed class DifferenceSql(StoreLine line, bool compound)
{
    private readonly string current = line.Pair!.Current;
    private readonly string history = line.Pair!.History;
    private readonly string key = compound ? "c3, c1" : "c1";
    private readonly string name = compound ? "(c3 || '|' || c1)" : "c1";

    private static string Hex(string column) => $"coalesce(replace({column}::text, '-', ''), '∅')";

    /// <summary>Net of every pair A ≤ B at once: images alive at B and born after A, against images alive at A that died by B; equal ones cancel.</summary>
    public string AllNets(int head) => string.Create(CultureInfo.InvariantCulture, $"""
        WITH pairs AS (SELECT a, b FROM generate_series(0, {head}) a, generate_series(0, {head}) b WHERE a <= b),
        images AS (SELECT {name} AS k, v_from, 2147483647 AS v_to, row_hash FROM {current}
            UNION ALL SELECT {name}, v_from, v_to, row_hash FROM {history}),
        after AS (SELECT a, b, k, row_hash FROM pairs JOIN images ON v_from > a AND v_from <= b AND v_to > b),
        before AS (SELECT a, b, k, row_hash FROM pairs JOIN images ON v_to > a AND v_to <= b AND v_from <= a)
        SELECT a || ',' || b || '#' || k || '>' || {Hex("o.row_hash")} || '>' || {Hex("n.row_hash")}
        FROM before o FULL JOIN after n USING (a, b, k) WHERE o.row_hash IS DISTINCT FROM n.row_hash
        """);

    /// <summary>The log without a join: images that begin and end at a version, paired by (version, key).</summary>
    public string Log(int head) => string.Create(CultureInfo.InvariantCulture, $"""
        SELECT seq || '#' || k || '>' || {Hex("max(h) FILTER (WHERE img = 0)")} || '>' || {Hex("max(h) FILTER (WHERE img = 1)")}
        FROM (SELECT v_from AS seq, {name} AS k, 1 AS img, row_hash::text AS h FROM {current} WHERE v_from > 1
            UNION ALL SELECT v_from, {name}, 1, row_hash::text FROM {history} WHERE v_from > 1
            UNION ALL SELECT v_to, {name}, 0, row_hash::text FROM {history}) e
        WHERE seq <= {head} GROUP BY seq, k
        """);

    /// <summary>Net page by page in the order (version, key), a key standing at its last event; the cursor is the last examined event.</summary>
    public async Task<List<string>> WalkNetAsync(StoreLab lab, int from, int to, int page)
    {
        var found = new List<string>();
        object[] cursor = compound ? [from, "￿", int.MaxValue] : [from, "￿"];
        while (true)
        {
            await using var command = lab.Connections.Read.CreateCommand(Page(from, to, page));
            foreach (var value in cursor)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await using var reader = await command.ExecuteReaderAsync();
            var examined = 0;
            while (await reader.ReadAsync())
            {
                examined++;
                cursor = compound
                    ? [reader.GetInt32(1), reader.GetString(2), reader.GetInt32(3)]
                    : [reader.GetInt32(1), reader.GetString(2)];
                if (!reader.IsDBNull(0))
                {
                    found.Add(reader.GetString(0));
                }
            }

            if (examined < page)
            {
                return found;
            }
        }
    }

    private string Page(int from, int to, int page)
    {
        var cursor = compound ? "($1, $2, $3)" : "($1, $2)";
        var same = string.Join(" AND ", key.Split(", ").Select(k => $"n.{k} = h.{k}"));
        var sameBefore = string.Join(" AND ", key.Split(", ").Select(k => $"b.{k} = e.{k}"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            SELECT CASE WHEN e.row_hash IS DISTINCT FROM b.row_hash THEN {name.Replace("c", "e.c", StringComparison.Ordinal)} || '>' || {Hex("b.row_hash")} || '>' || {Hex("e.row_hash")} END,
                e.seq, {string.Join(", ", key.Split(", ").Select(k => "e." + k))}
            FROM (
                (SELECT v_from AS seq, {key}, row_hash FROM {current} WHERE (v_from, {key}) > {cursor} AND v_from > 1 AND v_from <= {to} ORDER BY v_from, {key} LIMIT {page})
                UNION ALL
                (SELECT v_from, {key}, row_hash FROM {history} WHERE (v_from, {key}) > {cursor} AND v_from <= {to} AND v_to > {to} ORDER BY v_from, {key} LIMIT {page})
                UNION ALL
                (SELECT v_to, {key}, NULL FROM {history} h WHERE (v_to, {key}) > {cursor} AND v_to <= {to}
                    AND coalesce((SELECT n.v_from FROM {history} n WHERE {same} AND n.v_to > h.v_to ORDER BY n.v_to LIMIT 1),
                        (SELECT n.v_from FROM {current} n WHERE {same}), 2147483647) > {to}
                    ORDER BY v_to, {key} LIMIT {page})
                ORDER BY seq, {key} LIMIT {page}) e
            LEFT JOIN LATERAL (SELECT * FROM {history} b WHERE {sameBefore} AND b.v_to > {from} ORDER BY b.v_to LIMIT 1) b ON b.v_from <= {from}
            ORDER BY e.seq, {string.Join(", ", key.Split(", ").Select(k => "e." + k))}
            """);
    }
}
