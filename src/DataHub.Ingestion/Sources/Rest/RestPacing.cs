using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using DataHub.Core.Errors;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// How the hub paces itself towards an API: pauses that the server asks for (Retry-After, used-up allowances) and growing pauses with
/// jitter between attempts. None is longer than the source's <c>maxWait</c>.
/// </summary>
internal sealed class RestPacing(string source, RestLimits limits, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // A reset that is larger than this is no number of seconds but a time.
    private const long FirstEpoch = 1_000_000_000;

    private DateTimeOffset notBefore = DateTimeOffset.MinValue;

    /// <summary>Seconds that a refusal asks for, or null.</summary>
    public int? RetryAfter(HttpResponseMessage answer)
    {
        if (answer.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
        {
            return null;
        }

        var asked = answer.Headers.RetryAfter is { } after
            ? after.Delta ?? (after.Date - (answer.Headers.Date ?? time.GetUtcNow()))
            : Reset(answer.Headers);
        return asked is { } wait ? (int)Math.Clamp(Math.Ceiling(wait.TotalSeconds), 0, int.MaxValue) : null;
    }

    /// <summary>Remembers an allowance that an answer used up.</summary>
    public void Note(HttpResponseMessage answer)
    {
        if (Remaining(answer.Headers) is 0 && Reset(answer.Headers) is { } reset)
        {
            notBefore = time.GetUtcNow() + reset;
        }
    }

    /// <summary>Waits until the allowance is there again; one that takes too long ends the pull.</summary>
    public async Task TurnAsync(CancellationToken cancellation)
    {
        var wait = notBefore - time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await WaitAsync(wait, cancellation);
        }
    }

    /// <summary>The pause before another attempt, from 1.</summary>
    public Task PauseAsync(HubError error, int attempt, CancellationToken cancellation)
    {
        if (error.RetryAfterSeconds is { } asked)
        {
            return WaitAsync(TimeSpan.FromSeconds(asked), cancellation);
        }

        var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(attempt - 1, 10), LongestPause.Ticks));
#pragma warning disable CA5394 // Jitter is no secret.
        return Task.Delay(pause * (0.5 + (Random.Shared.NextDouble() / 2)), time, cancellation);
#pragma warning restore CA5394
    }

    private Task WaitAsync(TimeSpan wait, CancellationToken cancellation) => wait.TotalSeconds <= limits.WaitSeconds
        ? Task.Delay(wait, time, cancellation)
        : throw HubErrors.SourceRateLimited(source, (int)Math.Min(Math.Ceiling(wait.TotalSeconds), int.MaxValue)).ToException();

    private static long? Remaining(HttpResponseHeaders headers) =>
        Number(headers, "RateLimit-Remaining") ?? Number(headers, "X-RateLimit-Remaining") ?? Parameter(headers, 'r');

    private TimeSpan? Reset(HttpResponseHeaders headers)
    {
        var reset = Number(headers, "RateLimit-Reset") ?? Number(headers, "X-RateLimit-Reset") ?? Parameter(headers, 't');
        return reset switch
        {
            null => null,
            >= FirstEpoch and < FirstEpoch * 10 => DateTimeOffset.FromUnixTimeSeconds(reset.Value) - (headers.Date ?? time.GetUtcNow()),
            < FirstEpoch => TimeSpan.FromSeconds(reset.Value),
            _ => null,
        };
    }

    private static long? Number(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values)
        && long.TryParse(values.First().Split(',', ';')[0].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number : null;

    /// <summary>The newer form in one header: <c>RateLimit: "default";r=0;t=30</c>.</summary>
    private static long? Parameter(HttpResponseHeaders headers, char name)
    {
        var parts = headers.TryGetValues("RateLimit", out var values) ? values.First().Split(',')[0].Split(';') : [];
        var part = parts.Select(p => p.Trim()).FirstOrDefault(p => p.Length > 2 && p[0] == name && p[1] == '=');
        return part is not null && long.TryParse(part.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
