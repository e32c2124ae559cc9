using System.Globalization;
using System.IO.Compression;
using System.Text;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Rest;
using Microsoft.AspNetCore.Http;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.Rest.RestServer;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources.Rest;

/// <summary>Servers that break off, limit, hang, lie and blow up: every record once, or an error that says why.</summary>
public sealed class RestFailureTests : IAsyncLifetime
{
    private static readonly string[] Offsets = ["paging=offset", "pageSize=3000"];
    private RestServer server = null!;

    public async ValueTask InitializeAsync() => server = await StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<List<string[]>> ReadAsync(params string[] settings) =>
        (await ReadAll(server.Adapter, server.With(settings), Contract(Table("xa"), "t"))).Rows;

    private Task<HubError> ErrorAsync(params string[] settings) => Refusal(() => ReadAsync(settings));

    /// <summary>Reads while the second page breaks off at three quarters, once the half of it was delivered.</summary>
    private async Task<List<string>> ReadBrokenAsync(Func<int, HttpContext, string> secondPage)
    {
        var (attempt, release) = (0, new TaskCompletionSource());
        server.Answer = async c =>
        {
            switch (Parameter(c, "offset", 0))
            {
                case 3000 when attempt++ == 0:
                    var bytes = Encoding.UTF8.GetBytes(secondPage(0, c));
                    c.Response.ContentLength = bytes.Length;
                    await c.Response.Body.WriteAsync(bytes.AsMemory(0, bytes.Length * 3 / 4));
                    await c.Response.Body.FlushAsync();
                    await release.Task;
                    c.Abort();
                    break;
                case 3000:
                    await Json(c, secondPage(1, c));
                    break;
                case 6000 when attempt++ < 4:
                    c.Response.StatusCode = 502;
                    break;
                default:
                    await Json(c, Page(c, 7000));
                    break;
            }
        };
        await using var reader = await server.Adapter.OpenAsync(server.With(Offsets), Contract(Table("xa"), "t"), default);
        var (batch, read) = (new RecordBatch(reader.Fields, 100), new List<string>());
        while (await reader.ReadAsync(batch, default))
        {
            read.AddRange(Enumerable.Range(0, batch.Count).Select(r => Show(batch.Columns[0], r)));
            if (read.Count >= 4500)
            {
                release.TrySetResult();
            }
        }

        return read;
    }

    [Fact]
    public async Task Asks_for_the_page_that_broke_again_and_delivers_every_record_once()
    {
        Assert.Equal(Enumerable.Range(1, 7000).Select(n => "t" + n), await ReadBrokenAsync((_, c) => Page(c, 7000)));
        Assert.Equal(["0", "3000", "3000", "6000", "6000", "6000", "7000"], server.Seen.Select(s => s["offset"]));
    }

    [Fact]
    public async Task Gives_up_where_the_page_is_another_when_it_comes_again()
    {
        Assert.Equal("source_page_changed",
            (await Refusal(() => ReadBrokenAsync((attempt, _) => Rows(3001 + attempt, 6000 + attempt)))).Code);
    }

    [Theory]
    [InlineData(401, "source_credentials_rejected", 1)]
    [InlineData(403, "source_permission_denied", 1)]
    [InlineData(404, "source_failed", 1)]
    [InlineData(422, "source_failed", 1)]
    [InlineData(500, "source_busy", 2)]
    [InlineData(429, "source_busy", 2)]
    public async Task A_later_page_that_is_refused_for_good_ends_the_pull(int status, string code, int attempts)
    {
        server.Answer = c => Parameter(c, "offset", 0) == 0 ? Json(c, Rows(1, 10)) : Task.FromResult(c.Response.StatusCode = status);

        Assert.Equal(code, (await ErrorAsync("paging=offset", "retries=1")).Code);
        Assert.Equal(attempts, server.Seen.Count(s => s["offset"] == "10"));
    }

    [Fact]
    public async Task Waits_as_long_as_the_server_asks_and_no_longer_than_allowed()
    {
        var refused = 0;
        server.Answer = c =>
        {
            if (refused++ < 2)
            {
                c.Response.StatusCode = refused == 1 ? 429 : 503;
                c.Response.Headers.RetryAfter = refused == 1 ? "1" : DateTimeOffset.UtcNow.AddSeconds(-5).ToString("R", CultureInfo.InvariantCulture);
                return Task.CompletedTask;
            }

            return Json(c, Rows(1, 2));
        };
        var started = TimeProvider.System.GetTimestamp();
        Assert.Equal(2, (await ReadAsync()).Count);
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= TimeSpan.FromSeconds(0.9));

        server.Answer = c =>
        {
            (c.Response.StatusCode, c.Response.Headers.RetryAfter) = (429, "4000");
            return Task.CompletedTask;
        };
        var limited = await ErrorAsync();
        Assert.Equal(("source_rate_limited", 4000), (limited.Code, limited.RetryAfterSeconds!.Value));
    }

    [Theory]
    [InlineData("RateLimit-Remaining: 0|RateLimit-Reset: 3000")]
    [InlineData("X-RateLimit-Remaining: 0|X-RateLimit-Reset: epoch")]
    [InlineData("RateLimit: \"default\";r=0;t=3000|RateLimit-Policy: \"default\";q=100;w=60")]
    public async Task Heeds_an_allowance_that_is_used_up(string headers)
    {
        server.Answer = c =>
        {
            foreach (var header in headers.Split('|').Select(h => h.Split(": ")))
            {
                c.Response.Headers[header[0]] = header[1] == "epoch"
                    ? DateTimeOffset.UtcNow.AddSeconds(3000).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture) : header[1];
            }

            return Json(c, Rows(1, 2));
        };

        var limited = await ErrorAsync("paging=page", "maxWait=10");
        Assert.Equal("source_rate_limited", limited.Code);
        Assert.InRange(limited.RetryAfterSeconds!.Value, 2900, 3001);
        Assert.Single(server.Seen);
    }

    [Fact]
    public async Task Notices_a_server_that_falls_silent_before_or_in_its_answer()
    {
        var release = new TaskCompletionSource();
        server.Answer = _ => release.Task;
        Assert.Equal("source_timeout", (await ErrorAsync("responseTimeout=1")).Code);

        server.Answer = async c =>
        {
            await c.Response.Body.WriteAsync("[{\"t\":"u8.ToArray());
            await c.Response.Body.FlushAsync();
            await release.Task;
        };
        Assert.Equal("source_timeout", (await ErrorAsync("silenceTimeout=1")).Code);
        release.SetResult();
    }

    [Fact]
    public async Task Stops_in_the_middle_when_it_is_cancelled()
    {
        var release = new TaskCompletionSource();
        server.Answer = async c =>
        {
            await c.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(Rows(1, 1500)[..^1]));
            await c.Response.Body.FlushAsync();
            await release.Task;
        };
        await using var reader = await server.Adapter.OpenAsync(server.With(), Contract(Table("xa"), "t"), default);
        using var stop = new CancellationTokenSource();
        var batch = new RecordBatch(reader.Fields, 1000);
        Assert.True(await reader.ReadAsync(batch, stop.Token));
        var reading = Task.Run(async () =>
        {
            while (await reader.ReadAsync(batch, stop.Token))
            {
            }
        });
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30)));
        release.SetResult();
    }

    [Theory]
    [InlineData("[{\"t\":\"a\"},{\"t\":}]", 1, 17)]
    [InlineData("[{\"t\":\"a\"},\n{\"t\":\"b\"", 2, 9)]
    [InlineData("<html>đăng nhập</html>", 1, 1)]
    [InlineData("", 1, 1)]
    [InlineData("[{\"t\":[[[[[1]]]]]}]", 1, 10)]
    [InlineData("[] []", 1, 4)]
    public async Task Names_the_place_of_what_is_no_json(string body, int line, int at)
    {
        server.Answer = c => Json(c, body);

        var error = await ErrorAsync("maxDepth=4");
        Assert.Equal("source_response_invalid", error.Code);
        Assert.Contains($"(line {line}, byte {at})", error.Detail("en"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reads_gzip_and_brotli_and_stops_a_bomb()
    {
        var packed = new Func<Stream, Stream>[]
        {
            s => new GZipStream(s, CompressionLevel.Fastest), s => new BrotliStream(s, CompressionLevel.Fastest),
        };
        foreach (var (coding, pack) in new[] { "gzip", "br" }.Zip(packed))
        {
            server.Answer = c =>
            {
                c.Response.Headers.ContentEncoding = coding;
                return Bytes(c, Pack(pack, s => s.Write(Encoding.UTF8.GetBytes(Rows(1, 2000)))));
            };
            Assert.Equal(2000, (await ReadAsync()).Count);
            server.Answer = c =>
            {
                c.Response.Headers.ContentEncoding = coding;
                return Bytes(c, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
            };
            Assert.Contains((await ErrorAsync()).Code, (string[])["source_protocol_unexpected", "source_response_invalid"]);
        }

        server.Answer = c =>
        {
            c.Response.Headers.ContentEncoding = "gzip";
            return Bytes(c, Pack(s => new GZipStream(s, CompressionLevel.SmallestSize), s =>
            {
                s.Write("[{\"t\":\"x\"}"u8);
                for (var i = 0; i < 64; i++)
                {
                    s.Write(Enumerable.Repeat((byte)' ', 1 << 20).ToArray());
                }
            }));
        };
        Assert.Equal("source_response_too_large", (await ErrorAsync("maxRecordMegabytes=256")).Code);

        server.Answer = c => Json(c, Rows(1, 60_000));
        Assert.Equal("source_response_too_large", (await ErrorAsync("maxPageMegabytes=1")).Code);
        server.Answer = c =>
        {
            c.Response.Headers.ContentEncoding = "zstd";
            return Json(c, "[]");
        };
        Assert.Equal("source_protocol_unexpected", (await ErrorAsync()).Code);
    }

    [Fact]
    public async Task Reaches_nothing_that_the_hub_does_not_allow()
    {
        var closed = new RestSourceAdapter(new SourceNetworkPolicy { AllowLocal = false }, TimeProvider.System);
        Assert.Equal("source_address_denied", (await Refusal(() => closed.TestAsync(server.With(), default))).Code);
        Assert.Equal("source_address_denied",
            (await Refusal(() => server.Adapter.TestAsync(server.With("baseUrl=https://169.254.169.254/latest"), default))).Code);
        Assert.Equal("source_host_unknown",
            (await Refusal(() => server.Adapter.TestAsync(server.With("baseUrl=https://khong-co.invalid/"), default))).Code);
        Assert.Equal("source_unreachable",
            (await Refusal(() => server.Adapter.TestAsync(server.With("baseUrl=http://127.0.0.1:1/"), default))).Code);
        Assert.Empty(server.Seen);

        var policy = RestNetwork.Policy(new SourceNetworkPolicy { AllowedNetworks = [System.Net.IPNetwork.Parse("0.0.0.0/0")] });
        var allowed = policy.AllowedAddresses.Select(System.Net.IPNetwork.Parse).ToList();
        Assert.Equal([true, true, false, false, false, false], new[] { "10.1.2.3", "127.0.0.1", "169.254.169.254", "0.0.0.1", "239.1.1.1", "100.100.100.200" }
            .Select(a => allowed.Any(n => n.Contains(System.Net.IPAddress.Parse(a)))));
    }

    private static byte[] Pack(Func<Stream, Stream> pack, Action<Stream> write)
    {
        using var made = new MemoryStream();
        using (var packing = pack(made))
        {
            write(packing);
        }

        return made.ToArray();
    }
}
