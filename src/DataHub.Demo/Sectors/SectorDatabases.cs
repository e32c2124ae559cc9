using Npgsql;
using NpgsqlTypes;

namespace DataHub.Demo.Sectors;

/// <summary>
/// The two sector databases on the demo's cluster: made anew, changed, and given a read-only account each. It never
/// touches a database that it did not make. Payments live in MariaDB instead where there is one.
/// </summary>
/// <param name="server">Npgsql string of the cluster.</param>
/// <param name="mariaDb">MySqlConnector string of a MariaDB, or null.</param>
internal sealed class SectorDatabases(string server, string? mariaDb = null)
{
    internal const string Dossiers = "sector_dossiers";
    internal const string Payments = "sector_payments";
    private const string Mark = "DataHub demo";

    private const string PaymentColumns =
        "payment_id, dossier_code, amount, currency, paid_at, channel, payer_id, bank_code, status, refunded";

    private const string CreatePayments = """
        CREATE TABLE public.payments (
            payment_id text NOT NULL, dossier_code text, amount numeric(14,2), currency text, paid_at timestamp,
            channel text, payer_id text, bank_code text, status text, refunded boolean);
        COMMENT ON TABLE public.payments IS 'Thanh toán trực tuyến (dữ liệu mẫu); hệ thống nguồn không ràng buộc khóa';
        """;

    private const string ApplyDossiers = """
        DELETE FROM public.dossiers WHERE dossier_id = ANY(@gone);
        INSERT INTO public.dossiers SELECT a.* FROM after a ON CONFLICT (dossier_id) DO UPDATE SET
            applicant_name = excluded.applicant_name, citizen_id = excluded.citizen_id, status = excluded.status,
            finished_at = excluded.finished_at, fee = excluded.fee, note = excluded.note;
        """;

    internal ReaderAccount DossiersReader { get; } = new("dossiers_reader");

    internal ReaderAccount PaymentsReader { get; } = new("payments_reader");

    internal NpgsqlConnectionStringBuilder Address { get; } = new(server);

    /// <summary>Null: payments live on the cluster too.</summary>
    internal PaymentDatabase? MariaDb { get; } = mariaDb is null ? null : new PaymentDatabase(mariaDb);

    internal async Task MakeAsync(CancellationToken cancellation)
    {
        await RecreateAsync(Dossiers, cancellation).ConfigureAwait(false);
        await using (var connection = await OpenAsync(Dossiers, cancellation).ConfigureAwait(false))
        {
            await DossierTable.LoadAsync(connection, new DossierSector().First(), cancellation).ConfigureAwait(false);
            await GrantAsync(connection, DossiersReader, "public.dossiers", cancellation).ConfigureAwait(false);
        }

        await (MariaDb?.MakeAsync(PaymentsReader, cancellation) ?? MakePaymentsAsync(cancellation)).ConfigureAwait(false);
    }

    /// <summary>From the first state to the second, each database in one transaction.</summary>
    internal async Task ChangeAsync(CancellationToken cancellation)
    {
        await using (var connection = await OpenAsync(Dossiers, cancellation).ConfigureAwait(false))
        {
            await ChangeDossiersAsync(connection, cancellation).ConfigureAwait(false);
        }

        await (MariaDb?.ChangeAsync(cancellation) ?? ChangePaymentsAsync(cancellation)).ConfigureAwait(false);
    }

    /// <summary>No key is enforced, so whatever differs under an id is taken out and put in anew.</summary>
    internal static (string[] Touched, IEnumerable<Payment> After) ChangedPayments()
    {
        var sector = new PaymentSector();
        var before = sector.First().ToLookup(row => row.PaymentId);
        var after = sector.Second().ToLookup(row => row.PaymentId);
        var touched = before.Concat(after).Select(group => group.Key).Distinct()
            .Where(id => !before[id].SequenceEqual(after[id])).ToArray();
        return (touched, touched.SelectMany(id => after[id]));
    }

    internal async Task<NpgsqlConnection> OpenAsync(string database, CancellationToken cancellation)
    {
        // Unpooled: a pooled connection left behind would keep its database from being dropped.
        var address = new NpgsqlConnectionStringBuilder(server) { Database = database, Pooling = false };
        var connection = new NpgsqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        return connection;
    }

    private async Task RecreateAsync(string database, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync("postgres", cancellation).ConfigureAwait(false);
        await using var find = new NpgsqlCommand(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '') FROM pg_database WHERE datname = $1", connection);
        find.Parameters.AddWithValue(database);
        if (await find.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is string comment && comment != Mark)
        {
            throw new DemoException(
                $"Cơ sở dữ liệu {database} có sẵn nhưng không do chương trình mẫu tạo; không xóa. Hãy đổi tên nó hoặc dùng máy chủ khác.",
                $"Database {database} exists and was not made by the demo; it is left alone. Rename it or use another server.");
        }

        await connection.RunAsync($"DROP DATABASE IF EXISTS {database} WITH (FORCE)", cancellation).ConfigureAwait(false);
        await connection.RunAsync($"CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0", cancellation)
            .ConfigureAwait(false);
        await connection.RunAsync($"COMMENT ON DATABASE {database} IS '{Mark}'", cancellation).ConfigureAwait(false);
    }

    private static async Task GrantAsync(
        NpgsqlConnection connection, ReaderAccount account, string table, CancellationToken cancellation)
    {
        var role = account.Role;
        await using var exists = new NpgsqlCommand("SELECT count(*) FROM pg_roles WHERE rolname = $1", connection);
        exists.Parameters.AddWithValue(role);
        if ((long)(await exists.ExecuteScalarAsync(cancellation).ConfigureAwait(false))! == 0)
        {
            await connection.RunAsync($"CREATE ROLE {role} LOGIN", cancellation).ConfigureAwait(false);
        }

        await connection.RunAsync($"""
            ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 8
                PASSWORD '{account.Verifier()}';
            ALTER ROLE {role} SET default_transaction_read_only = on;
            REVOKE ALL ON DATABASE {connection.Database} FROM PUBLIC;
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT CONNECT ON DATABASE {connection.Database} TO {role};
            GRANT USAGE ON SCHEMA public TO {role};
            GRANT SELECT ON {table} TO {role};
            """, cancellation).ConfigureAwait(false);
    }

    private static async Task ChangeDossiersAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        var sector = new DossierSector();
        var before = sector.First().ToDictionary(row => row.DossierId);
        var after = sector.Second().ToDictionary(row => row.DossierId);
        var touched = after.Values.Where(row => !before.TryGetValue(row.DossierId, out var old) || old != row);

        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await connection.RunAsync("CREATE TEMP TABLE after (LIKE public.dossiers) ON COMMIT DROP", cancellation)
            .ConfigureAwait(false);
        await DossierCopy.IntoAsync(connection, "after", touched, cancellation).ConfigureAwait(false);
        await using var apply = new NpgsqlCommand(ApplyDossiers, connection);
        apply.Parameters.AddWithValue("gone", before.Keys.Where(id => !after.ContainsKey(id)).ToArray());
        await apply.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task MakePaymentsAsync(CancellationToken cancellation)
    {
        await RecreateAsync(Payments, cancellation).ConfigureAwait(false);
        await using var connection = await OpenAsync(Payments, cancellation).ConfigureAwait(false);
        await connection.RunAsync(CreatePayments, cancellation).ConfigureAwait(false);
        await CopyPaymentsAsync(connection, new PaymentSector().First(), cancellation).ConfigureAwait(false);
        await GrantAsync(connection, PaymentsReader, "public.payments", cancellation).ConfigureAwait(false);
    }

    private async Task ChangePaymentsAsync(CancellationToken cancellation)
    {
        var (touched, after) = ChangedPayments();
        await using var connection = await OpenAsync(Payments, cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var delete = new NpgsqlCommand("DELETE FROM public.payments WHERE payment_id = ANY($1)", connection);
        delete.Parameters.AddWithValue(touched);
        await delete.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        await CopyPaymentsAsync(connection, after, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task CopyPaymentsAsync(
        NpgsqlConnection connection, IEnumerable<Payment> rows, CancellationToken cancellation)
    {
        var copy = await connection.BeginBinaryImportAsync(
            $"COPY public.payments ({PaymentColumns}) FROM STDIN (FORMAT BINARY)", cancellation).ConfigureAwait(false);
        await using (copy.ConfigureAwait(false))
        {
            foreach (var row in rows)
            {
                await copy.StartRowAsync(cancellation).ConfigureAwait(false);
                foreach (var (value, type) in Cells(row))
                {
                    await (value is null ? copy.WriteNullAsync(cancellation) : copy.WriteAsync(value, type, cancellation))
                        .ConfigureAwait(false);
                }
            }

            await copy.CompleteAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static (object? Value, NpgsqlDbType Type)[] Cells(Payment row) =>
    [
        (row.PaymentId, NpgsqlDbType.Text), (row.DossierCode, NpgsqlDbType.Text), (row.Amount, NpgsqlDbType.Numeric),
        (row.Currency, NpgsqlDbType.Text), (row.PaidAt, NpgsqlDbType.Timestamp), (row.Channel, NpgsqlDbType.Text),
        (row.PayerId, NpgsqlDbType.Text), (row.BankCode, NpgsqlDbType.Text), (row.Status, NpgsqlDbType.Text),
        (row.Refunded, NpgsqlDbType.Boolean),
    ];
}
