using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DataHub.Core.Sources;
using Microsoft.AspNetCore.Http;
using Xunit;
using static DataHub.Ingestion.Tests.Sources.Rest.RestServer;
using static DataHub.Ingestion.Tests.Sources.SourceKit;

namespace DataHub.Ingestion.Tests.Sources.Rest;

/// <summary>Who gets the credential, and who never does.</summary>
public sealed class RestSigningInTests : IAsyncLifetime
{
    private RestServer server = null!;

    public async ValueTask InitializeAsync() => server = await StartAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private async Task<int> CountAsync(SourceSettings source) => (await ReadAll(server.Adapter, source, Contract(Table("xa"), "t"))).Rows.Count;

    private async Task<string> CodeAsync(SourceSettings source)
    {
        var error = await Refusal(() => CountAsync(source));
        Assert.DoesNotContain("s3cret", error.Detail("vi") + error.Detail("en") + error.Hint("en"), StringComparison.Ordinal);
        return error.Code;
    }

    [Theory]
    [InlineData("auth=apiKeyHeader", "X-API-Key", "s3cret")]
    [InlineData("auth=basic", "Authorization", "Basic dXNlcjpzM2NyZXQ=")]
    [InlineData("auth=bearer", "Authorization", "Bearer s3cret")]
    public async Task Shows_the_credential_in_a_header(string auth, string header, string value)
    {
        server.Answer = c => c.Request.Headers[header] == value ? Json(c, Rows(1, 1)) : Task.FromResult(c.Response.StatusCode = 401);

        Assert.Equal(1, await CountAsync(server.With(auth)));
        Assert.Equal("source_credentials_rejected", await CodeAsync(server.With(auth) with { Password = "khác" }));
        Assert.Equal("source_credentials_rejected", await CodeAsync(server.With(auth) with { Password = null }));
    }

    [Fact]
    public async Task Shows_a_key_in_a_parameter_on_every_page_and_once_only()
    {
        server.Answer = c =>
        {
            c.Response.Headers.Link = $"<?after=1{(Parameter(c, "after", 0) == 0 ? "" : "0")}&key=s3cret>; rel=\"{(Parameter(c, "after", 0) < 10 ? "next" : "self")}\"";
            return Json(c, Rows(1, 1));
        };

        Assert.Equal(3, await CountAsync(server.With("auth=apiKeyQuery", "apiKeyName=key", "paging=link")));
        Assert.Equal(["s3cret", "s3cret", "s3cret"], server.Seen.Select(s => s["key"]));
    }

    [Fact]
    public async Task Fetches_a_token_once_and_renews_it_once_when_it_is_refused()
    {
        var (issued, valid) = (0, 1);
        server.Answer = async c =>
        {
            if (c.Request.Path == "/token")
            {
                var form = await c.Request.ReadFormAsync();
                Assert.Equal(("client_credentials", "đọc", "Basic dXNlcjpzM2NyZXQ="),
                    (form["grant_type"].ToString(), form["scope"].ToString(), c.Request.Headers.Authorization.ToString()));
                await Json(c, $$"""{"access_token":"t{{++issued}}","expires_in":3600,"token_type":"Bearer"}""");
            }
            else if (c.Request.Headers.Authorization != $"Bearer t{valid}")
            {
                c.Response.StatusCode = 401;
            }
            else
            {
                valid = Parameter(c, "offset", 0) == 2 ? 2 : valid;
                await Json(c, Page(c, 6));
            }
        };
        var source = server.With("auth=oauth2", $"tokenUrl={new Uri(server.Address, "/token")}", "scope=đọc", "paging=offset", "pageSize=2");

        Assert.Equal(6, await CountAsync(source));
        Assert.Equal(2, issued);

        valid = 99;
        Assert.Equal("source_credentials_rejected", await CodeAsync(source));
        server.Answer = c => Task.FromResult(c.Response.StatusCode = 400);
        Assert.Equal("source_credentials_rejected", await CodeAsync(source));
        server.Answer = c => Json(c, """{"access_token":"a\nb"}""");
        Assert.Equal("source_protocol_unexpected", await CodeAsync(source));
    }

    [Fact]
    public async Task Follows_redirects_to_named_hosts_only_and_never_with_the_credential()
    {
        await using var other = await StartAsync(host: "localhost");
        other.Answer = c => Json(c, Rows(1, 4));
        server.Answer = c =>
        {
            c.Response.Redirect(c.Request.Path == "/api/xa" ? "/api/khac" : new Uri(other.Address, "/moi").ToString());
            return Task.CompletedTask;
        };

        Assert.Equal("source_redirect_denied", await CodeAsync(server.With("auth=bearer")));
        Assert.Empty(other.Seen);
        Assert.Equal(4, await CountAsync(server.With("auth=bearer", "alsoHosts=localhost")));
        Assert.Equal("", Assert.Single(other.Seen).Headers.Authorization.ToString());
        Assert.All(server.Seen, s => Assert.Equal("Bearer s3cret", s.Headers.Authorization));

        server.Answer = c =>
        {
            c.Response.Redirect(c.Request.Path);
            return Task.CompletedTask;
        };
        Assert.Equal("source_redirect_denied", await CodeAsync(server.With()));
        server.Answer = c =>
        {
            c.Response.Redirect("http://169.254.169.254/latest");
            return Task.CompletedTask;
        };
        Assert.Equal("source_redirect_denied", await CodeAsync(server.With("alsoHosts=169.254.169.254")));
        Assert.Equal("source_address_denied", await CodeAsync(server.With("alsoHosts=169.254.169.254", "allowHttp=true")));
    }

    [Fact]
    public async Task Verifies_certificates_and_names_why_one_is_refused()
    {
        using var authority = Authority();
        using var good = Issue(authority, "127.0.0.1", DateTimeOffset.UtcNow.AddDays(1));
        using var named = Issue(authority, "127.0.0.9", DateTimeOffset.UtcNow.AddDays(1));
        using var old = Issue(authority, "127.0.0.1", DateTimeOffset.UtcNow.AddDays(-1));
        foreach (var (certificate, reason) in new[] { (good, ""), (named, "NameMismatch"), (old, "NotTimeValid") })
        {
            await using var https = await StartAsync(certificate);
            https.Answer = c => Json(c, Rows(1, 2));
            var trusted = https.With($"caCertificate={authority.ExportCertificatePem()}");
            if (reason.Length == 0)
            {
                Assert.Equal(2, await CountAsync(trusted));
                Assert.Contains("PartialChain", await ReasonAsync(https.With()), StringComparison.Ordinal);
            }
            else
            {
                Assert.Contains(reason, await ReasonAsync(trusted), StringComparison.Ordinal);
            }
        }
    }

    private async Task<string> ReasonAsync(SourceSettings source)
    {
        var error = await Refusal(() => CountAsync(source));
        Assert.Equal("source_certificate_invalid", error.Code);
        return error.Detail("en");
    }

    private static X509Certificate2 Authority()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=CA nội bộ", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string address, DateTimeOffset until)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=api", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(address));
        request.CertificateExtensions.Add(names.Build());
        using var bare = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-10), until, Encoding.ASCII.GetBytes("12345678"));
        using var both = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(both.Export(X509ContentType.Pkcs12), null);
    }
}
