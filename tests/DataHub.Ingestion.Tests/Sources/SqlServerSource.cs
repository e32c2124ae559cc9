using System.Globalization;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.SqlServer;
using Microsoft.Data.SqlClient;
using Xunit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A schema of its own in the database that the run is given; it is read by the account that made it.</summary>
public sealed class SqlServerSource : IAsyncLifetime
{
    /// <summary>Why a test is skipped without a server.</summary>
    public const string Missing = "DATAHUB_TEST_SQLSERVER is not set (a connection string to a database with ALLOW_SNAPSHOT_ISOLATION, whose account may make "
        + "schemas): no SQL Server is at hand · chưa có SQL Server để thử";

    public static bool Available => Environment.GetEnvironmentVariable("DATAHUB_TEST_SQLSERVER") is { Length: > 0 };

    internal ISourceAdapter Adapter { get; } = new SqlServerSourceAdapter(new SourceNetworkPolicy());

    public string Schema { get; } = "t_" + Guid.NewGuid().ToString("N");

    private static SqlConnectionStringBuilder Given => new(Environment.GetEnvironmentVariable("DATAHUB_TEST_SQLSERVER"));

    public SourceSettings Settings
    {
        get
        {
            var place = Given.DataSource.Replace("tcp:", "", StringComparison.Ordinal).Split(',');
            return new SourceSettings("kho", "sqlserver", new Dictionary<string, string>
            {
                ["host"] = place[0],
                ["port"] = place.Length > 1 ? place[1] : "1433",
                ["database"] = Given.InitialCatalog,
                ["sslMode"] = Given.TrustServerCertificate ? "require" : "verify-full",
            }, Given.UserID, Given.Password);
        }
    }

    public async Task<object?> Do(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new SqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public static async Task<SqlConnection> OpenAsync()
    {
        var connection = new SqlConnection(new SqlConnectionStringBuilder(Given.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask InitializeAsync()
    {
        if (Available)
        {
            await Do(string.Create(CultureInfo.InvariantCulture, $"CREATE SCHEMA {Schema}"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Available)
        {
            await Do($"""
                DECLARE @drop nvarchar(max) = N'';
                SELECT @drop += N'DROP TABLE ' + QUOTENAME(SCHEMA_NAME(schema_id)) + N'.' + QUOTENAME(name) + N';'
                FROM sys.tables WHERE schema_id = SCHEMA_ID('{Schema}');
                EXEC (@drop + N'DROP SCHEMA {Schema}')
                """);
        }
    }
}
