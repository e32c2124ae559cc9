using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using SQLitePCL;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>
/// The steps from a session to a running statement: find the table or judge the query, describe, match the contract's columns,
/// prepare what is needed and no more.
/// </summary>
internal sealed class SqliteOpening(SqliteSession session, PullRequest request)
{
    private readonly DataContract contract = request.Contract;

    private const int ReadColumn = 20, Select = 21, CallFunction = 31, Recurse = 33;

    public SqliteRecordReader Open()
    {
        var what = contract.Terms.Table ?? "hub.query";
        var (statement, estimate) = contract.Terms.Table is { } table ? PrepareTable(table) : (PrepareQuery(), null);
        try
        {
            var columns = SqliteColumn.Of(statement);
            var match = SourceColumnMatch.Match(session.Source, what, request, [.. columns.Select(c => c.Name)]);
            var chosen = match.Index;
            var kinds = chosen.Select((c, i) => c < 0 ? SourceKind.Text
                : SqliteTypes.KindOf(SqliteTypes.Read(columns[c].Declared), contract.Columns[i])).ToArray();
            var isTable = contract.Terms.Table is not null;
            if (isTable)
            {
                statement.Dispose();
                var names = chosen.Select((c, i) => c >= 0 && IsWanted(i) ? SqliteCatalogue.Quote(columns[c].Name) : "NULL");
                statement = session.Prepare($"SELECT {string.Join(", ", names)} FROM {SqliteCatalogue.Quote(what)}");
            }

            var cells = chosen.Select((c, i) => new SqliteCell(
                isTable ? i : c, kinds[i], SqliteTypes.AreDigitsText(contract.Columns[i]), session.IsUtf16)).ToArray();
            return new SqliteRecordReader(session, statement, cells, what)
            {
                Fields = [.. chosen.Select((c, i) => c < 0 ? new SourceField("", kinds[i], "?")
                    : new SourceField(columns[c].Name, kinds[i], columns[c].Declared ?? "?")
                        { Proposed = SqliteTypes.Propose(columns[c].Declared).Type })],
                Drift = match.Drift,
                Columns = match.Present,
                EstimatedRecords = estimate,
            };
        }
        catch
        {
            statement.Dispose();
            throw;
        }
    }

    private bool IsWanted(int column) => !request.KeysOnly || contract.Columns[column].KeyPosition is not null;

    private (sqlite3_stmt Statement, long? Estimate) PrepareTable(string name)
    {
        var catalogue = new SqliteCatalogue(session);
        var tables = catalogue.Tables();
        var table = tables.FirstOrDefault(t => t.Name == name)
            ?? throw HubErrors.SourceTableMissing(
                session.Source, name, [.. SourceColumnMatch.Similar(name, tables.Select(t => t.Name))]).ToException();
        if (table.Module is { } module)
        {
            throw HubErrors.SourceTableUnsupported(session.Source, name, module).ToException();
        }

        return (PrepareView(session, table), table.IsView ? null : Estimate(catalogue, name));
    }

    /// <summary>All columns of a table or view; a view that no longer works says so itself.</summary>
    public static sqlite3_stmt PrepareView(SqliteSession session, SqliteTable table)
    {
        var code = raw.sqlite3_prepare_v2(
            session.Database, "SELECT * FROM " + SqliteCatalogue.Quote(table.Name), out var statement);
        return code switch
        {
            raw.SQLITE_OK => statement,
            raw.SQLITE_ERROR when table.IsView => throw HubErrors.SourceViewBroken(session.Source, table.Name).ToException(),
            _ => throw session.Failure(code),
        };
    }

    /// <summary>As ANALYZE left it, else the highest row number: only for progress, and never by counting.</summary>
    private long? Estimate(SqliteCatalogue catalogue, string table)
    {
        if (catalogue.Estimates().TryGetValue(table, out var rows))
        {
            return rows;
        }

        var code = raw.sqlite3_prepare_v2(
            session.Database, $"SELECT max(_rowid_) FROM {SqliteCatalogue.Quote(table)}", out var statement);
        using (statement)
        {
            // A table without row numbers has no such column.
            return code == raw.SQLITE_OK && session.Step(statement)
                && raw.sqlite3_column_type(statement, 0) == raw.SQLITE_INTEGER
                ? Math.Min(raw.sqlite3_column_int64(statement, 0), session.File.Size)
                : null;
        }
    }

    private sqlite3_stmt PrepareQuery()
    {
        var query = contract.Terms.Query!;
        _ = raw.sqlite3_set_authorizer(session.Database, (strdelegate_authorizer)Judge, null);
        var code = raw.sqlite3_prepare_v2(session.Database, query, out var statement, out string rest);
        if (code != raw.SQLITE_OK)
        {
            throw (code & 0xFF) is raw.SQLITE_ERROR or raw.SQLITE_AUTH or raw.SQLITE_RANGE
                ? Invalid(code, raw.sqlite3_errmsg(session.Database).utf8_to_string()) : session.Failure(code);
        }

        var reason = Problem(statement, rest);
        if (reason is not null)
        {
            statement.Dispose();
            throw Invalid(raw.SQLITE_ERROR, reason);
        }

        return statement;
    }

    private string? Problem(sqlite3_stmt statement, string rest)
    {
        if (statement.IsInvalid || raw.sqlite3_column_count(statement) == 0 || raw.sqlite3_stmt_readonly(statement) == 0)
        {
            return "SELECT?";
        }

        if (raw.sqlite3_bind_parameter_count(statement) > 0)
        {
            return "?";
        }

        var code = raw.sqlite3_prepare_v2(session.Database, rest, out var more);
        using (more)
        {
            return code == raw.SQLITE_OK && more.IsInvalid ? null : ";";
        }
    }

    private HubErrorException Invalid(int code, string reason)
    {
        var offset = SqliteNative.ErrorOffset(session.Database);
        return HubErrors.SourceQueryInvalid(
            session.Source, code.ToString(CultureInfo.InvariantCulture), offset + 1, reason).ToException();
    }

    /// <summary>
    /// What a query may do: read columns and call functions. Everything else (ATTACH, PRAGMA and its table functions, writing) is
    /// refused while it is compiled.
    /// </summary>
    private static int Judge(object data, int action, string first, string second, string database, string inner) => action switch
    {
        Select or Recurse => raw.SQLITE_OK,
        ReadColumn when !first.StartsWith("pragma_", StringComparison.OrdinalIgnoreCase) => raw.SQLITE_OK,
        CallFunction when !string.Equals(second, "load_extension", StringComparison.OrdinalIgnoreCase) => raw.SQLITE_OK,
        _ => raw.SQLITE_DENY,
    };
}
