using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DataHub.Core.Contracts;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Storage.ControlPlane;
using DataHub.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DataHub.Ingestion.Tests.Samples;

/// <summary>A column as it was published: its name and declared type.</summary>
internal sealed record PublishedColumn(string Name, string Type);

/// <summary>One table of a sample database after its way through the hub: the proposed contract, registered, run, read back.</summary>
internal sealed record PublishedTable(SourceTable Source, Run? Run, IReadOnlyList<PublishedColumn> Columns, IReadOnlyList<string?[]> Rows)
{
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>Rules that records broke, as "column code: n".</summary>
    public IReadOnlyList<string> Broken { get; init; } = [];

    public string Name => Source.Name;
}

/// <summary>
/// Takes whole sample databases through the real pipeline: what a source lists is proposed as contracts, registered as they
/// stand, pulled by the worker and read back from the store.
/// </summary>
internal sealed class SampleLab(TestHub hub) : IAsyncDisposable
{
    public string Files => hub.Files;

    public static async Task<SampleLab> StartAsync() => new(await TestHub.StartAsync());

    /// <summary>Publishes every table and view that a source of this name, kind and settings lists.</summary>
    public async Task<IReadOnlyList<PublishedTable>> PublishAsync(
        string source, string kind, string? user, string? password, params string[] settings)
    {
        await hub.AddSourceAsync(source, kind, user, password, settings);
        var registered = await hub.Services.GetRequiredService<SourceRegistry>().FindAsync(source, default);
        var tables = await hub.Services.GetRequiredService<SourceGateway>().ListTablesAsync(registered, default);
        var queued = new List<(SourceTable Table, Dataset? Dataset, long Run)>();
        foreach (var table in tables)
        {
            if (table.Columns.All(c => c.Proposed is null))
            {
                queued.Add((table, null, 0));
                continue;
            }

            var id = $"{source}-{ContractProposal.DatasetId(table)}";
            var dataset = await hub.AddDatasetAsync(ContractProposal.For(table, source, "H08.12", id));
            queued.Add((table, dataset, await hub.QueueAsync(dataset)));
        }

        var published = new List<PublishedTable>();
        foreach (var (table, dataset, run) in queued)
        {
            published.Add(dataset is null
                ? new PublishedTable(table, null, [], [])
                : await ReadBackAsync(table, dataset, await hub.WaitAsync(run)));
        }

        return published;
    }

    /// <summary>One line a table: counts, what was left out and why, what was rejected and by which rule.</summary>
    public static string Report(IReadOnlyList<PublishedTable> tables, Func<string, long> count)
    {
        var report = new StringBuilder();
        foreach (var table in tables)
        {
            report.Append(table.Source.EntityKind).Append(' ').Append(table.Name).Append(": ");
            if (table.Run is not { } run)
            {
                report.Append(CultureInfo.InvariantCulture, $"refused, {table.Source.Comment}\n");
                continue;
            }

            if (run.State == "failed")
            {
                report.Append(CultureInfo.InvariantCulture, $"failed, {JsonNode.Parse(run.Error!)!["code"]}\n");
                continue;
            }

            var rows = count(table.Name);
            report.Append(rows).Append(" rows, ").Append(run.State);
            Assert.Equal(rows, run.Read);
            Assert.Equal(run.Read, run.New + run.Rejected + run.Duplicate);
            report.Append(run.State == "published" ? $" {table.Rows.Count}" : $" {run.Error}");
            report.Append(run.Rejected > 0 ? $", rejected {run.Rejected}" : "").Append(run.Duplicate > 0 ? $", duplicate {run.Duplicate}" : "");
            report.Append('\n');
            foreach (var broken in table.Broken)
            {
                report.Append("  rejected ").Append(broken).Append('\n');
            }

            foreach (var column in table.Source.Columns.Where(c => c.Proposed is null))
            {
                report.Append("  left out ").Append(column.Name).Append(" (").Append(column.NativeType).Append("): ")
                    .Append(column.Note?.En).Append('\n');
            }
        }

        return report.ToString();
    }

    public ValueTask DisposeAsync() => hub.DisposeAsync();

    private async Task<PublishedTable> ReadBackAsync(SourceTable table, Dataset dataset, Run run)
    {
        await using var db = await hub.OpenAsync();
        var stored = await db.StoredColumns.Where(c => c.DatasetId == dataset.Id).OrderBy(c => c.ColumnId).ToListAsync();
        var pair = await db.StorePairs.SingleOrDefaultAsync(p => p.DatasetId == dataset.Id);
        var rows = new List<string?[]>();
        if (pair is not null && run.State == "published")
        {
            await using var source = NpgsqlDataSource.Create(hub.Database.ConnectionString + ";Pooling=false");
            await using var command = source.CreateCommand(
                $"SELECT ARRAY[{string.Join(", ", stored.Select(c => $"c{c.ColumnId}::text"))}]::text[] FROM {pair.CurrentTable}");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                rows.Add(reader.GetFieldValue<string?[]>(0));
            }
        }

        return new PublishedTable(table, run, [.. stored.Select(c => new PublishedColumn(c.Name, c.Type))], rows)
        {
            Broken = Count(await db.Quarantine.Where(q => q.RunId == run.Id).Select(q => q.Violations).ToListAsync()),
            Key = [.. stored.Where(c => c.KeyPosition is not null).OrderBy(c => c.KeyPosition).Select(c => c.Name)],
        };
    }

    private static IReadOnlyList<string> Count(IEnumerable<string> violations) =>
    [
        .. violations.SelectMany(v => JsonNode.Parse(v)!.AsArray())
            .GroupBy(v => $"{v!["column"]} {v["code"]}").OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key}: {g.Count()}"),
    ];
}
