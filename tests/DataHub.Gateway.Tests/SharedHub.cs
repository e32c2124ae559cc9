using DataHub.TestKit;

namespace DataHub.Gateway.Tests;

/// <summary>One hub for all tests of a class.</summary>
public sealed class SharedHub : IAsyncLifetime
{
    public HubServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await HubServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
