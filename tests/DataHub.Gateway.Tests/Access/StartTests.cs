using System.Net;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Access;

public sealed class StartTests
{
    [Fact]
    public async Task Answers_the_administrator_on_both_nodes()
    {
        await using var hub = await HubServer.StartAsync();
        await using var second = await hub.StartSecondAsync();
        using var here = await hub.AdminClientAsync();
        using var there = second.CreateClient(await hub.TokenAsync(HubServer.AdminId, HubServer.AdminSecret));

        Assert.Equal(HttpStatusCode.OK, (await here.GetAsync("/api/v1/me")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await there.GetAsync("/api/v1/me")).StatusCode);
        using var recipient = await hub.CallerAsync("H01");
        Assert.Contains("H01", await recipient.GetStringAsync("/api/v1/me"), StringComparison.Ordinal);
    }
}
