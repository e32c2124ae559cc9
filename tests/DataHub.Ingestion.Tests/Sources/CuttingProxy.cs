using System.Net;
using System.Net.Sockets;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Stands before a server and cuts its first connections after so many bytes of its answers.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Task accepting;

    /// <param name="cuts">How many connections are cut.</param>
    /// <param name="bytes">After how much.</param>
    public CuttingProxy(int port, int cuts, long bytes)
    {
        listener.Start();
        accepting = AcceptAsync(port, cuts, bytes);
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        await accepting;
        end.Dispose();
    }

    private async Task AcceptAsync(int port, int cuts, long bytes)
    {
        var pumps = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(end.Token);
                pumps.Add(ServeAsync(client, port, ++Connections <= cuts ? bytes : long.MaxValue));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(pumps);
        }
    }

    private async Task ServeAsync(TcpClient client, int port, long bytes)
    {
        using (client)
        using (var server = new TcpClient())
        {
            await server.ConnectAsync(IPAddress.Loopback, port, end.Token);
            await Task.WhenAny(
                PumpAsync(client.GetStream(), server.GetStream(), long.MaxValue), PumpAsync(server.GetStream(), client.GetStream(), bytes));
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, long bytes)
    {
        var buffer = new byte[16 << 10];
        try
        {
            for (int read; bytes > 0 && (read = await from.ReadAsync(buffer, end.Token)) > 0; bytes -= read)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), end.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: so is the connection.
        }
    }
}
