using System.Data.Common;
using DataHub.Demo.Generation;
using DataHub.Demo.Sectors;
using MySqlConnector;
using Npgsql;
using Xunit;

namespace DataHub.Demo.Tests;

/// <summary>The sector databases on a real PostgreSQL hold exactly the generated states.</summary>
public sealed class SectorDatabaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static SectorDatabases Sectors => new(Environment.GetEnvironmentVariable("DATAHUB_TEST_SERVER")
        ?? throw new InvalidOperationException(
            "DATAHUB_TEST_SERVER is not set: these tests need the connection string of a PostgreSQL superuser."));

    [Fact]
    public async Task Make_and_change_store_the_two_states_exactly()
    {
        var sectors = Sectors;
        await sectors.MakeAsync(Cancellation);
        await AssertStateAsync(sectors, new DossierSector().First(), new PaymentSector().First());
        await sectors.ChangeAsync(Cancellation);
        await AssertStateAsync(sectors, new DossierSector().Second(), new PaymentSector().Second());

        await using (var reader = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(sectors.Address.ConnectionString)
        {
            Database = SectorDatabases.Dossiers, Username = sectors.DossiersReader.Role,
            Password = sectors.DossiersReader.Password, Pooling = false,
        }.ConnectionString))
        {
            await reader.OpenAsync(Cancellation);
            await using var delete = new NpgsqlCommand("DELETE FROM public.dossiers", reader);
            await Assert.ThrowsAsync<PostgresException>(() => delete.ExecuteNonQueryAsync(Cancellation));
        }

        // A share of a whole table, on the same databases: one class, one pair of databases.
        await using var connection = await sectors.OpenAsync(SectorDatabases.Dossiers, Cancellation);
        await Assert.ThrowsAsync<DemoException>(() => DossierTable.LoadAsync(connection, [], Cancellation));
        await connection.RunAsync("TRUNCATE public.dossiers", Cancellation);
        Assert.Equal(12_345, await DossierTable.LoadAsync(connection, new DossierGenerator(1, 12_345).All(), Cancellation));
        Assert.Equal(123, await DossierTable.ChangeShareAsync(connection, 0.01m, Cancellation));
    }

    [Fact]
    public async Task Payments_on_MariaDB_are_the_same_two_states()
    {
        var server = Environment.GetEnvironmentVariable("DATAHUB_TEST_MARIADB");
        Assert.SkipWhen(server is null, "DATAHUB_TEST_MARIADB is not set: ./hub test starts a MariaDB where its packages are installed or can be");
        var (sector, account, database) = (new PaymentSector(), new ReaderAccount("payments_reader"), new PaymentDatabase(server!));

        await database.MakeAsync(account, Cancellation);
        Assert.Equal(Sorted(sector.First()), Sorted(await PaymentsAsync(database)));
        await database.ChangeAsync(Cancellation);
        Assert.Equal(Sorted(sector.Second()), Sorted(await PaymentsAsync(database)));

        var reader = new MySqlConnectionStringBuilder(server!) { UserID = account.Role, Password = account.Password, Pooling = false };
        await using var connection = new MySqlConnection(reader.ConnectionString);
        await connection.OpenAsync(Cancellation);
        await using var delete = new MySqlCommand("DELETE FROM sector_payments.payments", connection);
        await Assert.ThrowsAsync<MySqlException>(() => delete.ExecuteNonQueryAsync(Cancellation));
    }

    private static IEnumerable<string> Sorted(IEnumerable<Payment> payments) =>
        payments.Select(p => $"{p}").Order(StringComparer.Ordinal);

    private static async Task<List<Payment>> PaymentsAsync(PaymentDatabase database)
    {
        await using var connection = await database.OpenAsync(SectorDatabases.Payments, Cancellation);
        await using var command = new MySqlCommand("SELECT * FROM payments", connection);
        await using var r = await command.ExecuteReaderAsync(Cancellation);
        return await PaymentsAsync(r);
    }

    private static async Task AssertStateAsync(
        SectorDatabases sectors, IEnumerable<Dossier> dossiers, IEnumerable<Payment> payments)
    {
        await using (var connection = await sectors.OpenAsync(SectorDatabases.Dossiers, Cancellation))
        {
            Assert.Equal(dossiers.ToList(), await DossiersAsync(connection));
        }

        await using (var connection = await sectors.OpenAsync(SectorDatabases.Payments, Cancellation))
        {
            Assert.Equal(Sorted(payments), Sorted(await PaymentsAsync(connection)));
        }
    }

    private static async Task<List<Dossier>> DossiersAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT * FROM public.dossiers ORDER BY dossier_id", connection);
        await using var r = await command.ExecuteReaderAsync(Cancellation);
        var rows = new List<Dossier>();
        while (await r.ReadAsync(Cancellation))
        {
            rows.Add(new Dossier
            {
                DossierId = r.GetInt64(0), DossierCode = r.GetString(1), CitizenId = r.GetString(2),
                ApplicantName = Text(r, 3), ProcedureCode = r.GetString(4), ProcedureName = r.GetString(5),
                AgencyCode = r.GetString(6), Status = r.GetString(7), ReceivedAt = r.GetDateTime(8),
                DueDate = r.GetFieldValue<DateOnly>(9), FinishedAt = r.IsDBNull(10) ? null : r.GetDateTime(10),
                Fee = r.GetDecimal(11), IsOnline = r.GetBoolean(12), Note = Text(r, 13),
            });
        }

        return rows;
    }

    private static async Task<List<Payment>> PaymentsAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT * FROM public.payments", connection);
        await using var r = await command.ExecuteReaderAsync(Cancellation);
        return await PaymentsAsync(r);
    }

    private static async Task<List<Payment>> PaymentsAsync(DbDataReader r)
    {
        var rows = new List<Payment>();
        while (await r.ReadAsync(Cancellation))
        {
            rows.Add(new Payment
            {
                PaymentId = r.GetString(0), DossierCode = r.GetString(1), Amount = decimal.Truncate(r.GetDecimal(2)),
                Currency = r.GetString(3), PaidAt = r.GetDateTime(4), Channel = r.GetString(5), PayerId = Text(r, 6),
                BankCode = Text(r, 7), Status = r.GetString(8), Refunded = r.GetBoolean(9),
            });
        }

        return rows;
    }

    private static string? Text(DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}
