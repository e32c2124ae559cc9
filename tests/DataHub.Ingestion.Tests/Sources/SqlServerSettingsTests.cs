using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.SqlServer;
using Microsoft.Data.SqlClient;
using Xunit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Settings, and the connection that is made of them.</summary>
public sealed class SqlServerSettingsTests
{
    [Fact]
    public void Encrypts_and_checks_the_hosts_certificate_unless_told_otherwise()
    {
        var made = Made("10.1.2.3", []);

        Assert.Equal(("tcp:10.1.2.3,1433", "tinh", "doc", "mật;khẩu=\"'"), (made.DataSource, made.InitialCatalog, made.UserID, made.Password));
        Assert.Equal((SqlConnectionEncryptOption.Mandatory, false, "sql.tinh.vn"), (made.Encrypt, made.TrustServerCertificate, made.HostNameInCertificate));
        Assert.Equal((ApplicationIntent.ReadOnly, "datahub"), (made.ApplicationIntent, made.ApplicationName));
        Assert.Equal((20, 60, 0), (made.ConnectTimeout, made.CommandTimeout, made.ConnectRetryCount));
        Assert.False(made.Pooling || made.Enlist || made.MultipleActiveResultSets || made.PersistSecurityInfo || made.IntegratedSecurity);
    }

    [Fact]
    public void Takes_any_certificate_only_by_explicit_choice()
    {
        var made = Made("10.1.2.3", [("sslMode", "require")]);

        Assert.Equal((SqlConnectionEncryptOption.Mandatory, true), (made.Encrypt, made.TrustServerCertificate));
    }

    [Fact]
    public void Begins_with_TLS_where_strict_is_chosen()
    {
        var made = Made("::1", [("sslMode", "strict"), ("port", "14330"), ("connectTimeout", "3"), ("silenceTimeout", "9")]);

        Assert.Equal((SqlConnectionEncryptOption.Strict, false, "sql.tinh.vn"), (made.Encrypt, made.TrustServerCertificate, made.HostNameInCertificate));
        Assert.Equal(("tcp:::1,14330", 8, 9), (made.DataSource, made.ConnectTimeout, made.CommandTimeout));
    }

    [Theory]
    [InlineData("host", "sql\\SQLEXPRESS", "setting_not_allowed")]
    [InlineData("host", "a,b", "setting_not_allowed")]
    [InlineData("host", "", "setting_required")]
    [InlineData("database", " ", "setting_required")]
    [InlineData("port", "65536", "setting_out_of_range")]
    [InlineData("sslMode", "disable", "setting_not_allowed")]
    [InlineData("sslMode", "prefer", "setting_not_allowed")]
    [InlineData("isolation", "read-uncommitted", "setting_not_allowed")]
    [InlineData("connectTimeout", "0", "setting_out_of_range")]
    [InlineData("lockTimeout", "3601", "setting_out_of_range")]
    [InlineData("silenceTimeout", "nhanh", "setting_out_of_range")]
    [InlineData("statementTimeout", "86401", "setting_out_of_range")]
    [InlineData("trustServerCertificate", "true", "setting_unknown")]
    public void Refuses_a_setting_with_its_pointer(string name, string value, string code)
    {
        var error = Assert.Single(new SqlServerSourceAdapter(new SourceNetworkPolicy()).Check(Source([(name, value)])));

        Assert.Equal((code, "/settings/" + name), (error.Code, error.Pointer));
    }

    [Fact]
    public void Sends_no_password_where_a_source_has_none() => Assert.Equal("", Made("10.1.2.3", [], password: null).Password);

    private static SourceSettings Source((string, string)[] changes, string? password = "mật;khẩu=\"'")
    {
        var settings = new Dictionary<string, string> { ["host"] = "sql.tinh.vn", ["database"] = "tinh" };
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return new SourceSettings("kho", "sqlserver", settings, "doc", password);
    }

    private static SqlConnectionStringBuilder Made(string address, (string, string)[] changes, string? password = "mật;khẩu=\"'")
    {
        var source = Source(changes, password);
        var check = new SettingsCheck(source);
        var options = SqlServerSourceOptions.Read(source, check);
        check.ThrowIfAny();
        return new SqlConnectionStringBuilder(SqlServerConnecting.Text(source, options, address));
    }
}
