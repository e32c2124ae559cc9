using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.SqlServer;
using Xunit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Every error number that has a meaning of its own, and whether a run tries again.</summary>
public sealed class SqlServerErrorTableTests
{
    [Theory]
    [InlineData(18456, "source_credentials_rejected", false)]
    [InlineData(18452, "source_credentials_rejected", false)]
    [InlineData(18486, "source_credentials_rejected", false)]
    [InlineData(18487, "source_credentials_rejected", false)]
    [InlineData(18488, "source_credentials_rejected", false)]
    [InlineData(911, "source_database_missing", false)]
    [InlineData(4060, "source_permission_denied", false)]
    [InlineData(229, "source_permission_denied", false)]
    [InlineData(230, "source_permission_denied", false)]
    [InlineData(300, "source_permission_denied", false)]
    [InlineData(916, "source_permission_denied", false)]
    [InlineData(208, "source_table_missing", false)]
    [InlineData(4413, "source_view_broken", false)]
    [InlineData(4502, "source_view_broken", false)]
    [InlineData(1222, "source_locked", true)]
    [InlineData(-2, "source_timeout", true)]
    [InlineData(3952, "source_snapshot_unavailable", false)]
    [InlineData(1205, "source_busy", true)]
    [InlineData(1204, "source_busy", true)]
    [InlineData(3958, "source_busy", true)]
    [InlineData(3961, "source_busy", true)]
    [InlineData(701, "source_busy", true)]
    [InlineData(17810, "source_busy", true)]
    [InlineData(18401, "source_busy", true)]
    [InlineData(983, "source_busy", true)]
    [InlineData(40613, "source_busy", true)]
    [InlineData(10054, "source_connection_lost", true)]
    [InlineData(10060, "source_connection_lost", true)]
    [InlineData(10061, "source_connection_lost", true)]
    [InlineData(596, "source_connection_lost", true)]
    [InlineData(6005, "source_connection_lost", true)]
    [InlineData(207, "source_failed", false)]
    [InlineData(245, "source_failed", false)]
    [InlineData(8134, "source_failed", false)]
    public void Reads_a_number(int number, string code, bool isTransient)
    {
        var error = Errors().Translate(number, "'Nguyễn Văn A'", "dbo.t", isQuery: false);

        Assert.Equal((code, isTransient), (error.Code, error.IsTransient));
        Assert.DoesNotContain("Nguyễn", error.Detail("vi") + error.Detail("en"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(102)]
    [InlineData(156)]
    [InlineData(207)]
    [InlineData(208)]
    [InlineData(1033)]
    [InlineData(4104)]
    [InlineData(8120)]
    [InlineData(8156)]
    [InlineData(11513)]
    public void Passes_on_the_servers_words_of_a_querys_text(int number) => Assert.Equal(
        ("source_query_invalid", true),
        (Errors().Translate(number, "Incorrect syntax.", "hub.query", isQuery: true).Code,
            Errors().Translate(number, "Incorrect syntax.", "hub.query", isQuery: true).Detail("en").Contains("Incorrect syntax.", StringComparison.Ordinal)));

    [Theory]
    [InlineData(245)]
    [InlineData(8114)]
    [InlineData(2628)]
    [InlineData(220)]
    public void Keeps_back_words_that_may_quote_data(int number) => Assert.Equal(
        "source_failed", Errors().Translate(number, "value 'Nguyễn Văn A'", "hub.query", isQuery: true).Code);

    private static SqlServerErrors Errors()
    {
        var source = new SourceSettings("kho", "sqlserver", new Dictionary<string, string> { ["host"] = "h", ["database"] = "d" }, "u", "p");
        return new SqlServerErrors(source, SqlServerSourceOptions.Read(source, new SettingsCheck(source)));
    }
}
