using System.Net;
using System.Net.Sockets;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>
/// Listens where a database is expected and is none: hangs, closes, sends what is no greeting, answers as a web server, or greets as a MySQL without TLS whose
/// account needs caching_sha2_password's full exchange.
/// </summary>
internal static class FalseServer
{
    // Protocol 10, version, thread 1, salt, capabilities without TLS but with PROTOCOL_41, SECURE_CONNECTION and
    // PLUGIN_AUTH, utf8mb4, autocommit, 21 bytes of salt data, the plugin's name.
    private static readonly byte[] Greeting =
    [
        10, .. "8.0.36\0"u8, 1, 0, 0, 0, .. "12345678"u8, 0, 0x09, 0x82, 45, 2, 0, 0x08, 0, 21, .. new byte[10],
        .. "123456789012\0"u8, .. "caching_sha2_password\0"u8,
    ];

    /// <summary>What an adapter says of such a server.</summary>
    /// <param name="adapter">Of the kind.</param>
    /// <param name="at">A source at the place where it listens.</param>
    /// <param name="behaviour">hang, close, http, other or sha2.</param>
    /// <param name="address">Where it listens; this machine's loopback by default.</param>
    public static async Task<HubError> RefusalAsync(ISourceAdapter adapter, Func<IPEndPoint, SourceSettings> at, string behaviour, IPAddress? address = null)
    {
        using var listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, behaviour);
        var error = await SourceKit.Refusal(() => adapter.TestAsync(at((IPEndPoint)listener.LocalEndpoint), default));
        listener.Stop();
        await serving;
        return error;
    }

    /// <summary>A place on this machine's loopback at which nobody listens.</summary>
    public static IPEndPoint Nobody()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }

    public static async Task ServeAsync(TcpListener listener, string behaviour)
    {
        var kept = new List<TcpClient>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                kept.Add(client);
                switch (behaviour)
                {
                    case "other":
                        await client.GetStream().WriteAsync("\x03\0\0\0SSH"u8.ToArray());
                        break;
                    case "close":
                        client.Close();
                        break;
                    case "http":
                        await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"u8.ToArray());
                        client.Close();
                        break;
                    case "sha2":
                        await GreetAsync(client.GetStream());
                        break;
                }
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or IOException)
        {
            kept.ForEach(c => c.Dispose());
        }
    }

    private static async Task GreetAsync(NetworkStream stream)
    {
        await stream.WriteAsync((byte[])[(byte)Greeting.Length, 0, 0, 0, .. Greeting]);
        var header = new byte[4];
        await stream.ReadExactlyAsync(header);
        await stream.ReadExactlyAsync(new byte[header[0] | (header[1] << 8)]);
        // "Perform full authentication".
        await stream.WriteAsync((byte[])[2, 0, 0, 2, 1, 4]);
    }
}
