using System.Collections.ObjectModel;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using MySqlConnector;

namespace DataHub.Ingestion.Sources.MySql;

/// <summary>
/// The steps from a fresh session to a running result: snapshot, describe the relation or the query, match the contract's
/// columns, start.
/// </summary>
internal sealed class MySqlOpening(MySqlSession session, PullRequest request)
{
    private readonly DataContract contract = request.Contract;

    private sealed record Column(string Name, MySqlForm Form, string NativeType)
    {
        /// <summary>In place of an optional column that the relation does not have.</summary>
        public static Column Absent { get; } = new("", MySqlForm.Text, "text") { IsAbsent = true };

        /// <summary>The hub's type for it; null for a query's, whose lengths the server does not tell.</summary>
        public ColumnType? Proposed { get; init; }

        /// <summary>True when it is not there or not asked for.</summary>
        public bool IsAbsent { get; init; }
    }

    public async Task<MySqlRecordReader> OpenAsync(CancellationToken cancellation)
    {
        var position = await session.BeginAsync(cancellation);
        var asOf = await session.ClockAsync(cancellation);
        var query = contract.Terms.Query?.TrimEnd().TrimEnd(';');
        var relation = contract.Terms.Table is { } table ? await FindAsync(table, cancellation) : null;
        var columns = relation is null
            ? await DescribeAsync(query!, cancellation)
            : await ColumnsAsync(relation.Name, cancellation);
        var what = contract.Terms.Table ?? "hub.query";
        var match = SourceColumnMatch.Match(session.Source, what, request, [.. columns.Select(c => c.Name)]);
        var chosen = match.Index.Select(i => i < 0 ? Column.Absent : columns[i]).ToArray();
        RefuseUnsupported(what, chosen);
        chosen = [.. chosen.Select((c, i) => IsWanted(i) ? c : c with { Form = MySqlForm.Text, IsAbsent = true })];
        var expressions = chosen.Select(c => c.IsAbsent ? "CAST(NULL AS BINARY)" : MySqlTypes.Select(c.Name, c.Form));
        var conditions = Conditions(chosen).ToList();
        var reader = relation is null
            ? await StartQueryAsync(MySqlCatalogueSql.Read(expressions, From(query!), conditions), cancellation)
            : await StartAsync(MySqlCatalogueSql.Read(expressions, relation.Name.Sql, conditions), cancellation);
        var kinds = chosen.Select((c, i) => MySqlTypes.KindOf(c.Form, contract.Columns[i].Type.Kind)).ToArray();
        return new MySqlRecordReader(session, reader, what, relation is null)
        {
            Fields = [.. chosen.Select((c, i) => new SourceField(c.Name, kinds[i], c.NativeType) { Proposed = c.Proposed })],
            Cells = [.. chosen.Select((c, i) => new MySqlCell(c.Form, kinds[i]))],
            AsOf = asOf,
            EstimatedRecords = request.Window is null ? relation?.Rows : null,
            Position = position,
            Drift = match.Drift,
            Columns = match.Present,
        };
    }

    private bool IsWanted(int column) => !request.KeysOnly || contract.Columns[column].KeyPosition is not null;

    private IEnumerable<string> Conditions(Column[] chosen)
    {
        if (request.Window is not { } window)
        {
            return [];
        }

        var column = chosen[contract.Columns.Index().First(c => c.Item.Name == window.Column.Name).Index];
        return WatermarkBounds.Conditions(window, MySqlTypes.WatermarkOf(column.Form),
            (word, literal) => $"{MySqlName.Quote(column.Name)} {word} '{literal}'");
    }

    private sealed record Relation(MySqlName Name, long? Rows);

    private void RefuseUnsupported(string what, Column[] chosen)
    {
        var refused = chosen.Where(c => c.Form == MySqlForm.Refused)
            .Select(c => $"{c.Name} ({c.NativeType})").Distinct().ToArray();
        if (refused.Length > 0)
        {
            throw HubErrors.SourceTypeUnsupported(session.Source, what, refused).ToException();
        }
    }

    private async Task<Relation> FindAsync(string table, CancellationToken cancellation)
    {
        if (MySqlName.Parse(table) is not { } name)
        {
            throw HubErrors.SourceTableMissing(session.Source, table, []).ToException();
        }

        name = name with { Database = name.Database ?? session.Options.Database };
        var found = (await session.QueryAsync(
            MySqlCatalogueSql.Find,
            r => (Name: r.GetString(0), Kind: r.GetString(1), Rows: r.IsDBNull(2) ? (long?)null : r.GetInt64(2)),
            cancellation,
            ("@d", name.Database),
            ("@t", name.Table))).Where(f => f.Name == name.Table).ToArray();
        try
        {
            // Tells a missing relation from one that this account may not read, and a view whose tables have changed.
            await session.ExecuteAsync($"SELECT 1 FROM {name.Sql} LIMIT 0", cancellation);
        }
        catch (MySqlException e) when (e.ErrorCode == MySqlErrorCode.NoSuchTable)
        {
            throw HubErrors.SourceTableMissing(session.Source, table, await SimilarAsync(name, cancellation)).ToException(e);
        }

        return new Relation(name, found is [{ Kind: not "VIEW" } only] ? only.Rows : null);
    }

    private async Task<IReadOnlyList<string>> SimilarAsync(MySqlName wanted, CancellationToken cancellation)
    {
        var names = await session.QueryAsync(
            MySqlCatalogueSql.Names, r => r.GetString(0), cancellation, ("@d", wanted.Database));
        var own = wanted.Database == session.Options.Database ? null : wanted.Database;
        return [.. SourceColumnMatch.Similar(wanted.Table, names).Select(n => new MySqlName(own, n).ToString())];
    }

    private async Task<List<Column>> ColumnsAsync(MySqlName name, CancellationToken cancellation)
    {
        var rows = await session.QueryAsync(
            MySqlCatalogueSql.Columns,
            r => (Table: r.GetString(0), Column: new Column(
                r.GetString(1), MySqlTypes.FormOf(r.GetString(2), r.GetString(3)), r.GetString(3))
                { Proposed = MySqlProposal.For(r.GetString(2), r.GetString(3), "").Type }),
            cancellation,
            ("@d", name.Database),
            ("@t", name.Table));
        return [.. rows.Where(r => r.Table == name.Table).Select(r => r.Column)];
    }

    /// <summary>Prepared alone first: the server itself sees all of the text, and refuses what is not one statement.</summary>
    private async Task<List<Column>> DescribeAsync(string query, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(query))
        {
            throw HubErrors.SourceQueryInvalid(session.Source, "1065", 0, "SELECT?").ToException();
        }

        await session.ExecuteAsync(MySqlCatalogueSql.Prepare(query), cancellation);
        await using var reader = await StartQueryAsync($"SELECT * FROM {From(query)} LIMIT 0", cancellation);
        ReadOnlyCollection<System.Data.Common.DbColumn> schema = await reader.GetColumnSchemaAsync(cancellation);
        List<Column> columns = [.. schema.Cast<MySqlDbColumn>().Select(c => new Column(
            c.ColumnName, MySqlTypes.FormOf(c), c.DataTypeName?.ToLowerInvariant() ?? "?"))];
        await session.WaitAsync(() => reader.ReadAsync(CancellationToken.None), cancellation);
        return columns;
    }

    private static string From(string query) => $"({query}\n) q";

    private async Task<MySqlDataReader> StartQueryAsync(string sql, CancellationToken cancellation)
    {
        await session.ExecuteAsync(MySqlCatalogueSql.Prepare(sql), cancellation);
        return await StartAsync(MySqlCatalogueSql.Execute, cancellation);
    }

    private async Task<MySqlDataReader> StartAsync(string sql, CancellationToken cancellation)
    {
        var reader = await session.WaitAsync(
            () => session.Command(sql).ExecuteReaderAsync(CancellationToken.None), cancellation);
        session.IsBusy = true;
        return reader;
    }
}
