using System.Text;

namespace DataHub.Gateway.Tests.BadInput;

/// <summary>Texts that PostgreSQL cannot hold, in every kind of body.</summary>
public sealed class UnstorableTextTests(SharedHub hub) : IClassFixture<SharedHub>
{
    [Theory]
    [InlineData("agencies", """{"code":"H08.12\u0000","name":"S\u0000"}""", "/code character_not_allowed", "/name character_not_allowed")]
    [InlineData("agencies", """{"code":"H08.12","name":"S","nameEn":"\ud83d"}""", "/nameEn json_invalid")]
    [InlineData("clients", """{"agencyCode":"H08.12","name":"\u0000"}""", "/name character_not_allowed")]
    [InlineData("agreements", """{"recipient":"H08.12","dataset":"d","purpose":"p","columns":["ma","t\u0000n"]}""", "/columns/1 character_not_allowed")]
    [InlineData("sources", """{"id":"s","kind":"csv","settings":{"a/b":"\u0000","c\u0000":""}}""", "/settings/a~1b character_not_allowed", "/settings/c\0 character_not_allowed")]
    [InlineData("datasets/d/runs", """{"mode":"full\u0000"}""", "/mode character_not_allowed")]
    [InlineData("datasets/d/runs", """{"mode":"full\udc00"}""", "/mode json_invalid")]
    public async Task Is_refused_by_its_pointer(string path, string body, params string[] places)
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var answer = await admin.PostAsync(HubCalls.Api + path, new StringContent(body, Encoding.UTF8, "application/json"));

        var problem = await answer.ProblemAsync(400, "request_invalid");
        Assert.Equal(places, problem.Places());
    }

    [Theory]
    [InlineData("""{"apiVersion":"v3.1.0","name":"a\u0000"}""", "/name contract_encoding_invalid")]
    [InlineData("apiVersion: v3.1.0\nname: \"a\\0\"", "/name contract_encoding_invalid")]
    public async Task Is_refused_in_a_contract(string contract, string place)
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var answer = await admin.PostAsync(HubCalls.Api + "datasets", HubCalls.Yaml(contract));

        Assert.Contains(place, (await answer.ProblemAsync(400, "contract_invalid")).Places());
    }

    [Fact]
    public async Task Is_refused_where_an_address_holds_it()
    {
        using var admin = await hub.Server.AdminClientAsync();
        using var answer = await admin.GetAsync(HubCalls.Api + "runs?dataset=d%00");

        await answer.ProblemAsync(400, "request_invalid");
    }
}
