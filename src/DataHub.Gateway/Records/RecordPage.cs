using System.Security.Cryptography;
using DataHub.Core.Errors;
using DataHub.Gateway.Formats;
using DataHub.Gateway.Problems;
using DataHub.Storage.Queries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;

namespace DataHub.Gateway.Records;

/// <summary>
/// Writes a page straight from the database reader, in any format; a failure in the middle aborts the connection. Its Link header
/// always names the next page: a page
/// waits until it is whole, and one that is too large to wait asks for its last key before it flows.
/// </summary>
internal sealed class RecordPage(PageFrame frame, FormatChoice choice, HttpContext context)
{
    /// <summary>A page up to this size waits until it is whole.</summary>
    private const int Patience = 4 << 20;

    /// <summary>Header of a CSV page whose question stood in a body: its <c>cursor</c>, absent behind the last page.</summary>
    private const string NextCursor = "Next-Cursor";

    private readonly PageEnvelope envelope = new(choice.Format, frame);
    private readonly CancellationToken cancellation = context.RequestAborted;
    private string? next;
    private bool flows;

    public async Task WriteAsync(RecordRows rows)
    {
        context.Response.ContentType = choice.Format.ContentType();
        var reader = rows.Reader;
        var row = new ReaderRow(reader);
        var writer = choice.Writer(frame.Columns);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var buffer = new AnswerBuffer();
        var count = 0;
        writer.Begin(buffer);
        envelope.Open(buffer);
        while (await reader.ReadAsync(cancellation))
        {
            envelope.Separate(count, buffer);
            writer.Write(row, buffer);
            envelope.EndRecord(buffer);
            if (++count == frame.Take && !flows && frame.HasNext(count))
            {
                Announce(frame.Cursor(reader, frame.Columns.Count));
            }

            if (buffer.Length > (flows ? AnswerBuffer.Chunk : Patience))
            {
                await FlowAsync(buffer, digest);
            }
        }

        RequireAll(count);
        digest.AppendData(buffer.Written.Span);
        envelope.Close(buffer, count, next, Convert.ToHexStringLower(digest.GetHashAndReset()));
        await context.Response.BodyWriter.WriteAsync(buffer.Written, cancellation);
    }

    // Headers are final once the first byte leaves.
    private async ValueTask FlowAsync(AnswerBuffer buffer, IncrementalHash digest)
    {
        if (!flows && next is null && frame.More != false)
        {
            await LookAheadAsync();
        }

        flows = true;
        digest.AppendData(buffer.Written.Span);
        await context.Response.BodyWriter.WriteAsync(buffer.Written, cancellation);
        buffer.Clear();
    }

    private async Task LookAheadAsync()
    {
        await using var keys = await frame.Keys(cancellation);
        var count = 0;
        while (await keys.Reader.ReadAsync(cancellation))
        {
            if (++count == frame.Take && frame.HasNext(count))
            {
                Announce(frame.Cursor(keys.Reader, 0));
            }
        }

        RequireAll(count);
    }

    private void Announce(string cursor)
    {
        if (frame.AskedInBody)
        {
            next = cursor;
            if (choice.Format == RecordFormat.Csv)
            {
                // Its records are followed by nothing, and a Link could not repeat the question.
                RequireShort(cursor);
                context.Response.Headers[NextCursor] = cursor;
            }

            return;
        }

        next = Address(context.Request, cursor);
        RequireShort(next);
        context.Response.Headers.Append("Link", $"<{next}>; rel=\"next\"");
    }

    // A cursor holds the values of the order: by long texts it grows beyond what an address or a header takes. Nothing has left yet.
    private static void RequireShort(string next)
    {
        if (next.Length > ReadableRequests.LongestAddress)
        {
            throw HubErrors.NextPageTooLong().ToException();
        }
    }

    private void RequireAll(int count)
    {
        if (count > frame.Take || (frame.Exact && count != frame.Take))
        {
            throw new InvalidOperationException(
                $"version {frame.Request.Version.Seq} of dataset {frame.Request.Dataset.Id} gave {count} records where {frame.Take} must be");
        }
    }

    private static string Address(HttpRequest request, string cursor)
    {
        var query = request.Query.Where(q => q.Key != "cursor").Append(new("cursor", cursor));
        return QueryHelpers.AddQueryString(UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, request.Path), query);
    }
}
