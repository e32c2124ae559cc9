using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace DataHub.Gateway.Files;

/// <summary>
/// Sends chunks of a file on a task of its own while the next are encoded. It counts what waits: who reads the database goes on
/// as long as that is little, so that a
/// range ends when the database has given it, not when its reader has taken it.
/// </summary>
internal sealed class AnswerSender : IAsyncDisposable
{
    /// <summary>So much may wait when another range begins.</summary>
    public const long Few = 1 << 20;

    /// <summary>Beyond this a range waits in its middle: records were far larger than those before them, and memory is bounded.</summary>
    private const long Most = 16 << 20;

    private readonly Channel<ArraySegment<byte>> chunks =
        Channel.CreateUnbounded<ArraySegment<byte>>(new() { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource stopping;
    private readonly PipeWriter body;
    private readonly Task sending;
    private readonly Lock gate = new();
    private TaskCompletionSource? waiter;
    private Exception? failure;
    private long enough;
    private long waiting;

    public AnswerSender(PipeWriter body, CancellationToken cancellation)
    {
        this.body = body;
        stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        sending = Task.Run(SendAllAsync, CancellationToken.None);
    }

    /// <summary>Takes a chunk over from the shared array pool.</summary>
    public ValueTask SendAsync(ArraySegment<byte> chunk)
    {
        lock (gate)
        {
            waiting += chunk.Count;
        }

        chunks.Writer.TryWrite(chunk);
        return WaitAsync(Most);
    }

    /// <summary>Until at most <paramref name="most"/> bytes wait; fails as the sending failed.</summary>
    public ValueTask WaitAsync(long most)
    {
        lock (gate)
        {
            if (failure is not null)
            {
                return ValueTask.FromException(failure);
            }

            if (waiting <= most)
            {
                return ValueTask.CompletedTask;
            }

            enough = most;
            waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(waiter.Task);
        }
    }

    /// <summary>Everything is sent.</summary>
    public Task CompleteAsync()
    {
        chunks.Writer.Complete();
        return sending;
    }

    /// <summary>Stops at once; what waits is dropped with the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        chunks.Writer.TryComplete();
        await stopping.CancelAsync();
        await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.Dispose();
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var chunk in chunks.Reader.ReadAllAsync(stopping.Token))
            {
                await body.WriteAsync(chunk, stopping.Token);
                ArrayPool<byte>.Shared.Return(chunk.Array!);
                Count(chunk.Count);
            }
        }
        catch (Exception e)
        {
            Fail(e);
            throw;
        }
    }

    private void Count(int sent)
    {
        lock (gate)
        {
            waiting -= sent;
            if (waiter is not null && waiting <= enough)
            {
                waiter.SetResult();
                waiter = null;
            }
        }
    }

    private void Fail(Exception cause)
    {
        lock (gate)
        {
            failure = cause;
            waiter?.SetException(cause);
            waiter = null;
        }
    }
}
