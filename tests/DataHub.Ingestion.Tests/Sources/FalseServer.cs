using System.Net.Sockets;

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
