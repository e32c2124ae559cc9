using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.MySql;
using DataHub.TestKit;
using Xunit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>One database on the test run's MariaDB for a test class, read by its read-only account.</summary>
public sealed class MariaSource : IAsyncLifetime
{
    private MariaDatabase? database;

    internal ISourceAdapter Adapter { get; } = new MySqlSourceAdapter(new SourceNetworkPolicy());

    public MariaDatabase Database => database ?? throw new InvalidOperationException(MariaDatabase.Missing);

    public SourceSettings Settings => With();

    public SourceSettings With(params (string Name, string Value)[] changes)
    {
        var settings = Database.Settings;
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return new SourceSettings("kho", "mysql", settings, Database.Reader, MariaDatabase.Password);
    }

    /// <summary>The server's administrator over the socket, who may do everything.</summary>
    public SourceSettings Root(string? other = null) => new("kho", "mysql", new Dictionary<string, string>
    {
        ["host"] = MariaDatabase.Socket, ["database"] = other ?? Database.Name,
    }, "root", null);

    public Task Do(string sql) => Database.ExecuteAsync(sql);

    public async ValueTask InitializeAsync() => database = MariaDatabase.Available ? await MariaDatabase.CreateAsync() : null;

    public async ValueTask DisposeAsync()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }
}

/// <summary>Skips with its reason where the run has no MariaDB.</summary>
public abstract class MariaTests(MariaSource maria) : IClassFixture<MariaSource>, IAsyncLifetime
{
    protected MariaSource Maria { get; } = maria;

    public virtual ValueTask InitializeAsync()
    {
        Assert.SkipUnless(MariaDatabase.Available, MariaDatabase.Missing);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
