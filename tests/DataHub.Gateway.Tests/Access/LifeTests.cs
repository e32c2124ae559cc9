using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Access;

/// <summary>Agencies, clients and agreements from their making to their end, felt at once on every node.</summary>
public sealed class LifeTests(SharedHub hub) : IClassFixture<SharedHub>
{
    private static readonly object Reason = new { reason = "hết nhu cầu" };

    [Fact]
    public async Task Makes_lists_and_ends_an_agency()
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var made = await admin.PostAsJsonAsync("/api/v1/agencies", new { code = "000.00.01.H31", name = "Sở Tư pháp" });
        var agency = await made.JsonAsync(HttpStatusCode.Created);
        Assert.Equal("/api/v1/agencies/000.00.01.H31", made.Headers.Location?.OriginalString);
        Assert.Matches(new Regex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"), agency.GetProperty("createdAt").GetString());
        Assert.Equal(JsonValueKind.Null, agency.GetProperty("endedAt").ValueKind);
        Assert.Equal("Sở Tư pháp", (await GetAsync(admin, made.Headers.Location!.OriginalString)).GetProperty("name").GetString());

        using var again = await admin.PostAsJsonAsync("/api/v1/agencies", new { code = "000.00.01.H31", name = "x" });
        await again.ProblemAsync(409, "entry_exists");
        using var ended = await admin.PostAsJsonAsync("/api/v1/agencies/000.00.01.H31/end", Reason);
        Assert.Equal(JsonValueKind.String, (await ended.JsonAsync()).GetProperty("endedAt").ValueKind);
        using var twice = await admin.PostAsJsonAsync("/api/v1/agencies/000.00.01.H31/end", Reason);
        await twice.ProblemAsync(409, "entry_ended");
        using var unknown = await admin.GetAsync("/api/v1/agencies/H99");
        await unknown.ProblemAsync(404, "entry_not_found");

        var codes = (await GetAsync(admin, "/api/v1/agencies")).GetProperty("value").EnumerateArray()
            .Select(a => a.GetProperty("code").GetString()).ToList();
        Assert.Contains("000.00.01.H31", codes);
        Assert.Equal(codes.Order(StringComparer.Ordinal), codes);
    }

    [Fact]
    public async Task Shows_a_secret_once_and_never_again()
    {
        var (id, secret) = await hub.Server.ClientOfAsync("H32");
        using var admin = await hub.Server.AdminClientAsync();

        foreach (var path in new[] { "/api/v1/clients", "/api/v1/clients/" + id })
        {
            var text = await admin.GetStringAsync(path);
            Assert.Contains(id, text, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", text, StringComparison.OrdinalIgnoreCase);
        }

        var stored = await hub.Server.Database.ScalarAsync<string>(
            $"SELECT string_agg(a::text, ' ') || (SELECT string_agg(l::text, ' ') FROM hub.ledger l) FROM auth.applications a");
        Assert.Contains(id, stored, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replaces_a_secret_at_once()
    {
        var (id, secret) = await hub.Server.ClientOfAsync("H33");
        using var admin = await hub.Server.AdminClientAsync();
        using var rotated = await admin.PostAsync($"/api/v1/clients/{id}/secret", null);
        var newer = (await rotated.JsonAsync()).GetProperty("secret").GetString()!;

        using var old = await hub.Server.AskForTokenAsync(id, secret);
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
        using var good = await hub.Server.AskForTokenAsync(id, newer);
        Assert.Equal(HttpStatusCode.OK, good.StatusCode);
    }

    [Fact]
    public async Task Ends_a_client_on_every_node()
    {
        await using var second = await hub.Server.StartSecondAsync();
        var (id, secret) = await hub.Server.ClientOfAsync("H34");
        var token = await hub.Server.TokenAsync(id, secret);
        using var admin = await hub.Server.AdminClientAsync();
        using var here = hub.Server.CreateClient(token);
        using var there = second.CreateClient(token);
        await Eventually.TrueAsync("the second node knows the client", async () => await StatusAsync(there) == HttpStatusCode.OK);

        using var ended = await admin.PostAsJsonAsync($"/api/v1/clients/{id}/end", Reason);
        await ended.JsonAsync();

        using var refused = await here.GetAsync("/api/v1/me");
        await refused.ProblemAsync(401, "token_client_ended");
        await Eventually.TrueAsync("the second node refuses it too", async () => await StatusAsync(there) == HttpStatusCode.Unauthorized);
        using var asking = await hub.Server.AskForTokenAsync(id, secret);
        Assert.Equal(HttpStatusCode.Unauthorized, asking.StatusCode);
        using var rotating = await admin.PostAsync($"/api/v1/clients/{id}/secret", null);
        await rotating.ProblemAsync(409, "entry_ended");
    }

    [Fact]
    public async Task Ends_all_access_of_an_ended_agency()
    {
        var (id, secret) = await hub.Server.ClientOfAsync("H35");
        using var reader = await hub.Server.CallerAsync("H35");
        using var admin = await hub.Server.AdminClientAsync();
        using var ended = await admin.PostAsJsonAsync("/api/v1/agencies/H35/end", Reason);
        await ended.JsonAsync();

        using var refused = await reader.GetAsync("/api/v1/me");
        await refused.ProblemAsync(401, "token_client_ended");
        using var asking = await hub.Server.AskForTokenAsync(id, secret);
        Assert.Equal("invalid_client", JsonDocument.Parse(await asking.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString());
        using var another = await admin.PostAsJsonAsync("/api/v1/clients", new { agencyCode = "H35", name = "x" });
        Assert.Equal(["/agencyCode agency_unknown"], (await another.ProblemAsync(400, "request_invalid")).Places());
    }

    [Fact]
    public async Task Takes_a_scope_away_from_living_tokens()
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var made = await admin.PostAsJsonAsync("/api/v1/clients",
            new { clientId = "second-admin", name = "Quản trị 2", scopes = new[] { "datahub.admin", "datahub.read" } });
        var secret = (await made.JsonAsync(HttpStatusCode.Created)).GetProperty("secret").GetString()!;
        Assert.Equal("/api/v1/clients/second-admin", made.Headers.Location?.OriginalString);
        using var other = hub.Server.CreateClient(await hub.Server.TokenAsync("second-admin", secret));
        Assert.Equal(2, (await GetAsync(other, "/api/v1/me")).GetProperty("scopes").GetArrayLength());

        await hub.Server.Database.ExecuteAsync("UPDATE hub.clients SET scopes = '{datahub.read}' WHERE client_id = 'second-admin'");

        await Eventually.TrueAsync("the scope is gone", async () =>
            (await GetAsync(other, "/api/v1/me")).GetProperty("scopes").GetArrayLength() == 1);
        using var refused = await other.GetAsync("/api/v1/agencies");
        await refused.ProblemAsync(403, "scope_missing");
    }

    [Fact]
    public async Task Makes_shows_and_ends_an_agreement()
    {
        await SmallDataset.AddAsync(hub.Server, "dossiers-life");
        using var reader = await hub.Server.RecipientAsync("H36", "dossiers-life", "thống kê", "ten", "ma");
        using var admin = await hub.Server.AdminClientAsync();

        var own = (await GetAsync(reader, "/api/v1/me")).GetProperty("agreements")[0];
        Assert.Equal("""["ma","ten"]""", own.GetProperty("columns").GetRawText());
        Assert.Equal("""["ten"]""", own.GetProperty("personalColumns").GetRawText());
        var id = own.GetProperty("id").GetInt64();
        var listed = (await GetAsync(admin, "/api/v1/agreements")).GetProperty("value").EnumerateArray().Single(a => a.GetProperty("id").GetInt64() == id);
        Assert.Equal(("H36", "dossiers-life"), (listed.GetProperty("recipient").GetString(), listed.GetProperty("dataset").GetString()));
        Assert.EndsWith("Z", (await GetAsync(admin, $"/api/v1/agreements/{id}")).GetProperty("until").GetString());

        using var ended = await admin.PostAsJsonAsync($"/api/v1/agreements/{id}/end", Reason);
        Assert.Equal("hết nhu cầu", (await ended.JsonAsync()).GetProperty("endReason").GetString());
        Assert.Equal(0, (await GetAsync(reader, "/api/v1/me")).GetProperty("agreements").GetArrayLength());
        using var refused = await reader.GetAsync("/api/v1/datasets/dossiers-life/versions");
        await refused.ProblemAsync(403, "agreement_required");
    }

    [Fact]
    public async Task Grants_no_personal_column_that_was_not_named()
    {
        await SmallDataset.AddAsync(hub.Server, "dossiers-plain");
        using var reader = await hub.Server.RecipientAsync("H37", "dossiers-plain", "thống kê");

        Assert.Equal("""["ma","xa"]""",
            (await GetAsync(reader, "/api/v1/me")).GetProperty("agreements")[0].GetProperty("columns").GetRawText());
    }

    [Fact]
    public async Task Refuses_an_agreement_that_cannot_be_meant()
    {
        await SmallDataset.AddAsync(hub.Server, "dossiers-wrong");
        using var reader = await hub.Server.RecipientAsync("H38", "dossiers-wrong", "thống kê");
        using var admin = await hub.Server.AdminClientAsync();
        var (from, until) = (DateTime.UtcNow, DateTime.UtcNow.AddDays(1));

        using var overlapping = await admin.PostAsJsonAsync("/api/v1/agreements",
            new { recipient = "H38", dataset = "dossiers-wrong", purpose = "thống kê", from, until });
        Assert.Equal(["/purpose agreement_overlaps"], (await overlapping.ProblemAsync(400, "request_invalid")).Places());

        using var columns = await admin.PostAsJsonAsync("/api/v1/agreements",
            new { recipient = "H38", dataset = "dossiers-wrong", purpose = "khác", columns = new[] { "tenn", "ma" }, from = until, until = from });
        var problem = await columns.ProblemAsync(400, "request_invalid");
        Assert.Equal(["/columns/0 column_unknown", "/until until_before_from"], problem.Places());
        Assert.Contains("\"ten\"", problem.GetProperty("errors")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        return await answer.JsonAsync();
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var answer = await client.GetAsync("/api/v1/me");
        return answer.StatusCode;
    }
}
