using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>
/// Resources of a REST/JSON interface, page by page. An API has no snapshot: what moves while it is read is found where the API gives a
/// total, and is a limit of the source where it does not.
/// </summary>
internal sealed class RestSourceAdapter(SourceNetworkPolicy network, TimeProvider time) : ISourceAdapter
{
    public string Kind => "rest";

    public IReadOnlyList<ErrorDetail> Check(SourceSettings settings)
    {
        var check = new SettingsCheck(settings);
        RestSourceOptions.Read(settings, check);
        return check.Errors;
    }

    /// <summary>Asks for the first resource that the settings name, else for the base address itself, whose answer need not be records.</summary>
    public async Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation)
    {
        var session = new RestSession(source, network, time);
        if (session.Options.Resources is [var first, ..])
        {
            await using var pull = new RestOpening(session, time).Start(first, null);
            await pull.NextAsync(cancellation);
            return Probe(pull.Clock);
        }

        using (session)
        {
            using var answer = await session.GetAsync(session.Options.BaseUrl, cancellation);
            return answer.IsSuccessStatusCode
                ? Probe(answer.Headers.Date)
                : throw session.Errors.Of(answer.StatusCode, "/", isFirst: true, session.Pacing.RetryAfter(answer)).ToException();
        }

        SourceProbe Probe(DateTimeOffset? clock) => new("REST/JSON", null, clock ?? time.GetUtcNow());
    }

    public async Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation)
    {
        var tables = new List<SourceTable>();
        using var first = new RestSession(source, network, time);
        foreach (var resource in first.Options.Resources.Order(StringComparer.Ordinal))
        {
            tables.Add(await RestListing.DescribeAsync(new RestOpening(new RestSession(source, network, time), time), resource, cancellation));
        }

        return tables;
    }

    public async Task<IRecordReader> OpenAsync(SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        if (request.Contract.Terms.Table is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.table").ToException();
        }

        cancellation.ThrowIfCancellationRequested();
        var session = new RestSession(source, network, time);
        try
        {
            return await new RestOpening(session, time).OpenAsync(request, cancellation);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
