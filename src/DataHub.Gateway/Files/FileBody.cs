using DataHub.Core.Versioning;
using DataHub.Gateway.Formats;
using DataHub.Storage.Exports;
using DataHub.Storage.Queries;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Files;

/// <summary>Encodes the records of a file and hands them on in chunks.</summary>
internal sealed class FileBody : IExportTarget, IAsyncDisposable
{
    private readonly AnswerBuffer buffer = new(AnswerBuffer.Chunk + (AnswerBuffer.Chunk / 4));
    private readonly AnswerSender sender;
    private readonly RecordWriter writer;
    private readonly bool lines;
    private long sent;
    private long before;

    public FileBody(FormatChoice choice, IReadOnlyList<StoreColumn> columns, HttpContext context)
    {
        writer = choice.Writer(columns);
        lines = choice.Format == RecordFormat.Ndjson;
        sender = new AnswerSender(context.Response.BodyWriter, context.RequestAborted);
        writer.Begin(buffer);
    }

    public ValueTask WriteAsync(IRecordRow row, CancellationToken cancellation)
    {
        writer.Write(row, buffer);
        if (lines)
        {
            buffer.Append((byte)'\n');
        }

        return buffer.Length < AnswerBuffer.Chunk ? ValueTask.CompletedTask : SendAsync();
    }

    public async ValueTask<long> EndRangeAsync(CancellationToken cancellation)
    {
        var made = sent + buffer.Length - before;
        before += made;
        await sender.WaitAsync(AnswerSender.Few);
        return made;
    }

    /// <summary>Sends what is left; the answer is whole.</summary>
    public async Task CompleteAsync()
    {
        await SendAsync();
        await sender.CompleteAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await sender.DisposeAsync();
        buffer.Dispose();
    }

    private ValueTask SendAsync()
    {
        sent += buffer.Length;
        return sender.SendAsync(buffer.Take());
    }
}
