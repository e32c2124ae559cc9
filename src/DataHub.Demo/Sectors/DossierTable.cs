using DataHub.Demo.Generation;
using Npgsql;

namespace DataHub.Demo.Sectors;

/// <summary>
/// <c>public.dossiers</c>: the one-stop sector's table, and the table that benchmarks load at any size. Only what a
/// careless sector system would enforce is enforced, so that flaws can exist.
/// </summary>
public static class DossierTable
{
    internal const string ColumnList =
        "dossier_id, dossier_code, citizen_id, applicant_name, procedure_code, procedure_name, agency_code, status, "
        + "received_at, due_date, finished_at, fee, is_online, note";

    private const string CreateSql = """
        CREATE TABLE public.dossiers (
            dossier_id bigint NOT NULL, dossier_code text NOT NULL, citizen_id text, applicant_name text,
            procedure_code text, procedure_name text, agency_code text, status text, received_at timestamptz,
            due_date date, finished_at timestamptz, fee numeric(12,2), is_online boolean, note text);
        COMMENT ON TABLE public.dossiers IS 'Hồ sơ một cửa (dữ liệu mẫu)';
        """;

    // The key is built after the load: one sort instead of a million descents.
    private const string IndexSql = """
        ALTER TABLE public.dossiers ADD PRIMARY KEY (dossier_id);
        ANALYZE public.dossiers;
        """;

    // Row n is taken when floor(n × share) steps up; over ids 1..N that is exactly floor(N × share) rows, evenly spread.
    // The fee always differs afterwards, so every row taken is a real change.
    private const string ChangeSql = """
        UPDATE public.dossiers SET fee = fee + 1000, status = 'DA_TRA_KET_QUA'
        WHERE floor(dossier_id * @share) > floor((dossier_id - 1) * @share)
        """;

    /// <summary>Creates the table and streams the rows in. The database must not have one with rows yet.</summary>
    public static async Task<long> LoadAsync(
        NpgsqlConnection connection, IEnumerable<Dossier> rows, CancellationToken cancellation)
    {
        await RefuseUsedTableAsync(connection, cancellation).ConfigureAwait(false);
        await connection.RunAsync("DROP TABLE IF EXISTS public.dossiers", cancellation).ConfigureAwait(false);
        await connection.RunAsync(CreateSql, cancellation).ConfigureAwait(false);
        var count = await DossierCopy.IntoAsync(connection, "public.dossiers", rows, cancellation).ConfigureAwait(false);
        await connection.RunAsync(IndexSql, cancellation).ConfigureAwait(false);
        return count;
    }

    /// <summary>
    /// Changes the given share (0 to 1) of a generated table in place, and returns how many rows it was: exactly
    /// floor(N × share) of N.
    /// </summary>
    public static async Task<int> ChangeShareAsync(
        NpgsqlConnection connection, decimal share, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1m);
        await using var command = new NpgsqlCommand(ChangeSql, connection) { CommandTimeout = 0 };
        command.Parameters.AddWithValue("share", share);
        return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task RefuseUsedTableAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var exists = new NpgsqlCommand("SELECT to_regclass('public.dossiers') IS NOT NULL", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!)
        {
            return;
        }

        await using var used = new NpgsqlCommand("SELECT EXISTS (SELECT FROM public.dossiers)", connection);
        if ((bool)(await used.ExecuteScalarAsync(cancellation).ConfigureAwait(false))!)
        {
            throw new DemoException(
                $"Cơ sở dữ liệu {connection.Database} đã có bảng dossiers với dữ liệu; hãy dùng một cơ sở dữ liệu trống.",
                $"Database {connection.Database} already has a dossiers table with rows; use an empty database.");
        }
    }
}
