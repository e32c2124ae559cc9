using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using Npgsql;
using NpgsqlTypes;

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
        InSnapshotAsync(source, async session =>
        {
            var schemas = new NpgsqlParameter<string[]> { TypedValue = [.. session.Options.Schemas] };
            var tables = await session.QueryAsync(PostgresCatalogueSql.Tables, ReadTable, cancellation, schemas);
            var relations = new NpgsqlParameter
            {
                Value = tables.Select(t => t.Relation).ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid,
            };
            var columns = await session.QueryAsync(PostgresCatalogueSql.Columns, ReadColumn, cancellation, relations);
            var byRelation = columns.ToLookup(c => c.Relation, c => c.Column);
            return (IReadOnlyList<SourceTable>)
                [.. tables.Select(t => t.Table with { Columns = [.. byRelation[t.Relation]] })];
        }, cancellation);

    public async Task<IRecordReader> OpenAsync(
        SourceSettings source, DataContract contract, CancellationToken cancellation)
    {
        var (table, query) = (contract.Terms.Table, contract.Terms.Query);
        if (table is null == query is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.table | hub.query").ToException();
        }

        var session = await PostgresSession.ConnectAsync(source, network, cancellation);
        try
        {
            var opening = new PostgresOpening(session, contract);
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

    private static (uint Relation, SourceTable Table) ReadTable(NpgsqlDataReader row)
    {
        var name = new PostgresName(row.GetString(1), row.GetString(2)).ToString();
        var table = new SourceTable(SourceTableId.From(name), name, row.GetString(3) is "v" or "m" ? "view" : "table")
        {
            EstimatedRows = row.IsDBNull(4) ? null : (long)row.GetDouble(4),
            Comment = row.IsDBNull(5) ? null : row.GetString(5),
            Key = row.IsDBNull(6) ? [] : row.GetFieldValue<string[]>(6),
        };
        return (row.GetFieldValue<uint>(0), table);
    }

    private static (uint Relation, SourceTableColumn Column) ReadColumn(NpgsqlDataReader row)
    {
        var (type, modifier, isEnum) = (row.GetFieldValue<uint>(4), row.GetInt32(5), row.GetBoolean(6));
        var (proposed, note) = PostgresTypes.Propose(type, modifier, isEnum);
        var column = new SourceTableColumn(row.GetString(1), row.GetString(2), row.GetBoolean(3), proposed, note)
        {
            MaxLength = PostgresTypes.MaxLength(type, modifier),
            NeedsTimeZone = type == PostgresTypes.Timestamp,
            Comment = row.IsDBNull(7) ? null : row.GetString(7),
        };
        return (row.GetFieldValue<uint>(0), column);
    }
}
