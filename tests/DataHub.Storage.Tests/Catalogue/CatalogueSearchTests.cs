using DataHub.Core.Errors;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Connections;
using DataHub.Storage.Tests.Kit;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Storage.Tests.Catalogue;

/// <summary>The catalogue's search below HTTP: its plan among ten thousand datasets, and a database in which it cannot be.</summary>
public sealed class CatalogueSearchTests
{
    private const int Many = 10_000;

    [Theory]
    [InlineData("tra vinh")]
    [InlineData("hồ sơ một cửa")]
    [InlineData("vinh")]
    public async Task Among_ten_thousand_datasets_a_question_is_answered_from_the_index(string question)
    {
        await using var lab = await StoreLab.StartAsync();
        await lab.ExecuteAsync($$"""
            INSERT INTO hub.datasets (name, title, provider, source_id, access, contract_revision_id, created_at)
                SELECT 'nhieu-' || i, 'Bộ dữ liệu ' || md5(i::text), 'H01', 'lab', 'open', 0, now() FROM generate_series(1, {{Many}}) i;
            INSERT INTO hub.contract_revisions (dataset_id, major, minor, patch, document, created_by, created_at)
                SELECT id, 1, 0, 0, jsonb_build_object('name', name, 'customProperties', '[{"property": "hub.provider", "value": "H01"}]'::jsonb, 'schema',
                    jsonb_build_array(jsonb_build_object('businessName', title, 'description', CASE WHEN id % 1000 = 7 THEN 'Hồ sơ một cửa tỉnh Trà Vinh' END,
                        'properties', (SELECT jsonb_agg(jsonb_build_object('name', 'cot_' || md5(c::text))) FROM generate_series(1, 10) c)))), 'test', now()
                FROM hub.datasets;
            UPDATE hub.datasets d SET contract_revision_id = r.id FROM hub.contract_revisions r WHERE r.dataset_id = d.id;
            ANALYZE hub.datasets, hub.dataset_search;
            """);
        var words = question.Split(' ');
        var asked = new CatalogueQuestion(question, words, null, null, null, null, 100);

        var answer = await new CatalogueSearch(lab.Connections).FindAsync(asked, CancellationToken.None);
        Assert.Equal((Many / 1000, (long)Many / 1000), (answer.Hits.Count, answer.Total));

        var plan = await ExplainAsync(lab, asked);
        Assert.Contains("ix_dataset_search_document", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on dataset_search", plan, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_says_which_extensions_are_missing_and_changes_nothing()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        var role = database.Name + "_r";
        await database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'x'; REVOKE CREATE ON DATABASE {database.Name} FROM PUBLIC");
        try
        {
            var login = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "x", Pooling = false };

            var refusal = await Assert.ThrowsAsync<HubErrorException>(
                () => StoreMigration.RunAsync(new StorageOptions { Database = login.ConnectionString }, CancellationToken.None));

            Assert.Equal("database_extension_missing", refusal.Error.Code);
            Assert.Contains("unaccent, pg_trgm", refusal.Error.Detail("vi"), StringComparison.Ordinal);
            Assert.Contains("CREATE EXTENSION unaccent; CREATE EXTENSION pg_trgm;", refusal.Error.Hint("en"), StringComparison.Ordinal);
            Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM pg_namespace WHERE nspname = 'hub'"));
        }
        finally
        {
            await database.ExecuteAsync($"DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task Extensions_in_another_schema_are_used_there()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("CREATE SCHEMA \"tiện ích\"; CREATE EXTENSION unaccent SCHEMA \"tiện ích\"; CREATE EXTENSION pg_trgm SCHEMA \"tiện ích\"");

        await StoreMigration.RunAsync(new StorageOptions { Database = database.ConnectionString + ";Pooling=false" },
            CancellationToken.None);

        Assert.Equal("ho so dat", await database.ScalarAsync<string>("SELECT hub.fold(' Hồ  SƠ đất ')"));
        await using var connections = new StoreConnections(new StorageOptions { Database = database.ConnectionString });
        var nothing = await new CatalogueSearch(connections).FindAsync(new CatalogueQuestion("a", ["a"], null, null, null, null, 1),
            CancellationToken.None);
        Assert.Equal(0, nothing.Total);
    }

    private static async Task<string> ExplainAsync(StoreLab lab, CatalogueQuestion question)
    {
        await using var connection = await lab.Connections.Control.OpenConnectionAsync();
        await using var explain = new NpgsqlCommand("EXPLAIN (COSTS OFF) " + CatalogueSql.Search(question.Words.Count), connection);
        foreach (NpgsqlParameter parameter in CatalogueSearch.Command(question).Parameters)
        {
            explain.Parameters.Add(parameter.Clone());
        }

        await using var reader = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }
}
