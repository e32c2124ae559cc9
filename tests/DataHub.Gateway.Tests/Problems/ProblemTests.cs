using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Problems;

/// <summary>Every refusal of the HTTP surface is the same document, whoever refuses.</summary>
public sealed class ProblemTests(SharedHub hub) : IClassFixture<SharedHub>
{
    [Theory]
    [InlineData("/nothing-here")]
    [InlineData("/api/v1/nothing-here")]
    [InlineData("/api/v1/agreements/not-a-number")]
    public async Task Answers_an_unmatched_route(string path)
    {
        using var client = hub.Server.CreateClient();
        using var answer = await client.GetAsync(path);

        var problem = await answer.ProblemAsync(404, "route_not_found");
        Assert.Equal(path, problem.GetProperty("instance").GetString());
    }

    [Fact]
    public async Task Answers_a_wrong_method_with_the_right_ones()
    {
        using var client = hub.Server.CreateClient();
        using var answer = await client.DeleteAsync("/api/v1/me");

        await answer.ProblemAsync(405, "method_not_allowed");
        Assert.Equal(["GET"], answer.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("application/xml", 406)]
    [InlineData("application/json;q=0, text/html", 406)]
    [InlineData("text/html, */*;q=0.1", 200)]
    [InlineData("application/*", 200)]
    public async Task Answers_by_what_the_caller_accepts(string accept, int status)
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/me");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var answer = await admin.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 406)
        {
            await answer.ProblemAsync(406, "not_acceptable");
        }
    }

    [Fact]
    public async Task Refuses_a_body_that_is_not_JSON()
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var answer = await admin.PostAsync("/api/v1/agencies", new StringContent("code=H1", Encoding.UTF8, "text/plain"));

        await answer.ProblemAsync(415, "media_type_unsupported");
    }

    [Theory]
    [InlineData("""{"code": }""", "/code json_invalid")]
    [InlineData("""{"code": 5}""", "/code json_invalid")]
    [InlineData("""{"code": "H1", "nam": "x"}""", "/nam member_unknown")]
    [InlineData("""{"code": "H1",""", " json_invalid")]
    public async Task Points_at_the_place_that_cannot_be_read(string body, string place)
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var answer = await admin.PostAsync("/api/v1/agencies", new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal([place], (await answer.ProblemAsync(400, "request_invalid")).Places());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task Refuses_a_missing_body(string body)
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var answer = await admin.PostAsync("/api/v1/agencies", new StringContent(body, Encoding.UTF8, "application/json"));

        await answer.ProblemAsync(400, "request_malformed");
    }

    [Fact]
    public async Task Names_all_unknown_parameters_and_what_was_meant()
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var answer = await admin.GetAsync("/api/v1/agencies?limt=5&foo=1");

        var problem = await answer.ProblemAsync(400, "parameter_unknown");
        Assert.Equal(["limt parameter_unknown", "foo parameter_unknown"], problem.Places());

        using var runs = await admin.GetAsync("/api/v1/catalog/datasets?limt=5");
        Assert.Contains("limit", await runs.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await runs.ProblemAsync(400, "parameter_unknown");
    }

    [Fact]
    public async Task Reports_all_mistakes_of_a_request_at_once()
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var answer = await admin.PostAsJsonAsync("/api/v1/agreements", new
        {
            recipient = "NOBODY", dataset = "no-such", purpose = " ", from = "2026-01-01", until = "2026-01-01T00:00:00+07:00",
        });

        Assert.Equal(
            ["/recipient agency_unknown", "/dataset dataset_unknown", "/purpose required", "/from time_invalid", "/until time_invalid"],
            (await answer.ProblemAsync(400, "request_invalid")).Places());

        using var client = await admin.PostAsJsonAsync("/api/v1/clients", new
        {
            clientId = "a b", agencyCode = "NOBODY", scopes = new[] { "datahub.read", "all" },
        });
        Assert.Equal(["/clientId client_id_invalid", "/name required", "/scopes/1 scope_unknown", "/agencyCode agency_unknown"],
            (await client.ProblemAsync(400, "request_invalid")).Places());
    }

    [Theory]
    [InlineData(null, "vi")]
    [InlineData("en", "en")]
    [InlineData("en-GB,en;q=0.9,vi;q=0.8", "en")]
    [InlineData("vi;q=0.9,en;q=0.1", "vi")]
    [InlineData("fr", "vi")]
    public async Task Speaks_the_callers_language(string? accepted, string language)
    {
        using var client = hub.Server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/nothing");
        if (accepted is not null)
        {
            request.Headers.AcceptLanguage.ParseAdd(accepted);
        }

        using var answer = await client.SendAsync(request);
        var problem = await answer.ProblemAsync(404, "route_not_found");
        Assert.Equal(language == "en" ? "No such address" : "Không có địa chỉ này", problem.GetProperty("title").GetString());
        Assert.Equal([language], answer.Content.Headers.ContentLanguage);
    }

    [Fact]
    public async Task Refuses_a_body_over_the_limit()
    {
        await using var server = await HubServer.StartAsync(new HubServerOptions { OnPort = true });
        using var admin = await server.AdminClientAsync();
        using var answer = await admin.PostAsync("/api/v1/agencies",
            new StringContent($$"""{"code":"{{new string('A', 3 << 20)}}"}""", Encoding.UTF8, "application/json"));

        await answer.ProblemAsync(413, "body_too_large");
    }

    [Fact]
    public async Task Limits_tries_of_secrets()
    {
        await using var server = await HubServer.StartAsync(new HubServerOptions
        {
            Settings = new Dictionary<string, string> { ["DATAHUB_TOKEN_REQUESTS_PER_MINUTE"] = "2" },
        });
        using var first = await server.AskForTokenAsync("nobody", "wrong");
        using var second = await server.AskForTokenAsync("nobody", "wrong");
        using var third = await server.AskForTokenAsync("nobody", "wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, first.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, second.StatusCode);
        await third.ProblemAsync(429, "too_many_requests");
        Assert.NotNull(third.Headers.RetryAfter);
    }

    [Fact]
    public async Task Says_503_without_details_while_the_database_is_gone()
    {
        await using var server = await HubServer.StartAsync();
        using var admin = await server.AdminClientAsync();
        await server.Database.ExecuteAsync($"ALTER TABLE hub.agencies RENAME TO agencies_away");
        using var broken = await admin.GetAsync("/api/v1/agencies");
        await broken.ProblemAsync(500, "internal_error");

        await using (await server.Database.CloseAsync())
        {
            using var gone = await admin.GetAsync("/api/v1/agencies");
            await gone.ProblemAsync(503, "store_unavailable");
            using var ready = await admin.GetAsync("/health/ready");
            Assert.Contains("store_unavailable", (await ready.JsonAsync(HttpStatusCode.ServiceUnavailable))
                .GetProperty("reasons").EnumerateArray().Select(r => r.GetString()));
            await Eventually.TrueAsync("the listener's end is seen", async () =>
            {
                using var answer = await admin.GetAsync("/health/ready");
                return (await answer.Content.ReadAsStringAsync()).Contains("changes_not_heard", StringComparison.Ordinal);
            });
            using var live = await admin.GetAsync("/health/live");
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        }

        await Eventually.TrueAsync("the hub is ready again", async () =>
        {
            using var answer = await admin.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Is_not_ready_without_its_keys()
    {
        await using var server = await HubServer.StartAsync();
        using var client = server.CreateClient();
        File.Delete(Path.Combine(server.Home, "keys", "signing.pem"));
        using var answer = await client.GetAsync("/health/ready");

        Assert.Contains("keys_missing", (await answer.JsonAsync(HttpStatusCode.ServiceUnavailable)).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serves_nothing_but_its_health_on_a_worker_alone()
    {
        await using var server = await HubServer.StartAsync(new HubServerOptions
        {
            Settings = new Dictionary<string, string> { ["DATAHUB_ROLES"] = "worker" },
        });
        using var client = server.CreateClient();
        foreach (var path in new[] { "/api/v1/me", "/api/v1/catalog/datasets", "/swagger/index.html", "/openapi/v1.json" })
        {
            using var answer = await client.GetAsync(path);
            await answer.ProblemAsync(404, "route_not_found");
        }

        using var token = await server.AskForTokenAsync(HubServer.AdminId, HubServer.AdminSecret);
        await token.ProblemAsync(404, "route_not_found");
        await Eventually.TrueAsync("the worker is ready", async () =>
        {
            using var answer = await client.GetAsync("/health/ready");
            return answer.StatusCode == HttpStatusCode.OK;
        });
    }
}
