using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using SQLitePCL;

namespace DataHub.Ingestion.Sources.Sqlite;

/// <summary>
/// SQLite databases below the hub's root for file sources: tables, views and an administrator's query, each read in one
/// read-only transaction, and nothing written beside the file.
/// </summary>
internal sealed class SqliteSourceAdapter(FileSourceOptions files, TimeProvider time) : ISourceAdapter
{
    public string Kind => "sqlite";

    public IReadOnlyList<ErrorDetail> Check(SourceSettings settings)
    {
        var check = new SettingsCheck(settings);
        SqliteSourceOptions.Read(settings, check);
        return check.Errors;
    }

    public async Task<SourceProbe> TestAsync(SourceSettings source, CancellationToken cancellation)
    {
        using var session = await SqliteSession.OpenAsync(source, files, time, cancellation);
        return new SourceProbe($"SQLite {raw.sqlite3_libversion().utf8_to_string()}", true, time.GetUtcNow());
    }

    public async Task<IReadOnlyList<SourceTable>> ListTablesAsync(SourceSettings source, CancellationToken cancellation)
    {
        using var session = await SqliteSession.OpenAsync(source, files, time, cancellation);
        var catalogue = new SqliteCatalogue(session);
        var estimates = catalogue.Estimates();
        return [.. catalogue.Tables().Select(t => Describe(session, catalogue, t) with
        {
            EstimatedRows = t.IsView ? null : estimates.TryGetValue(t.Name, out var rows) ? rows : null,
        })];
    }

    public async Task<IRecordReader> OpenAsync(
        SourceSettings source, PullRequest request, CancellationToken cancellation)
    {
        var contract = request.Contract;
        if (contract.Terms.Table is null == contract.Terms.Query is null)
        {
            throw HubErrors.SourceTargetInvalid(source.Id, Kind, "hub.table | hub.query").ToException();
        }

        var session = await SqliteSession.OpenAsync(source, files, time, cancellation);
        try
        {
            return new SqliteOpening(session, request).Open();
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>What cannot be read is listed too, without columns and with the reason.</summary>
    private static SourceTable Describe(SqliteSession session, SqliteCatalogue catalogue, SqliteTable table)
    {
        var listed = new SourceTable(SourceTableId.From(table.Name), table.Name, table.IsView ? "view" : "table");
        try
        {
            if (table.Module is { } module)
            {
                throw HubErrors.SourceTableUnsupported(session.Source, table.Name, module).ToException();
            }

            SqliteOpening.PrepareView(session, table).Dispose();
            return listed with { Columns = catalogue.Columns(table), Key = table.IsView ? [] : catalogue.Key(table) };
        }
        catch (HubErrorException e) when (e.Error.Code is "source_table_unsupported" or "source_view_broken")
        {
            return listed with { Comment = $"{e.Error.Code}: {e.Error.Detail("vi")} / {e.Error.Detail("en")}" };
        }
    }
}
