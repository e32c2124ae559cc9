using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// PostgreSQL sources, from version 10 on: tables, views and an administrator's query, each read by one binary COPY from one
/// read-only snapshot.
/// </summary>
internal sealed class PostgresSourceAdapter(SourceNetworkPolicy network) : ISourceAdapter
{
    public string Kind => "postgres";

    public IReadOnlyList<ErrorDetail> Check(SourceSettings settings)
    {
        var check = new SettingsCheck(settings);
        PostgresSourceOptions.Read(settings, check);
        return check.Errors;
    }

    public Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation) =>
        InSnapshotAsync(source, async session =>
        {
            var rows = await session.QueryAsync(
                PostgresCatalogueSql.Probe,
                r => new SourceProbe(
                    r.GetString(0), r.GetBoolean(1), r.GetFieldValue<DateTimeOffset>(2)),
                cancellation);
            return rows[0];
        }, cancellation);

    public Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation) =>
        InSnapshotAsync(source, session => new PostgresListing(session).ReadAsync(cancellation), cancellation);

    public async Task<IRecordReader> OpenAsync(
        SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        var contract = request.Contract;
        var (table, query) = (contract.Terms.Table, contract.Terms.Query);
        if (table is null == query is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.table | hub.query").ToException();
        }

        if (request.Capture is not null && table is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.table").ToException();
        }

        var session = await PostgresSession.ConnectAsync(source, network, cancellation);
        try
        {
            await using var capture = request.Capture is null ? null
                : new PostgresCapture(await PostgresSession.ConnectAsync(source, network, cancellation), request);
            var opening = new PostgresOpening(session, request, capture);
            return await opening.OpenAsync(cancellation);
        }
        catch (Exception e)
        {
            await session.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, table ?? "hub.query", query is not null);
        }
    }

    private async Task<T> InSnapshotAsync<T>(
        SourceSettings source, Func<PostgresSession, Task<T>> ask, CancellationToken cancellation)
    {
        await using var session = await PostgresSession.ConnectAsync(source, network, cancellation);
        try
        {
            await session.ExecuteAsync(PostgresCatalogueSql.Begin(session.Options), cancellation);
            return await ask(session);
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, "pg_catalog", isQuery: false);
        }
    }
}
