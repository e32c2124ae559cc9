using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>
/// Speaks as much of TDS 7.4 as a reader meets (prelogin, TLS inside it, login, batches, attentions), so that the real driver and the real adapter
/// are tested where no SQL Server is at hand. It knows no SQL: what it answers is the test's. What it cannot show is what a server would make of
/// the statements.
/// </summary>
internal sealed class FalseSqlServer : IAsyncDisposable
{
    private static readonly X509Certificate2 Certificate = SelfSigned();

    private const byte Batch = 1, Call = 3, Attention = 6, Prelogin = 0x12;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly List<Task> serving = [];
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;

    public FalseSqlServer(Func<string, TdsAnswer> answer)
    {
        Answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>From a statement, a call's parameters behind it, to what is sent.</summary>
    public Func<string, TdsAnswer> Answer { get; set; }

    /// <summary>In place of the acknowledgement of a login, where it is set.</summary>
    public TdsAnswer? Login { get; set; }

    /// <summary>All statements of all connections, in order.</summary>
    public List<string> Statements { get; } = [];

    /// <summary>The last login as the driver sent it.</summary>
    public byte[] LastLogin { get; private set; } = [];

    public int Attentions => attentions;

    /// <summary>Connections that are open at this moment.</summary>
    public int Open => open;

    private int attentions;
    private int open;

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await stop.CancelAsync();
        await accepting;
        await Task.WhenAll(serving);
        stop.Dispose();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        Interlocked.Increment(ref open);
        try
        {
            using (client)
            {
                await using var wrapped = new PreloginStream(client.GetStream());
                await ReceiveAsync(client.GetStream());
                await SendAsync(client.GetStream(), [0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xFF, 16, 0, 0x10, 0x27, 0, 0, 1]);
                await using var secure = new SslStream(wrapped);
                await secure.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions { ServerCertificate = Certificate, EnabledSslProtocols = SslProtocols.Tls12 }, stop.Token);
                wrapped.IsOver = true;
                LastLogin = (await ReceiveAsync(secure)).Body;
                await SendAsync(secure, (Login ?? TdsAnswer.LoginAccepted).Bytes);
                await ConverseAsync(secure);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task ConverseAsync(Stream stream)
    {
        var next = ReceiveAsync(stream);
        while (true)
        {
            var (type, body) = await next;
            next = ReceiveAsync(stream);
            if (type == Attention)
            {
                Interlocked.Increment(ref attentions);
                await SendAsync(stream, TdsAnswer.AttentionSeen.Bytes);
                continue;
            }

            var answer = Answer(Statement(type, body));
            await SendAsync(stream, answer.Bytes, isLast: answer.Then == TdsThen.End);
            while (answer.Then == TdsThen.Repeat && !next.IsCompleted)
            {
                await SendAsync(stream, answer.Repeated, isLast: false);
            }

            if (answer.Then == TdsThen.Close)
            {
                return;
            }
        }
    }

    private string Statement(byte type, byte[] body)
    {
        var start = type is Batch or Call ? (int)BinaryPrimitives.ReadUInt32LittleEndian(body) : 0;
        // In a call the text stands somewhere among bytes, at an even or an odd place.
        var text = Encoding.Unicode.GetString(body, start, body.Length - start);
        text += type == Call ? Encoding.Unicode.GetString(body, start + 1, body.Length - start - 1) : "";
        lock (Statements)
        {
            Statements.Add(text);
        }

        return text;
    }

    private async Task<(byte Type, byte[] Body)> ReceiveAsync(Stream stream)
    {
        using var body = new MemoryStream();
        var header = new byte[8];
        do
        {
            await stream.ReadExactlyAsync(header, stop.Token);
            var part = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - 8];
            await stream.ReadExactlyAsync(part, stop.Token);
            await body.WriteAsync(part, stop.Token);
        }
        while ((header[1] & 1) == 0);
        return (header[0], body.ToArray());
    }

    private async Task SendAsync(Stream stream, byte[] body, bool isLast = true)
    {
        const int most = 4096 - 8;
        for (var at = 0; at < body.Length || (at == 0 && isLast); at += most)
        {
            var length = Math.Min(most, body.Length - at);
            var packet = new byte[8 + length];
            (packet[0], packet[1], packet[6]) = (4, (byte)(isLast && at + length == body.Length ? 1 : 0), 1);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            body.AsSpan(at, length).CopyTo(packet.AsSpan(8));
            await stream.WriteAsync(packet, stop.Token);
        }
    }

    /// <summary>While TLS is agreed on, its bytes travel in packets of the prelogin's kind.</summary>
    private sealed class PreloginStream(NetworkStream inner) : Stream
    {
        private int left;

        public bool IsOver { get; set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (IsOver)
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }

            if (left == 0)
            {
                var header = new byte[8];
                await inner.ReadExactlyAsync(header, cancellationToken);
                left = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - 8;
            }

            var read = await inner.ReadAsync(buffer[..Math.Min(left, buffer.Length)], cancellationToken);
            left -= read;
            return read;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!IsOver)
            {
                var header = new byte[] { Prelogin, 1, 0, 0, 0, 0, 1, 0 };
                BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(buffer.Length + 8));
                await inner.WriteAsync(header, cancellationToken);
            }

            await inner.WriteAsync(buffer, cancellationToken);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
