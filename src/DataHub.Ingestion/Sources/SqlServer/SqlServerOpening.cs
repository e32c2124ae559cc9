using System.Data;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using Microsoft.Data.SqlClient;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>
/// The steps from a fresh session to a running result: snapshot, describe the relation or the query, match the contract's columns, start.
/// </summary>
internal sealed class SqlServerOpening(SqlServerSession session, PullRequest request)
{
    private readonly DataContract contract = request.Contract;

    private readonly string what = request.Contract.Terms.Table ?? "hub.query";

    private sealed record Described(string? Name, string Type, int MaxLength, int Precision, int Scale, int? Error, string? Message);

    public async Task<SqlServerRecordReader> OpenAsync(CancellationToken cancellation)
    {
        var from = contract.Terms.Table is { } table ? NameOf(table).Sql : From(contract.Terms.Query!);
        var state = await session.BeginAsync(cancellation);
        var rows = contract.Terms.Table is null ? null : await FindAsync(NameOf(contract.Terms.Table), cancellation);
        var columns = await DescribeAsync(from, cancellation);
        var match = SourceColumnMatch.Match(session.Source, what, request, [.. columns.Select(c => c.Name)]);
        var chosen = match.Index.Select(i => i < 0 ? SqlServerColumn.Absent : columns[i]).ToArray();
        await RefuseUnreadableAsync(chosen, cancellation);
        var isRowVersion = contract.Pull.Watermark is { } mark && chosen[IndexOf(mark)].Form == SqlServerForm.RowVersion;
        chosen = [.. chosen.Select((c, i) => IsWanted(i) ? c : SqlServerColumn.Absent with { Name = c.Name })];
        var cells = chosen.Select((c, i) => new SqlServerCell(c.Form, SqlServerTypes.KindOf(c.Form, contract.Columns[i].Type.Kind))).ToArray();
        var sql = SqlServerCatalogueSql.Read(
            chosen.Zip(cells, (c, cell) => SqlServerTypes.Select(c, cell.Kind)), from, [.. Conditions(chosen)]);
        var reader = await session.CallAsync(
            () => session.Command(sql).ExecuteReader(CommandBehavior.SequentialAccess | CommandBehavior.SingleResult), cancellation);
        return new SqlServerRecordReader(session, reader, what, contract.Terms.Table is null)
        {
            Fields = [.. chosen.Zip(cells, (c, cell) => new SourceField(c.Name, cell.Kind, c.NativeType))],
            Cells = cells,
            AsOf = state.Clock,
            EstimatedRecords = request.Window is null ? rows : null,
            Position = state.Position(isRowVersion),
            Drift = match.Drift,
            Columns = match.Present,
        };
    }

    private bool IsWanted(int column) => !request.KeysOnly || contract.Columns[column].KeyPosition is not null;

    private int IndexOf(ContractColumn column) => contract.Columns.Index().First(c => c.Item.Name == column.Name).Index;

    private IEnumerable<string> Conditions(SqlServerColumn[] chosen)
    {
        if (request.Window is not { } window)
        {
            return [];
        }

        var column = chosen[IndexOf(window.Column)];
        return WatermarkBounds.Conditions(window, SqlServerTypes.WatermarkOf(column.Form),
            (word, literal) => SqlServerTypes.Compare(column, word, literal));
    }

    private string From(string query)
    {
        query = query.TrimEnd().TrimEnd(';');
        if (string.IsNullOrWhiteSpace(query))
        {
            throw HubErrors.SourceQueryInvalid(session.Source, "102", 0, "SELECT?").ToException();
        }

        return SqlServerQueryText.Escape(query) is >= 0 and var at
            ? throw HubErrors.SourceQueryInvalid(session.Source, "102", at + 1, query.Substring(at, Math.Min(20, query.Length - at))).ToException()
            : SqlServerCatalogueSql.Derived(query);
    }

    private SqlServerName NameOf(string table) =>
        SqlServerName.Parse(table) ?? throw HubErrors.SourceTableMissing(session.Source, table, []).ToException();

    /// <summary>Estimated rows.</summary>
    private async Task<long?> FindAsync(SqlServerName name, CancellationToken cancellation)
    {
        try
        {
            await session.ExecuteAsync(SqlServerCatalogueSql.Touch(name), cancellation);
        }
        catch (SqlException e) when (e.Number == 208)
        {
            throw HubErrors.SourceTableMissing(session.Source, what, await SimilarAsync(name, cancellation)).ToException(e);
        }

        return (await session.QueryAsync(
            SqlServerCatalogueSql.Rows, r => r.IsDBNull(0) ? (long?)null : r.GetInt64(0), cancellation, ("@t", name.Sql)))[0];
    }

    /// <summary>Behind an error the transaction is gone, which reading names does not need.</summary>
    private async Task<IReadOnlyList<string>> SimilarAsync(SqlServerName wanted, CancellationToken cancellation)
    {
        var names = await session.QueryAsync(
            SqlServerCatalogueSql.Names, r => new SqlServerName(r.GetString(0), r.GetString(1)).ToString(), cancellation);
        return [.. SourceColumnMatch.Similar((wanted.Schema is null ? wanted with { Schema = "dbo" } : wanted).ToString(), names)];
    }

    private async Task<List<SqlServerColumn>> DescribeAsync(string from, CancellationToken cancellation)
    {
        var rows = await session.QueryAsync(
            SqlServerCatalogueSql.Describe,
            r => new Described(Text(r, 0), r.GetString(1), Number(r, 2), Number(r, 3), Number(r, 4),
                r.IsDBNull(5) ? null : r.GetInt32(5), Text(r, 6)),
            cancellation,
            ("@q", $"SELECT * FROM {from}"));
        return rows.FirstOrDefault(r => r.Error is > 0) is { } refused
            ? throw session.Errors.Translate(refused.Error!.Value, refused.Message ?? "", what, contract.Terms.Table is null).ToException()
            : [.. rows.Select(r => new SqlServerColumn(r.Name ?? "", r.Type, r.MaxLength, r.Precision, r.Scale))];
    }

    private static string? Text(SqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetString(at);

    private static int Number(SqlDataReader row, int at) => row.IsDBNull(at) ? 0 : row.GetInt32(at);

    private async Task RefuseUnreadableAsync(SqlServerColumn[] chosen, CancellationToken cancellation)
    {
        var refused = chosen.Where(c => c.Form == SqlServerForm.Refused).Select(c => $"{c.Name} ({c.NativeType})").Distinct().ToArray();
        if (refused.Length > 0)
        {
            throw HubErrors.SourceTypeUnsupported(session.Source, what, refused).ToException();
        }

        if (contract.Terms.Table is { } table)
        {
            var masked = await session.QueryAsync(
                SqlServerCatalogueSql.Masked, r => r.GetString(0), cancellation, ("@t", NameOf(table).Sql));
            if (masked.Intersect(chosen.Select(c => c.Name), StringComparer.Ordinal).FirstOrDefault() is { } column)
            {
                throw HubErrors.SourcePermissionDenied(session.Source, $"{what}.{column} (UNMASK)").ToException();
            }
        }
    }
}
