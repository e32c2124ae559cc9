using System.Buffers;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// All records of a resource, one by one over all its pages. A page that fails for a passing reason is asked for again, alone: what it
/// delivered already must come again as it was, and is passed over.
/// </summary>
internal sealed class RestPull(RestSession session, RestPager pager, string resource) : IAsyncDisposable
{
    private const int PatienceOfOpening = 30;

    private readonly RestLimits limits = session.Options.Limits;
    private Uri? address = pager.First();
    private Page? page;
    private byte[] room = [];
    private long delivered;
    private byte[] deliveredDigest = [];
    private int attempts;

    /// <summary>While true, pauses are left to the pipeline that opens sources, but for short ones that the server asks for.</summary>
    public bool IsOpening { get; set; } = true;

    /// <summary>Time of the first answer by the server's clock, or null where it says none.</summary>
    public DateTimeOffset? Clock { get; private set; }

    /// <summary>True once the first page was read to its end.</summary>
    public bool IsBehindFirst { get; private set; }

    /// <summary>Number of all records as far as the first page has told it, or null.</summary>
    public long? Total => pager.Total ?? (page is null ? null : Count(page));

    /// <summary>The record; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Record { get; private set; }

    /// <summary>Moves to the next record; false at the end of the last page.</summary>
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        while (address is not null)
        {
            try
            {
                page ??= await OpenAsync(address, cancellation);
                if (!page.IsEmpty && await page.Reader.NextAsync(cancellation))
                {
                    if (Take(page))
                    {
                        return true;
                    }

                    continue;
                }

                await EndPageAsync(page);
            }
            catch (Exception e)
            {
                cancellation.ThrowIfCancellationRequested();
                if (session.Errors.WhileReading(e) is not HubErrorException failure)
                {
                    throw;
                }

                await RecoverAsync(failure, cancellation);
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        session.Dispose();
    }

    private sealed record Page(HttpResponseMessage Answer, RestPageReader Reader, Uri Address) : IDisposable
    {
        public IncrementalHash Digest { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Met { get; set; }

        /// <summary>204: no records, and no body that says so.</summary>
        public bool IsEmpty => Answer.StatusCode == HttpStatusCode.NoContent;

        public void Dispose()
        {
            Digest.Dispose();
            Answer.Dispose();
        }
    }

    private async Task<Page> OpenAsync(Uri from, CancellationToken cancellation)
    {
        var answer = await session.GetAsync(from, cancellation);
        try
        {
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.NonAuthoritativeInformation or HttpStatusCode.NoContent))
            {
                var wait = session.Pacing.RetryAfter(answer);
                throw session.Errors.Of(answer.StatusCode, resource, pager.Page == 1, wait).ToException();
            }

            if (answer.Content.Headers.ContentType?.CharSet?.Trim('"') is { } set
                && !set.Equals("utf-8", StringComparison.OrdinalIgnoreCase) && !set.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
            {
                throw Invalid("charset", (1, 1)).ToException();
            }

            Clock ??= answer.Headers.Date;
            var body = await RestBody.OpenAsync(answer, limits, TooLarge, cancellation)
                ?? throw HubErrors.SourceProtocolUnexpected(session.Source, "HTTP (Content-Encoding)").ToException();
            return new Page(answer, new RestPageReader(body, session.Options, Invalid, RecordTooLarge), from);
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    /// <summary>True when the record is new, false when an earlier attempt delivered it.</summary>
    private bool Take(Page from)
    {
        var record = from.Reader.Record;
        if (record.IsSingleSegment)
        {
            Record = record.First;
        }
        else
        {
            room = room.Length < record.Length ? new byte[Math.Max(record.Length, room.Length * 2L)] : room;
            record.CopyTo(room);
            Record = room.AsMemory(0, (int)record.Length);
        }

        from.Digest.AppendData(Record.Span);
        if (++from.Met > delivered)
        {
            delivered = from.Met;
            attempts = 0;
            return true;
        }

        if (from.Met == delivered && !from.Digest.GetCurrentHash().AsSpan().SequenceEqual(deliveredDigest))
        {
            throw HubErrors.SourcePageChanged(session.Source, resource, pager.Page).ToException();
        }

        return false;
    }

    private async Task EndPageAsync(Page ended)
    {
        if (ended.Met < delivered)
        {
            throw HubErrors.SourcePageChanged(session.Source, resource, pager.Page).ToException();
        }

        if (!ended.Reader.HasFound && !ended.IsEmpty)
        {
            throw HubErrors.SourceRecordsMissing(session.Source, resource, session.Options.RecordsText).ToException();
        }

        address = pager.Next(new RestPageEnd(ended.Address, ended.Met, ended.Digest.GetCurrentHash())
        {
            Next = ended.Reader.Next,
            Links = ended.Answer.Headers.TryGetValues("Link", out var links) ? [.. links] : [],
            Total = Count(ended),
        });
        (delivered, attempts, IsBehindFirst) = (0, 0, true);
        await DropAsync();
    }

    private long? Count(Page ended)
    {
        var text = ended.Reader.Total;
        if (session.Options.Paging.TotalHeader is { } name && ended.Answer.Headers.TryGetValues(name, out var values))
        {
            text ??= values.First();
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var total) ? total : null;
    }

    /// <summary>Pauses and leaves the page to another attempt, or throws for good.</summary>
    private async Task RecoverAsync(HubErrorException failure, CancellationToken cancellation)
    {
        if (page is not null && page.Met >= delivered)
        {
            deliveredDigest = page.Digest.GetCurrentHash();
        }

        await DropAsync();
        var isForOthers = IsOpening && !(failure.Error.RetryAfterSeconds <= PatienceOfOpening);
        var isLasting = failure.Error.Code is "source_page_changed" or "source_pages_moved";
        if (!failure.Error.IsTransient || isForOthers || isLasting || attempts >= limits.Retries)
        {
            throw failure;
        }

        await session.Pacing.PauseAsync(failure.Error, ++attempts, cancellation);
    }

    private async Task DropAsync()
    {
        if (page is { } dropped)
        {
            page = null;
            await dropped.Reader.DisposeAsync();
            dropped.Dispose();
        }
    }

    private HubError Invalid(string reason, (long Line, long Byte) at) =>
        HubErrors.SourceResponseInvalid(session.Source, resource, pager.Page, reason, at);

    private HubError TooLarge() => HubErrors.SourceResponseTooLarge(session.Source, resource, pager.Page, limits.PageBytes >> 20);

    private HubError RecordTooLarge() =>
        HubErrors.SourceValueTooLarge(session.Source, resource, page?.Met ?? 0, limits.RecordBytes >> 20);
}
