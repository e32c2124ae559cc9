using System.Diagnostics;
using DataHub.Benchmarks.Hub;
using DataHub.Benchmarks.Machine;
using DataHub.Benchmarks.Reads;

namespace DataHub.Benchmarks.Exports;

/// <summary>One whole version read by one client.</summary>
internal sealed record ExportFigures(double Seconds, double StoreCpu, double Load)
{
    /// <summary>Nothing of the following for a limit.</summary>
    public double HubCpu { get; init; }

    /// <summary>Memory of the hub before, MB.</summary>
    public double Idle { get; init; }

    /// <summary>Most memory of the hub meanwhile, MB.</summary>
    public double Peak { get; init; }

    /// <summary>Size of the answer.</summary>
    public double Megabytes { get; init; }
}

/// <summary>What is read whole.</summary>
internal sealed record ExportTask(string Name, Recipient Reader, string Dataset, string Format, long Rows);

/// <summary>Repetitions of one format.</summary>
internal sealed record ExportSeries(string Name, long Rows, List<ExportFigures> Hub, List<ExportFigures> Limits);

/// <summary>
/// Whole versions as files, each beside psql's <c>COPY … TO STDOUT</c> of the same columns in the same order as CSV, thrown away.
/// </summary>
internal sealed class ExportBench(Bench bench, ReadStage stage)
{
    public static readonly string[] Formats = ["ndjson", "csv"];

    private readonly List<ExportSeries> series = [];

    public IReadOnlyList<ExportSeries> Series => series;

    public async Task RunAsync(long rows, CancellationToken cancellation)
    {
        for (var i = 0; i < bench.Options.Repeat; i++)
        {
            await stage.SignInAsync(cancellation);
            foreach (var format in Formats)
            {
                var task = new ExportTask($"whole version as {format}", stage.WithToken, ReadStage.Shared, format, rows);
                await PairAsync(task, cancellation);
            }
        }
    }

    public async Task PairAsync(ExportTask task, CancellationToken cancellation)
    {
        var found = series.Find(s => s.Name == task.Name);
        if (found is null)
        {
            series.Add(found = new ExportSeries(task.Name, task.Rows, [], []));
        }

        found.Limits.Add(await LimitAsync(task.Dataset, cancellation));
        found.Hub.Add(await MeasureAsync(task, cancellation));
        var (hub, limit) = (found.Hub[^1], found.Limits[^1]);
        await Bench.SayAsync($"  {task.Name}: {hub.Seconds:F2} s, COPY {limit.Seconds:F2} s, load {hub.Load:F1}");
    }

    private async Task<ExportFigures> MeasureAsync(ExportTask task, CancellationToken cancellation)
    {
        var (hub, cluster) = (bench.Hub, bench.Cluster);
        var idle = ProcFiles.Megabytes(hub.Id, "VmRSS");
        ProcFiles.ResetPeak(hub.Id);
        var (hubCpu, storeCpu) = (hub.CpuSeconds, cluster.CpuSeconds);
        var clock = Stopwatch.StartNew();
        var (bytes, lines) = await CountAsync(task, cancellation);
        var seconds = clock.Elapsed.TotalSeconds;
        // A header stands above CSV's records; no value of the dossiers holds a new line.
        _ = lines == task.Rows + (task.Format == "csv" ? 1 : 0)
            ? lines
            : throw new BenchException($"{task.Name} had {lines} lines for {task.Rows} records");
        return new ExportFigures(seconds, cluster.CpuSeconds - storeCpu, ProcFiles.Load())
        {
            HubCpu = hub.CpuSeconds - hubCpu, Idle = idle, Peak = ProcFiles.Megabytes(hub.Id, "VmHWM"), Megabytes = bytes / 1e6,
        };
    }

    private static async Task<(long Bytes, long Lines)> CountAsync(ExportTask task, CancellationToken cancellation)
    {
        using var answer = await task.Reader.FileAsync(task.Format, cancellation);
        answer.EnsureSuccessStatusCode();
        await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[1 << 18];
        var (bytes, lines) = (0L, 0L);
        while (await body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            bytes += read;
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return (bytes, lines);
    }

    private async Task<ExportFigures> LimitAsync(string dataset, CancellationToken cancellation)
    {
        var cluster = bench.Cluster;
        var environment = cluster.ToolEnvironment(HubProcess.Database);
        environment["BENCH_PSQL"] = cluster.Program("psql");
        var columns = await cluster.ScalarAsync<string>(HubProcess.Database, $"""
            SELECT string_agg('c' || c.column_id, ', ' ORDER BY c.column_id)
            FROM hub.stored_columns c JOIN hub.datasets d ON d.id = c.dataset_id 
            WHERE d.name = '{dataset}' AND c.name IN ('{string.Join("','", BenchContracts.PlainColumns)}')
            """, cancellation);
        var table = await stage.TableAsync(dataset, cancellation);
        environment["BENCH_OUT"] = $"COPY (SELECT {columns} FROM {table} ORDER BY c1) TO STDOUT (FORMAT csv, HEADER)";
        var cpu = cluster.CpuSeconds;
        var clock = Stopwatch.StartNew();
        await Tool.RunAsync("bash", ["-c", "\"$BENCH_PSQL\" -Xq -c \"$BENCH_OUT\" >/dev/null"], environment, cancellation);
        return new ExportFigures(clock.Elapsed.TotalSeconds, cluster.CpuSeconds - cpu, ProcFiles.Load());
    }
}
