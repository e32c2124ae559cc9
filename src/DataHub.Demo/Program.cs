using System.Globalization;
using System.Text;
using DataHub.Demo;
using Npgsql;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
Console.OutputEncoding = Encoding.UTF8;
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

try
{
    return await DemoCommands.RunAsync(new DemoArguments(args), stop.Token);
}
catch (DemoException refusal)
{
    Console.Error.WriteLine(refusal.Message);
    return 1;
}
catch (Exception outage) when (outage is HttpRequestException or NpgsqlException)
{
    Console.Error.WriteLine($"Không kết nối được hoặc bị ngắt.\n  Could not connect, or was cut off: {outage.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Đã dừng, hoặc quá thời gian chờ.\n  Stopped, or timed out.");
    return 1;
}
