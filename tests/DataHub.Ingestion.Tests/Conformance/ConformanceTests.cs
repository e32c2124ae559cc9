using Xunit;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>What all classes of the suite begin with: one kit a class, and a reason where the kind cannot be tested on this machine.</summary>
public abstract class ConformanceTests<TKit>(TKit kit) : IClassFixture<TKit>, IAsyncLifetime
    where TKit : ConformanceKit
{
    protected TKit Kit { get; } = kit;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(Kit.Missing is not null, Kit.Missing ?? "");
        await PrepareAsync();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Puts what the tests of the class read.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;
}
