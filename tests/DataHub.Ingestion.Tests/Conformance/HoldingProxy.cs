using System.Net;
using System.Net.Sockets;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>Stands before a server, counts what it sends, and can hold or cut its connections after so many bytes: a network that a test governs.</summary>
internal sealed class HoldingProxy : IAsyncDisposable
{
    private readonly EndPoint server;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource end = new();
    private readonly Lock gate = new();
    private readonly List<Socket> open = [];
    private readonly Task accepting;
    private TaskCompletionSource held = new();
    private long passed;
    private long limit = long.MaxValue;
    private bool refuses;

    public HoldingProxy(EndPoint server)
    {
        this.server = server;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Bytes of answers that went on to the hub.</summary>
    public long Passed => Interlocked.Read(ref passed);

    /// <summary>From now on every connection stops after so many bytes of answers and stays open. Completes when one has.</summary>
    public Task HoldAfter(long bytes)
    {
        held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref limit, bytes);
        return held.Task;
    }

    /// <summary>Ends all connections and every new one at once, until <see cref="Open"/>.</summary>
    public void Cut()
    {
        lock (gate)
        {
            refuses = true;
            open.ForEach(s => s.Dispose());
            open.Clear();
        }
    }

    public void Open()
    {
        lock (gate)
        {
            refuses = false;
        }

        Interlocked.Exchange(ref limit, long.MaxValue);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        Cut();
        listener.Stop();
        await accepting;
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptSocketAsync(end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        var protocol = server is UnixDomainSocketEndPoint ? ProtocolType.Unspecified : ProtocolType.Tcp;
        using (client)
        using (var upstream = new Socket(server.AddressFamily, SocketType.Stream, protocol))
        {
            if (!Keep(client, upstream))
            {
                return;
            }

            try
            {
                await upstream.ConnectAsync(server, end.Token);
                await Task.WhenAny(PumpAsync(client, upstream, isAnswer: false), PumpAsync(upstream, client, isAnswer: true));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One side is gone, or the test is at its end.
            }
        }
    }

    private bool Keep(params Socket[] sockets)
    {
        lock (gate)
        {
            open.AddRange(refuses ? [] : sockets);
            return !refuses;
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isAnswer)
    {
        var (buffer, sent) = (new byte[16 << 10], 0L);
        try
        {
            while (true)
            {
                var most = isAnswer ? Math.Min(buffer.Length, Interlocked.Read(ref limit) - sent) : buffer.Length;
                if (most <= 0)
                {
                    held.TrySetResult();
                    await Task.Delay(Timeout.Infinite, end.Token);
                }

                var read = await from.ReceiveAsync(buffer.AsMemory(0, (int)most), end.Token);
                if (read == 0)
                {
                    return;
                }

                await to.SendAsync(buffer.AsMemory(0, read), end.Token);
                sent += read;
                Interlocked.Add(ref passed, isAnswer ? read : 0);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone: so is the connection.
        }
    }
}
