using MySqlConnector;

namespace DataHub.Demo.Sectors;

/// <summary>
/// The payment sector's database on a MariaDB that the demo was given: made anew, changed, and given a read-only account.
/// It never touches a database that it did not make.
/// </summary>
internal sealed class PaymentDatabase(string server)
{
    private const string Name = SectorDatabases.Payments;
    private const string Mark = "DataHub demo";

    private const string Create = """
        CREATE TABLE payments (
            payment_id varchar(20) NOT NULL, dossier_code varchar(30), amount decimal(14,2), currency varchar(10),
            paid_at datetime, channel varchar(20), payer_id varchar(12), bank_code varchar(20), status varchar(20),
            refunded tinyint(1), KEY (payment_id))
        COMMENT 'Thanh toán trực tuyến (dữ liệu mẫu); hệ thống nguồn không ràng buộc khóa'
        """;

    /// <summary>The server's socket, or its host.</summary>
    internal string Host => new MySqlConnectionStringBuilder(server).Server;

    internal uint Port => new MySqlConnectionStringBuilder(server).Port;

    internal async Task MakeAsync(ReaderAccount reader, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(null, cancellation).ConfigureAwait(false);
        await RefuseForeignAsync(connection, cancellation).ConfigureAwait(false);
        await RunAsync(connection, $"DROP DATABASE IF EXISTS {Name}", cancellation).ConfigureAwait(false);
        await RunAsync(connection, $"CREATE DATABASE {Name} CHARACTER SET utf8mb4 COMMENT '{Mark}'", cancellation)
            .ConfigureAwait(false);
        await connection.ChangeDatabaseAsync(Name, cancellation).ConfigureAwait(false);
        await RunAsync(connection, Create, cancellation).ConfigureAwait(false);
        await using (var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false))
        {
            await InsertAsync(transaction, new PaymentSector().First(), cancellation).ConfigureAwait(false);
            await transaction.CommitAsync(cancellation).ConfigureAwait(false);
        }

        // A private server keeps no log of statements.
        await RunAsync(connection, $"CREATE OR REPLACE USER {reader.Role}@'%' IDENTIFIED BY '{reader.Password}'", cancellation)
            .ConfigureAwait(false);
        await RunAsync(connection, $"GRANT SELECT ON {Name}.* TO {reader.Role}@'%'", cancellation).ConfigureAwait(false);
    }

    /// <summary>From the first state to the second, in one transaction.</summary>
    internal async Task ChangeAsync(CancellationToken cancellation)
    {
        var (touched, after) = SectorDatabases.ChangedPayments();
        await using var connection = await OpenAsync(Name, cancellation).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellation).ConfigureAwait(false);
        await using var delete = new MySqlCommand("DELETE FROM payments WHERE payment_id = @id", connection, transaction);
        var id = delete.Parameters.Add("@id", MySqlDbType.VarChar);
        foreach (var payment in touched)
        {
            id.Value = payment;
            await delete.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }

        await InsertAsync(transaction, after, cancellation).ConfigureAwait(false);
        await transaction.CommitAsync(cancellation).ConfigureAwait(false);
    }

    internal async Task<MySqlConnection> OpenAsync(string? database, CancellationToken cancellation)
    {
        // The driver would take the @ of an account's name for a parameter.
        var address = new MySqlConnectionStringBuilder(server)
        {
            Database = database ?? "", Pooling = false, AllowUserVariables = true,
        };
        var connection = new MySqlConnection(address.ConnectionString);
        await connection.OpenAsync(cancellation).ConfigureAwait(false);
        return connection;
    }

    private static async Task RefuseForeignAsync(MySqlConnection connection, CancellationToken cancellation)
    {
        await using var find = new MySqlCommand(
            "SELECT SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = @name", connection);
        find.Parameters.AddWithValue("@name", Name);
        if (await find.ExecuteScalarAsync(cancellation).ConfigureAwait(false) is string comment && comment != Mark)
        {
            throw new DemoException(
                $"Cơ sở dữ liệu {Name} có sẵn nhưng không do chương trình mẫu tạo; không xóa. Hãy đổi tên nó hoặc dùng máy chủ khác.",
                $"Database {Name} exists and was not made by the demo; it is left alone. Rename it or use another server.");
        }
    }

    private static async Task InsertAsync(
        MySqlTransaction transaction, IEnumerable<Payment> rows, CancellationToken cancellation)
    {
        await using var insert = new MySqlCommand(
            "INSERT INTO payments VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9)",
            transaction.Connection, transaction);
        foreach (var row in rows)
        {
            insert.Parameters.Clear();
            var cells = Cells(row);
            for (var i = 0; i < cells.Length; i++)
            {
                insert.Parameters.AddWithValue(FormattableString.Invariant($"@p{i}"), cells[i]);
            }

            await insert.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
    }

    private static object?[] Cells(Payment row) =>
    [
        row.PaymentId, row.DossierCode, row.Amount, row.Currency, row.PaidAt, row.Channel, row.PayerId, row.BankCode,
        row.Status, row.Refunded,
    ];

    private static async Task RunAsync(MySqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
    }
}
