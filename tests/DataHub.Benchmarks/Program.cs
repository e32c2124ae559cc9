using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DataHub.Benchmarks;
using DataHub.Benchmarks.Exports;
using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Ingest;
using DataHub.Benchmarks.Large;
using DataHub.Benchmarks.Machine;
using DataHub.Benchmarks.Peers;
using DataHub.Benchmarks.Reads;
using DataHub.Demo;
using DataHub.Demo.Hub;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = Encoding.UTF8;
if (BenchOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(BenchOptions.Usage);
    return 64;
}

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal) => (signal.Cancel, _) = (true, stop.CancelAsync());
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
try
{
    using var place = new Workplace();
    var report = await BenchmarkAsync(options, place, stop.Token);
    Console.WriteLine();
    Console.Write(report);
    if (options.Write)
    {
        await File.WriteAllTextAsync(Path.Combine(place.Root, "docs", "benchmarks.md"), report.ToString());
    }

    return 0;
}
catch (Exception e) when (e is BenchException or DemoException or OperationCanceledException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

static async Task<Report> BenchmarkAsync(BenchOptions options, Workplace place, CancellationToken cancellation)
{
    var progress = Console.Out;
    var cluster = await Cluster.OpenAsync(cancellation);
    var report = new Report(await MachineFacts.ReadAsync(cluster, place.Root, cancellation), options);
    await progress.WriteLineAsync($"Tạo {options.Rows:N0} hồ sơ / Making {options.Rows:N0} dossiers");
    var data = new SectorData(cluster, place, options.Rows);
    await data.MakeAsync(cancellation);
    await using var hub = await HubProcess.StartAsync(cluster, place, options.HubSettings, cancellation);
    using var api = HubApi.At(hub.Address);
    await hub.SignInAsync(api, cancellation);
    var provider = ("000.00.61.H61", "Trung tâm Phục vụ hành chính công", "Public Service Centre", "tthcc@example.gov.vn");
    await api.AddAgencyAsync(provider, cancellation);
    await api.AddSourceAsync(data.PostgresSource, cancellation);
    await api.AddSourceAsync(data.CsvSource, cancellation);
    var maria = new MariaSector(await MariaServer.OpenAsync(cancellation), "bench_sector", options.Rows);
    await api.AddSourceAsync(maria.Source, cancellation);
    var bench = new Bench(options, place, cluster, hub, api) { Data = data };
    if (options.Parts.Contains(BenchPart.Ingest))
    {
        report.Add(await new IngestBench(bench, maria).RunAsync(cancellation), options.Rows);
    }

    if (options.Parts.Any(part => part != BenchPart.Ingest))
    {
        await hub.SignInAsync(api, cancellation);
        using var stage = new ReadStage(bench);
        await stage.PrepareAsync(cancellation);
        await ReadAsync(bench, stage, report, cancellation);
    }

    return report;
}

static async Task ReadAsync(Bench bench, ReadStage stage, Report report, CancellationToken cancellation)
{
    var (parts, rows) = (bench.Options.Parts, bench.Data.Rows);
    if (parts.Contains(BenchPart.Read))
    {
        var reads = new ReadBench(bench, stage);
        report.Add(await reads.RunAsync(cancellation), reads.Depth, bench.Options);
    }

    if (parts.Contains(BenchPart.Peer))
    {
        report.Add(await new PeerBench(bench, stage).RunAsync(cancellation));
    }

    var exports = new ExportBench(bench, stage);
    if (parts.Contains(BenchPart.Export))
    {
        await exports.RunAsync(rows, cancellation);
    }

    if (parts.Contains(BenchPart.Large))
    {
        // The administrator's token of the beginning has long expired.
        await bench.Hub.SignInAsync(bench.Api, cancellation);
        var sector = new MariaSector(await MariaServer.OpenAsync(cancellation), "bench_large", bench.Options.LargeRows);
        report.Add(await new LargeBench(bench, stage).RunAsync(sector, exports, cancellation), rows);
    }

    if (exports.Series.Count > 0)
    {
        report.Add(exports.Series);
    }
}
