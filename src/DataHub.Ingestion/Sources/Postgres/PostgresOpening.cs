using System.Data;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using Npgsql;
using NpgsqlTypes;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>
/// The steps from a fresh session to a running COPY: find the relation, lock it, take the snapshot, describe, match the
/// contract's columns, start.
/// </summary>
internal sealed class PostgresOpening(PostgresSession session, PullRequest request, PostgresCapture? capture = null)
{
    private readonly DataContract contract = request.Contract;

    /// <param name="Name">Its name.</param>
    /// <param name="Type">OID of its type.</param>
    /// <param name="Display">Name of its type with length or precision.</param>
    private sealed record Column(string Name, uint Type, string Display)
    {
        /// <summary>In place of an optional column that the relation does not have.</summary>
        public static Column Absent { get; } = new("", PostgresTypes.Text, "text");
    }

    public async Task<PostgresRecordReader> OpenAsync(CancellationToken cancellation)
    {
        var relation = contract.Terms.Table is { } table ? await FindAsync(table, cancellation) : null;
        if (capture is not null)
        {
            await capture.PrepareAsync(relation!.Name.Sql, cancellation);
        }

        var position = await ReadPositionAsync(cancellation);
        await session.ExecuteAsync(PostgresCatalogueSql.Begin(session.Options), cancellation);
        if (relation is { Lockable: true })
        {
            // Before the snapshot: a TRUNCATE that commits between snapshot and lock would show an empty table.
            await session.ExecuteAsync($"LOCK TABLE {relation.Name.Sql} IN ACCESS SHARE MODE", cancellation);
        }

        var snapshot = await ReadSnapshotAsync(position, cancellation);
        var query = contract.Terms.Query is { } text ? text.TrimEnd().TrimEnd(';') : null;
        var columns = await DescribeAsync(contract.Terms.Query ?? $"SELECT * FROM {relation!.Name.Sql}", cancellation);
        if (query is not null && columns.Count == 0)
        {
            throw HubErrors.SourceQueryInvalid(session.Source, "42601", 1, "SELECT?").ToException();
        }

        var what = contract.Terms.Table ?? "hub.query";
        var match = SourceColumnMatch.Match(session.Source, what, request, [.. columns.Select(c => c.Name)]);
        var chosen = match.Index.Select(i => i < 0 ? Column.Absent : columns[i]).ToArray();
        var types = await PostgresTypeReader.ReadAsync(session, chosen.Select(c => c.Type), cancellation);
        CheckTypes(what, chosen, types);
        var changes = capture is null ? null : await capture.DrainAsync(session, relation!.Name.Sql, cancellation);
        // The new line ends a comment that the query may end with.
        var from = query is null ? relation!.Name.Sql : $"({query}\n) q";
        if (changes is { IsWhole: false })
        {
            await session.ExecuteAsync("SET LOCAL standard_conforming_strings = on", cancellation);
            from = PostgresCaptureSql.Keyed(relation!.Name.Sql, [.. chosen.Where(c => c != Column.Absent).Select(c => c.Name).Distinct()], changes.Key, changes.Log);
        }

        IEnumerable<string> deleted = changes is { IsWhole: false } ? ["\"hub deleted\""] : [];
        var copy = PostgresCatalogueSql.Copy(
            chosen.Select((c, i) => c != Column.Absent && IsWanted(i) ? PostgresTypes.Select(c.Name, types[c.Type].Form) : "NULL::text").Concat(deleted),
            from, Conditions(chosen));
        var stream = await session.WaitAsync(
            ct => session.Connection.BeginRawBinaryCopyAsync(copy, ct), cancellation);
        return new PostgresRecordReader(session, stream, what, query is not null)
        {
            Fields = [.. chosen.Select((c, i) => new SourceField(c.Name, PostgresTypes.KindOf(TypeOf(c, i)), types[c.Type].Name)
                { Proposed = PostgresTypes.Propose(c.Type, c.Display) })],
            Cells = [.. chosen.Select((c, i) => new PostgresCell(TypeOf(c, i), snapshot.Ascii))],
            AsOf = snapshot.AsOf.ToUniversalTime(),
            EstimatedRecords = request.Window is null && changes is not { IsWhole: false } ? relation?.Rows : null,
            Position = changes is null ? snapshot.Position : snapshot.Position with { Detail = changes.State.Write() },
            SaysDeleted = changes is { IsWhole: false },
            IsWhole = changes is { IsWhole: true },
            Drift = changes?.Gap is { } gap ? [.. match.Drift, gap] : match.Drift,
            Columns = match.Present,
        };
    }

    private sealed record Snapshot(DateTimeOffset AsOf, bool Ascii, SourcePosition Position);

    private async Task<SourcePosition> ReadPositionAsync(CancellationToken cancellation) => (await session.QueryAsync(
        PostgresCatalogueSql.Position,
        r => new SourcePosition(r.GetFieldValue<DateTimeOffset>(0).ToUniversalTime())
        {
            OldestBegin = r.IsDBNull(1) ? null : r.GetFieldValue<DateTimeOffset>(1).ToUniversalTime(),
            SawAll = r.GetBoolean(2),
        },
        cancellation))[0];

    private async Task<Snapshot> ReadSnapshotAsync(SourcePosition before, CancellationToken cancellation) => (await session.QueryAsync(
        PostgresCatalogueSql.Snapshot,
        r => new Snapshot(r.GetFieldValue<DateTimeOffset>(0), r.GetBoolean(1), before with
        {
            OldestOpen = (ulong)r.GetInt64(2),
            NextToBegin = (ulong)r.GetInt64(3),
            Identity = r.IsDBNull(4) ? null : r.GetString(4),
        }),
        cancellation))[0];

    private bool IsWanted(int column) => !request.KeysOnly || contract.Columns[column].KeyPosition is not null;

    private uint TypeOf(Column column, int index) => IsWanted(index) ? column.Type : PostgresTypes.Text;

    private IEnumerable<string> Conditions(Column[] chosen)
    {
        if (request.Window is not { } window)
        {
            return [];
        }

        var column = chosen[contract.Columns.Index().First(c => c.Item.Name == window.Column.Name).Index];
        return WatermarkBounds.Conditions(window, PostgresTypes.WatermarkOf(column.Type),
            (word, literal) => $"{PostgresName.Quote(column.Name)} {word} '{literal}'::{PostgresTypes.NameOf(column.Type)}");
    }

    private sealed record Relation(PostgresName Name, bool Lockable, long? Rows);

    private async Task<Relation> FindAsync(string table, CancellationToken cancellation)
    {
        var name = PostgresName.Parse(table);
        if (name is null)
        {
            throw HubErrors.SourceTableMissing(session.Source, table, []).ToException();
        }

        var found = await session.QueryAsync(
            PostgresCatalogueSql.Resolve,
            r => (Schema: r.GetString(0), Kind: r.GetString(1)[0],
                Rows: r.IsDBNull(2) ? (long?)null : (long)r.GetDouble(2), MayRead: r.GetBoolean(3), MayLock: r.GetBoolean(4)),
            cancellation,
            new NpgsqlParameter { Value = (object?)name.Schema ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            new NpgsqlParameter<string> { TypedValue = name.Table });
        if (found.Count == 0)
        {
            throw HubErrors.SourceTableMissing(session.Source, table, await SimilarAsync(table, cancellation)).ToException();
        }

        // An account with some columns only may read, but not lock.
        var (schema, kind, rows, mayRead, mayLock) = found[0];
        return mayRead
            ? new Relation(
                new PostgresName(schema, name.Table), mayLock && kind is ('r' or 'p' or 'v'), kind == 'v' ? null : rows)
            : throw HubErrors.SourcePermissionDenied(session.Source, table).ToException();
    }

    private async Task<IReadOnlyList<string>> SimilarAsync(string table, CancellationToken cancellation)
    {
        var names = await session.QueryAsync(
            PostgresCatalogueSql.Names,
            r => new PostgresName(r.GetString(0), r.GetString(1)),
            cancellation,
            new NpgsqlParameter<string[]> { TypedValue = [.. session.Options.Schemas] });
        var qualified = SourceColumnMatch.Similar(table, names.Select(n => n.ToString()));
        var bare = names.Where(n => SourceColumnMatch.Similar(table, [n.Table]).Any()).Select(n => n.ToString());
        return [.. qualified.Concat(bare).Distinct().Take(3)];
    }

    /// <summary>
    /// Parse and Describe, nothing runs. An unused positional parameter keeps Npgsql from splitting the text at
    /// semicolons: the server itself sees all of it, and refuses more than one statement.
    /// </summary>
    private Task<List<Column>> DescribeAsync(string sql, CancellationToken cancellation) => session.WaitAsync(
        async ct =>
        {
            if (string.IsNullOrWhiteSpace(sql))
            {
                return [];
            }

            await using var command = new NpgsqlCommand(sql, session.Connection);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "" });
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SchemaOnly, ct);
            return Enumerable.Range(0, reader.FieldCount)
                .Select(i => new Column(reader.GetName(i), reader.GetDataTypeOID(i), reader.GetDataTypeName(i))).ToList();
        },
        cancellation);

    /// <summary>A type without a faithful form is refused here, by name, before anything is read.</summary>
    private void CheckTypes(string what, Column[] columns, IReadOnlyDictionary<uint, PostgresType> types)
    {
        var refused = columns.Where(c => types[c.Type].Form == PostgresForm.Refused)
            .Select(c => $"{c.Name} ({types[c.Type].Name})").ToArray();
        if (refused.Length > 0)
        {
            throw HubErrors.SourceTypeUnsupported(session.Source, what, refused).ToException();
        }
    }
}
