using DataHub.Benchmarks.Hub;
using DataHub.Demo.Hub;

namespace DataHub.Benchmarks.Reads;

/// <summary>What all readers read: the dossiers as a shared dataset, with an agreement for one recipient, and as an open one.</summary>
internal sealed class ReadStage(Bench bench) : IDisposable
{
    public const string Shared = "bench-shared";
    public const string Open = "bench-open";
    private const string Agency = "000.00.15.H61";
    private const string Client = "bench-recipient";

    private string secret = "";

    /// <summary>Reads the shared dataset by its token.</summary>
    public Recipient WithToken { get; } = new(bench.Hub.Address, Shared);

    /// <summary>Reads the open dataset without one.</summary>
    public Recipient Anyone { get; } = new(bench.Hub.Address, Open);

    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await LoadAsync(BenchContracts.FromTable(Shared, bench.Data.PostgresSource.Id), Shared, bench.Data.Rows, cancellation);
        await LoadAsync(BenchContracts.FromTable(Open, bench.Data.PostgresSource.Id, "open"), Open, bench.Data.Rows, cancellation);
        await GrantAsync(cancellation);
        await SignInAsync(cancellation);
    }

    /// <summary>Registers a dataset, loads it and leaves nothing for autovacuum, which would come in the middle of a measurement.</summary>
    public async Task<RunFigures> LoadAsync(string contract, string dataset, long rows, CancellationToken cancellation)
    {
        await bench.Api.AddDatasetAsync(contract, cancellation);
        var figures = await bench.Runs.MeasureAsync(dataset, new Expected("published", rows, 0, 0), cancellation);
        await bench.Cluster.ExecuteAsync(HubProcess.Database, $"VACUUM (ANALYZE) {await TableAsync(dataset, cancellation)}", cancellation);
        return figures;
    }

    /// <summary>The current table of a dataset.</summary>
    public Task<string> TableAsync(string dataset, CancellationToken cancellation) =>
        bench.Cluster.ScalarAsync<string>(HubProcess.Database, $"""
            SELECT p.current_table FROM hub.store_pairs p JOIN hub.datasets d ON d.id = p.dataset_id WHERE d.name = '{dataset}'
            """, cancellation);

    /// <summary>A token lasts ten minutes: before every repetition a new one.</summary>
    public async Task SignInAsync(CancellationToken cancellation) =>
        WithToken.Use(await bench.Hub.TokenAsync(Client, secret, cancellation));

    public void Dispose()
    {
        WithToken.Dispose();
        Anyone.Dispose();
    }

    private async Task GrantAsync(CancellationToken cancellation)
    {
        var agency = (Agency, "Sở Thông tin và Truyền thông", "Department of Information", "stttt@example.gov.vn");
        await bench.Api.AddAgencyAsync(agency, cancellation);
        secret = await bench.Api.ClientSecretAsync(Client, Agency, "bench", cancellation);
        await bench.Api.AddAgreementAsync(new AgreementRequest(Agency, Shared, "do-hieu-nang", BenchContracts.PlainColumns)
        {
            From = DateTimeOffset.UtcNow.AddDays(-1), Until = DateTimeOffset.UtcNow.AddDays(1),
        }, cancellation);
    }
}
