using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>
/// SQL Server (from 2016 on) sources: tables, views and an administrator's query, each read by one SELECT from one consistent state. Held by
/// tests of its parts and against a false server; where this was written no SQL Server was at hand (decision 0057).
/// </summary>
internal sealed class SqlServerSourceAdapter(SourceNetworkPolicy network) : ISourceAdapter
{
    public string Kind => "sqlserver";

    public IReadOnlyList<ErrorDetail> Check(SourceSettings settings)
    {
        var check = new SettingsCheck(settings);
        SqlServerSourceOptions.Read(settings, check);
        return check.Errors;
    }

    public Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation) =>
        InSnapshotAsync(source, async (session, state) =>
        {
            var writes = (await session.QueryAsync(SqlServerCatalogueSql.WritingGrants, r => r.GetInt32(0), cancellation))[0] > 0;
            return new SourceProbe($"SQL Server {state.Version}", !writes, state.Clock);
        }, cancellation);

    public Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation) =>
        InSnapshotAsync(source, (session, _) => SqlServerListing.ReadAsync(session, cancellation), cancellation);

    public async Task<IRecordReader> OpenAsync(SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        var (table, query) = (request.Contract.Terms.Table, request.Contract.Terms.Query);
        if (table is null == query is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.table | hub.query").ToException();
        }

        var session = await SqlServerSession.ConnectAsync(source, network, cancellation);
        try
        {
            return await new SqlServerOpening(session, request).OpenAsync(cancellation);
        }
        catch (Exception e)
        {
            await session.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, table ?? "hub.query", query is not null);
        }
    }

    private async Task<T> InSnapshotAsync<T>(
        SourceSettings source, Func<SqlServerSession, SqlServerState, Task<T>> ask, CancellationToken cancellation)
    {
        await using var session = await SqlServerSession.ConnectAsync(source, network, cancellation);
        try
        {
            return await ask(session, await session.BeginAsync(cancellation));
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, "sys.objects", isQuery: false);
        }
    }
}
