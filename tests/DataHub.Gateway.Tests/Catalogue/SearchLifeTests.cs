using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Catalogue;

/// <summary>How search follows registrations, revisions and agencies, and what ten thousand datasets cost.</summary>
public sealed class SearchLifeTests
{
    private const int Many = 10_000;

    [Fact]
    public async Task A_revision_and_an_agency_are_found_at_once()
    {
        await using var hub = new CatalogueHub();
        await hub.InitializeAsync();
        using var admin = await hub.Server.AdminClientAsync();
        using (var contract = await admin.GetAsync("/api/v1/datasets/lao-dong/contract"))
        {
            var revised = (await contract.Content.ReadAsStringAsync()).Replace("1.0.0", "1.0.1", StringComparison.Ordinal)
                .Replace("Người lao động", "Thanh niên xung phong", StringComparison.Ordinal);
            using var put = await admin.PutAsync("/api/v1/datasets/lao-dong/contract", HubCalls.Yaml(revised));
            await put.JsonAsync();
        }

        Assert.Equal(["lao-dong"], await hub.FindAsync("thanh niên xung phong"));
        Assert.Empty(await hub.FindAsync("nguoi lao dong"));
        Assert.Empty(await hub.FindAsync("Kho bạc"));
        using (var agency = await admin.PostAsJsonAsync("/api/v1/agencies", new { code = "H86.01", name = "Kho bạc Nhà nước" }))
        {
            await agency.JsonAsync(HttpStatusCode.Created);
        }

        Assert.Equal(["lao-dong", "vinh-long"], await hub.FindAsync("kho bac"));
    }

    [Fact]
    public async Task Ten_thousand_datasets_take_one_round_trip_as_five_do()
    {
        await using var hub = new CatalogueHub();
        await hub.InitializeAsync();
        await hub.Server.Database.ExecuteAsync($"""
            INSERT INTO hub.datasets (name, title, provider, source_id, theme, access, contract_revision_id, created_at)
                SELECT 'nhieu-' || i, 'Bộ dữ liệu ' || md5(i::text), 'H' || i % 50, 'tep', 'chu-de-' || i % 20, 'open', 0, now() FROM generate_series(1, {Many}) i;
            INSERT INTO hub.contract_revisions (dataset_id, major, minor, patch, document, created_by, created_at)
                SELECT d.id, 1, 0, 0, jsonb_set(r.document, '{"{"}schema,0,businessName{"}"}', to_jsonb(d.title)), 'test', now() FROM hub.datasets d,
                (SELECT document FROM hub.contract_revisions r JOIN hub.datasets l ON l.id = r.dataset_id WHERE l.name = 'vinh-long') r WHERE d.name LIKE 'nhieu-%';
            UPDATE hub.datasets d SET contract_revision_id = r.id FROM hub.contract_revisions r WHERE r.dataset_id = d.id;
            ANALYZE hub.datasets, hub.dataset_search;
            """);
        var name = hub.Server.Database.Name;
        var statements = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql", Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => Keep(activity, name, statements),
        };
        ActivitySource.AddActivityListener(listener);

        var page = await hub.ReadAsync("?limit=1000");
        Assert.Equal((1_000, Many + 5), (page.GetProperty("value").GetArrayLength(), page.GetProperty("total").GetInt32()));
        Assert.Single(Seen(statements));
        var found = await hub.ReadAsync("?q=tra+vinh&limit=1000");
        Assert.Equal(["don-vi", "ho-so-mot-cua", "doanh-nghiep"], CatalogueHub.Names(found));
        Assert.Equal(2, Seen(statements).Count);
    }

    // A batch of statements, which is one round trip, is one activity.
    private static void Keep(Activity activity, string database, List<string> statements)
    {
        if (activity.Tags.Any(t => t.Value == database) || activity.TagObjects.Any(t => t.Value as string == database))
        {
            lock (statements)
            {
                statements.Add($"{activity.OperationName} {string.Join(' ', activity.TagObjects.Select(t => t.Value))}");
            }
        }
    }

    private static List<string> Seen(List<string> statements)
    {
        lock (statements)
        {
            return [.. statements.Where(s => s.Contains("dataset_search", StringComparison.Ordinal)
                || s.Contains("hub.datasets", StringComparison.Ordinal))];
        }
    }
}
