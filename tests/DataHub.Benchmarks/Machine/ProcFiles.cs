using System.Globalization;

namespace DataHub.Benchmarks.Machine;

/// <summary>Processor time, memory and load as the kernel counts them.</summary>
internal static class ProcFiles
{
    // USER_HZ, which is 100 on every architecture .NET runs on.
    private const double TicksPerSecond = 100;

    public static double Load() => Number(File.ReadAllText("/proc/loadavg").Split(' ')[0]);

    public static int Parent(int process) => (int)Stat(process)[1];

    /// <summary>User and system seconds of the process itself.</summary>
    public static double CpuSeconds(int process)
    {
        var stat = Stat(process);
        return (stat[11] + stat[12]) / TicksPerSecond;
    }

    /// <summary>User and system seconds of the process and all its children, those that have ended included.</summary>
    public static double FamilyCpuSeconds(int process)
    {
        while (true)
        {
            var ended = Stat(process)[13];
            var seconds = Directory.EnumerateDirectories("/proc").Sum(folder => int.TryParse(
                Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                ? ChildSeconds(id, process)
                : 0);
            var own = Stat(process);
            // Else a child that ended meanwhile was missed or counted twice.
            if (own[13] == ended)
            {
                return seconds + ((own[11] + own[12] + own[13] + own[14]) / TicksPerSecond);
            }
        }
    }

    /// <summary>Megabytes of a line of <c>/proc/PID/status</c>: VmRSS now, VmHWM at most.</summary>
    public static double Megabytes(int process, string line)
    {
        var text = File.ReadLines($"/proc/{process}/status").First(l => l.StartsWith(line + ":", StringComparison.Ordinal));
        return Number(text.Split(' ', '\t').First(word => word.Length > 0 && char.IsDigit(word[0]))) / 1024;
    }

    /// <summary>Lets VmHWM begin anew at the present size.</summary>
    public static void ResetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    private static double ChildSeconds(int process, int parent)
    {
        try
        {
            var stat = Stat(process);
            return stat[1] == parent ? (stat[11] + stat[12]) / TicksPerSecond : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile: its parent counts it from now on.
            return 0;
        }
    }

    // Fields after the command name, which may hold blanks: [0] state, [1] parent, [11] utime, [12] stime, [13] cutime, [14] cstime.
    private static long[] Stat(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");
        return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ').Take(15)
            .Select(field => long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0)];
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
