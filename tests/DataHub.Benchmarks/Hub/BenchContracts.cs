using DataHub.Demo.Hub;
using DataHub.Demo.Sectors;

namespace DataHub.Benchmarks.Hub;

/// <summary>The one-stop dossiers' own contract under other names, sources and ways of sharing.</summary>
internal static class BenchContracts
{
    private static readonly string[] Personal = ["citizen_id", "applicant_name"];

    /// <summary>The twelve columns that are not personal.</summary>
    public static IReadOnlyList<string> PlainColumns { get; } = [.. DossierTable.ColumnList.Split(", ").Except(Personal)];

    public static string FromTable(string dataset, string source, string access = "shared") =>
        access == "open" ? Opened(Named(dataset, source)) : Named(dataset, source);

    /// <summary>The same dataset for everybody.</summary>
    public static string Opened(string contract) =>
        contract.Replace("hub.access\n    value: 'shared'", "hub.access\n    value: 'open'", StringComparison.Ordinal);

    /// <summary>The same, pulled by the time of receipt.</summary>
    public static string Incremental(string contract) => contract.Replace(
        "hub.mode\n    value: 'full'", "hub.mode\n    value: 'incremental'\n  - property: hub.watermark\n    value: 'received_at'",
        StringComparison.Ordinal);

    public static string FromFile(string dataset, string source, string file) => Named(dataset, source).Replace(
        "hub.table\n    value: 'public.dossiers'", $"hub.file\n    value: '{file}'", StringComparison.Ordinal);

    /// <summary>A table whose database is the source's own: no schema.</summary>
    public static string FromMaria(string dataset, string source) => Named(dataset, source).Replace(
        "hub.table\n    value: 'public.dossiers'", "hub.table\n    value: 'dossiers'", StringComparison.Ordinal);

    private static string Named(string dataset, string source) =>
        DemoDataset.All.First(d => d.Id == "one-stop-dossiers").Contract().ReplaceLineEndings("\n")
            .Replace("id: 7c0a1f36-5d1e-4b6e-9a55-0d84a1c0e101", $"id: {Guid.NewGuid()}", StringComparison.Ordinal)
            .Replace("name: one-stop-dossiers", $"name: {dataset}", StringComparison.Ordinal)
            .Replace("value: 'dossiers'", $"value: '{source}'", StringComparison.Ordinal);
}
