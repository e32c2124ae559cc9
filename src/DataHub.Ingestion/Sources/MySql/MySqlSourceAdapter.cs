using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>
/// MariaDB (from 10.3 on) and MySQL (from 5.7 on) sources: tables, views and an administrator's query, each read by one
/// SELECT from one read-only snapshot.
/// </summary>
internal sealed class MySqlSourceAdapter(SourceNetworkPolicy network) : ISourceAdapter
{
    public string Kind => "mysql";

    public IReadOnlyList<ErrorDetail> Check(SourceSettings settings)
    {
        var check = new SettingsCheck(settings);
        MySqlSourceOptions.Read(settings, check);
        return check.Errors;
    }

    public Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation) =>
        InSnapshotAsync(source, async session =>
        {
            var version = session.Connection.ServerVersion;
            var product = session.IsMariaDb ? $"MariaDB {MariaDbNumber(version)}" : $"MySQL {version}";
            return new SourceProbe(product, await ReadsOnlyAsync(session, cancellation), await session.ClockAsync(cancellation));
        }, cancellation);

    public Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation) =>
        InSnapshotAsync(source, session => MySqlListing.ReadAsync(session, cancellation), cancellation);

    public async Task<IRecordReader> OpenAsync(
        SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        var contract = request.Contract;
        var (table, query) = (contract.Terms.Table, contract.Terms.Query);
        if (table is null == query is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.table | hub.query").ToException();
        }

        var session = await MySqlSession.ConnectAsync(source, network, cancellation);
        try
        {
            var opening = new MySqlOpening(session, request);
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
        SourceSettings source, Func<MySqlSession, Task<T>> ask, CancellationToken cancellation)
    {
        await using var session = await MySqlSession.ConnectAsync(source, network, cancellation);
        try
        {
            await session.BeginAsync(cancellation);
            return await ask(session);
        }
        catch (Exception e)
        {
            cancellation.ThrowIfCancellationRequested();
            throw session.Errors.WhileReading(e, "information_schema", isQuery: false);
        }
    }

    /// <summary>Null where roles give rights that cannot be listed from here.</summary>
    private static async Task<bool?> ReadsOnlyAsync(MySqlSession session, CancellationToken cancellation)
    {
        var writes = (await session.QueryAsync(MySqlCatalogueSql.WritingGrants, r => r.GetInt64(0), cancellation))[0] > 0;
        if (writes)
        {
            return false;
        }

        var hasRoles = session.IsMariaDb || !session.Connection.ServerVersion.StartsWith("5.", StringComparison.Ordinal);
        return hasRoles && (await session.QueryAsync(MySqlCatalogueSql.Roles, r => r.GetInt64(0), cancellation))[0] > 0
            ? null
            : true;
    }

    /// <summary>Before version 11 MariaDB greets as "5.5.5-10.11.19-MariaDB", for old replicas.</summary>
    private static string MariaDbNumber(string version)
    {
        var number = version.StartsWith("5.5.5-", StringComparison.Ordinal) ? version[6..] : version;
        return number.Split('-')[0];
    }
}
