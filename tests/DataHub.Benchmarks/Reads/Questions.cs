using System.Globalization;
using DataHub.Benchmarks.Ingest;
using DataHub.Benchmarks.Machine;
using DataHub.Core.Queries;
using DataHub.Core.Versioning;
using DataHub.Demo.Generation;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Queries;
using DataHub.Storage.Versions;

namespace DataHub.Benchmarks.Reads;

/// <summary>
/// The filtered pages: dossiers of one commune's office in one state, sixteen such pairs, each to the hub, to pgbench and to
/// the peer.
/// </summary>
internal static class Questions
{
    private const int Count = 16;

    /// <summary>Pairs of agency and state.</summary>
    public static IReadOnlyList<(string Agency, string Status)> Pairs { get; } =
    [
        .. Enumerable.Range(1, Count).Select(i => (
            string.Create(CultureInfo.InvariantCulture, $"000.{i * 2:D2}.61.H61"), DossierStatus.All[i % DossierStatus.All.Count])),
    ];

    public static IReadOnlyList<string> Paths(Recipient reader) =>
        [.. Pairs.Select(p => reader.Question($"agency_code={p.Agency}&status={p.Status}"))];

    /// <summary>The statements that the hub runs for them.</summary>
    public static IEnumerable<QuestionStatement> Statements(StoreLine line, IReadOnlyList<StoreColumn> columns)
    {
        StoreColumn Column(string name) => line.Layout.Columns.First(c => c.Name == name);
        RecordFilter Is(string name, string value) => new OneOf(new ColumnOperand(Column(name)), [value], OrNull: false);
        var version = new VersionEntry(line.Head, 1, 0, 0, 0, line.Records, default, default);
        foreach (var (agency, status) in Pairs)
        {
            var filter = new AllOf([Is("agency_code", agency), Is("status", status)]);
            var question = new RecordQuestion(filter, RecordQuestion.Complete([], line.Layout));
            var query = new RecordQuery(line, version, columns, MustBeHead: true) { Question = question };
            yield return new QuestionSql(query).Page(null, ReadBench.PageSize, asOf: false);
        }
    }

    /// <summary>Compares the keys of every filtered page with the sector's table.</summary>
    public static async Task CheckAsync(Recipient reader, IReadOnlyList<string> paths, Cluster cluster, CancellationToken cancellation)
    {
        for (var i = 0; i < paths.Count; i++)
        {
            var answered = string.Join(',', (await reader.ReadAsync(paths[i], cancellation)).Select(r => r!["dossier_id"]!.ToString()));
            var stored = await cluster.ScalarAsync<string>(SectorData.Database, $"""
                SELECT coalesce(string_agg(id::text, ','), '') FROM (SELECT dossier_id AS id FROM public.dossiers
                    WHERE agency_code = '{Pairs[i].Agency}' AND status = '{Pairs[i].Status}'
                    ORDER BY dossier_id LIMIT {ReadBench.PageSize}) d
                """, cancellation);
            if (answered != stored)
            {
                throw new BenchException($"{paths[i]}: the page is not what the sector has");
            }
        }
    }
}
