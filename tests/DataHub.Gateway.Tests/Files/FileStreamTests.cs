using System.Net;
using System.Text;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Files;

/// <summary>Long answers over a real port: flat memory, a broken connection where they fail, a bound on how many there are.</summary>
[Collection(MeasuresMemory.Name)]
public sealed class FileStreamTests(FileHub hub) : IClassFixture<FileHub>
{
    private const string Files = "/api/v1/datasets/wide/versions/1/files/";

    [Theory]
    [InlineData("csv")]
    [InlineData("ndjson")]
    public async Task Memory_stays_flat_however_long_the_file_is(string format)
    {
        using var caller = hub.Caller();
        await ReadAsync(caller, format);
        GC.Collect();
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var (allocated, kept, set) = (GC.GetTotalAllocatedBytes(true), GC.GetTotalMemory(true), process.WorkingSet64);
        var (bytes, lines) = await ReadAsync(caller, format);
        var perRecord = (GC.GetTotalAllocatedBytes(true) - allocated) / FileHub.Records;
        process.Refresh();

        Assert.Equal(FileHub.Records + (format == "csv" ? 1 : 0), lines);
        Assert.True(bytes > 90_000_000, $"{bytes} bytes");
        Assert.True(perRecord < 100, $"{perRecord} bytes allocated a record of {bytes / FileHub.Records}");
        Assert.True(GC.GetTotalMemory(true) - kept < 16 << 20, "the file stayed in memory");
        Assert.True(process.WorkingSet64 - set < 64 << 20, $"{(process.WorkingSet64 - set) >> 20} MB more in the working set");
    }

    [Theory]
    [InlineData("versions/1/files/csv", "datahub-export")]
    [InlineData("versions/1/files/ndjson", "datahub-export")]
    [InlineData("versions/1/records?limit=50000&format=csv", "datahub-read")]
    [InlineData("versions/1/records?limit=50000&format=ndjson", "datahub-read")]
    [InlineData("versions/1/records?limit=50000", "datahub-read")]
    public async Task A_failure_in_the_middle_breaks_the_connection(string path, string pool)
    {
        using var caller = hub.Caller();
        using var answer = await OpenAsync(caller, "/api/v1/datasets/wide/" + path);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var room = new byte[64 * 1024];
        await body.ReadExactlyAsync(room.AsMemory(0, 1_000));
        // Ended again and again until it shows: the first to be ended may have sent its last byte already.
        var killed = false;
        var read = new MemoryStream();
        var failure = await Record.ExceptionAsync(async () =>
        {
            for (var got = 1; got > 0;)
            {
                killed |= await hub.KillAsync(pool);
                got = await body.ReadAsync(room);
                read.Write(room, 0, got);
            }
        });

        Assert.True(killed, "the answer was over before its session could be ended");
        Assert.True(failure is HttpIOException or HttpRequestException or IOException, $"a clean end: {failure}");
        Assert.DoesNotContain("\"code\"", Encoding.UTF8.GetString(read.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_reader_holds_no_transaction_and_one_too_many_is_told_to_wait()
    {
        using var caller = hub.Caller();
        var slow = await OpenAsync(caller, Files + "ndjson");
        await Eventually.TrueAsync("the range ends though nobody reads", async () => await hub.SessionsAsync("datahub-export") == 0);
        using (var refused = await caller.GetAsync(Files + "csv"))
        {
            await refused.ProblemAsync(503, "exports_busy");
            Assert.Equal(10, refused.Headers.RetryAfter?.Delta?.TotalSeconds);
            Assert.Null(refused.Content.Headers.ContentDisposition);
        }

        using (var head = await caller.SendAsync(new HttpRequestMessage(HttpMethod.Head, Files + "csv")))
        {
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        }

        slow.Dispose();
        await Eventually.TrueAsync("the place is free again", async () =>
        {
            using var next = await caller.GetAsync(Files + "csv", HttpCompletionOption.ResponseHeadersRead);
            return next.StatusCode == HttpStatusCode.OK;
        });
    }

    private static async Task<(long Bytes, long Lines)> ReadAsync(HttpClient caller, string format)
    {
        using var answer = await OpenAsync(caller, Files + format);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var (room, bytes, lines) = (new byte[64 * 1024], 0L, 0L);
        for (int got; (got = await body.ReadAsync(room)) > 0;)
        {
            bytes += got;
            lines += room.AsSpan(0, got).Count((byte)'\n');
        }

        return (bytes, lines);
    }

    /// <summary>An answer that has begun; the hub of these tests has one place for files, and that of the test before may not be free yet.</summary>
    private static async Task<HttpResponseMessage> OpenAsync(HttpClient caller, string path)
    {
        HttpResponseMessage? answer = null;
        await Eventually.TrueAsync("a place is free", async () =>
        {
            answer?.Dispose();
            answer = await caller.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            return answer.StatusCode == HttpStatusCode.OK;
        });
        return answer!;
    }
}

/// <summary>Tests that count the allocations of the whole process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuresMemory
{
    public const string Name = "measures memory";
}
