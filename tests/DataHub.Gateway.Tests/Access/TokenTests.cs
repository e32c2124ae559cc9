using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DataHub.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace DataHub.Gateway.Tests.Access;

/// <summary>Only the hub's own, living, whole tokens are believed.</summary>
public sealed class TokenTests(SharedHub hub) : IClassFixture<SharedHub>
{
    [Fact]
    public async Task Issues_a_token_for_ten_minutes_with_the_scopes_asked_for()
    {
        using var answer = await hub.Server.AskForTokenAsync(HubServer.AdminId, HubServer.AdminSecret, "datahub.read");

        var token = await answer.JsonAsync();
        Assert.Equal("Bearer", token.GetProperty("token_type").GetString());
        Assert.InRange(token.GetProperty("expires_in").GetInt32(), 590, 600);
        Assert.Equal("datahub.read", new JsonWebToken(token.GetProperty("access_token").GetString()).GetClaim("scope").Value);
    }

    [Theory]
    [InlineData(HubServer.AdminId, "a-wrong-secret")]
    [InlineData("nobody", HubServer.AdminSecret)]
    public async Task Refuses_a_wrong_id_or_secret_alike(string id, string secret)
    {
        using var answer = await hub.Server.AskForTokenAsync(id, secret);

        Assert.Equal("invalid_client", (await answer.JsonAsync(HttpStatusCode.Unauthorized)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Refuses_a_scope_that_the_client_does_not_have()
    {
        var (id, secret) = await hub.Server.ClientOfAsync("H21");
        using var answer = await hub.Server.AskForTokenAsync(id, secret, "datahub.admin");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Asks_for_a_token_and_for_the_scope()
    {
        using var nobody = hub.Server.CreateClient();
        using var missing = await nobody.GetAsync("/api/v1/agencies");
        await missing.ProblemAsync(401, "token_missing");
        Assert.Equal("Bearer realm=\"datahub\"", missing.Headers.WwwAuthenticate.Single().ToString());

        using var reader = hub.Server.CreateClient(
            await hub.Server.TokenAsync(HubServer.AdminId, HubServer.AdminSecret, "datahub.read"));
        using var refused = await reader.GetAsync("/api/v1/agencies");
        await refused.ProblemAsync(403, "scope_missing");
    }

    [Fact]
    public async Task Accepts_a_token_crafted_as_the_hub_does()
    {
        // Proves that the refusals below are due to what each of them alters.
        using var answer = await CallAsync(Craft());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Refuses_whatever_is_not_exactly_its_own()
    {
        using var foreign = RSA.Create(2048);
        var whole = Craft();
        var parts = whole.Split('.');
        var none = Base64UrlEncoder.Encode("""{"alg":"none","typ":"at+jwt"}""");
        var signing = File.ReadAllText(Path.Combine(hub.Server.Home, "keys", "signing.pem"));
        var hmac = new SigningCredentials(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(signing)), SecurityAlgorithms.HmacSha256);
        var payload = JsonSerializer.Deserialize<Dictionary<string, object>>(Base64UrlEncoder.Decode(parts[1]))!;
        payload["sub"] = "someone-else";
        string[] wrong =
        [
            "rubbish",
            "a.b.c",
            $"{parts[0]}.{Base64UrlEncoder.Encode(JsonSerializer.Serialize(payload))}.{parts[2]}",
            $"{parts[0]}.{parts[1]}.{Base64UrlEncoder.Encode(new byte[384])}",
            $"{none}.{parts[1]}.",
            $"{none}.{parts[1]}.{parts[2]}",
            Craft(issuer: "http://other.example/"),
            Craft(audience: "other"),
            Craft(type: "JWT"),
            Craft(credentials: new SigningCredentials(new RsaSecurityKey(foreign), SecurityAlgorithms.RsaSha256)),
            Craft(credentials: hmac),
            new string('x', 5_000),
        ];

        foreach (var token in wrong)
        {
            using var answer = await CallAsync(token);
            await answer.ProblemAsync(401, "token_invalid");
            Assert.Contains("invalid_token", answer.Headers.WwwAuthenticate.Single().ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Refuses_a_bad_token_even_where_none_is_needed()
    {
        using var client = hub.Server.CreateClient("rubbish");
        using var answer = await client.GetAsync("/api/v1/catalog/datasets");

        await answer.ProblemAsync(401, "token_invalid");
    }

    [Fact]
    public async Task Refuses_a_token_from_the_second_of_its_end()
    {
        var clock = new MovableClock();
        await using var server = await HubServer.StartAsync(new HubServerOptions
        {
            Services = s => s.Replace(ServiceDescriptor.Singleton<TimeProvider>(clock)),
        });
        using var admin = await server.AdminClientAsync();
        clock.Advance(TimeSpan.FromMinutes(9));
        using var good = await admin.GetAsync("/api/v1/me");
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);

        clock.Advance(TimeSpan.FromMinutes(1) + TimeSpan.FromSeconds(1));
        using var late = await admin.GetAsync("/api/v1/me");
        await late.ProblemAsync(401, "token_expired");
    }

    [Fact]
    public async Task Refuses_a_token_whose_client_is_not_known()
    {
        using var answer = await CallAsync(Craft(subject: "never-made"));

        await answer.ProblemAsync(401, "token_client_ended");
    }

    private async Task<HttpResponseMessage> CallAsync(string token)
    {
        using var client = hub.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return await client.SendAsync(request);
    }

    private string Craft(string issuer = "http://localhost/", string audience = "datahub", string type = "at+jwt",
        string subject = HubServer.AdminId, SigningCredentials? credentials = null)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(File.ReadAllText(Path.Combine(hub.Server.Home, "keys", "signing.pem")));
        var own = new SigningCredentials(new RsaSecurityKey(rsa.ExportParameters(true)), SecurityAlgorithms.RsaSha256);
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            TokenType = type,
            Expires = DateTime.UtcNow.AddMinutes(5),
            Claims = new Dictionary<string, object> { ["sub"] = subject, ["scope"] = "datahub.admin datahub.read" },
            SigningCredentials = credentials ?? own,
        });
    }
}
