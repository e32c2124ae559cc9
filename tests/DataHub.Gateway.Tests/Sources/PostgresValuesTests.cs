using System.Net;
using System.Text.Json;
using DataHub.Gateway.Tests.BadInput;
using Xunit;

namespace DataHub.Gateway.Tests.Sources;

/// <summary>Values that only PostgreSQL has, from a sector's table to the reader: as they are, or in quarantine with their own text.</summary>
public sealed class PostgresValuesTests(SectorHub hub) : IClassFixture<SectorHub>
{
    [Fact]
    public async Task A_value_that_no_type_has_is_quarantined_with_its_text_and_the_others_are_published()
    {
        await hub.Sector.ExecuteAsync("""
            CREATE TYPE noi AS (tinh text, so int);
            CREATE TABLE la (
              id int PRIMARY KEY, ngay date, luc timestamp, gio time, so numeric, thuc float8, mang text[], noi noi, chu char(3));
            INSERT INTO la VALUES
              (1, '0001-01-01', '9999-12-31 06:59:59.999999', '23:59:59.999999', 1234567890123456789012.345678, 0.1,
               '{a,NULL,"b\"c"}', ROW('Huế', 1), 'x'),
              (2, '0044-03-15 BC', NULL, NULL, NULL, NULL, NULL, NULL, NULL), (3, 'infinity', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
              (4, NULL, '-infinity', NULL, NULL, NULL, NULL, NULL, NULL), (5, NULL, '12000-01-01', NULL, NULL, NULL, NULL, NULL, NULL),
              (6, NULL, NULL, '24:00', NULL, NULL, NULL, NULL, NULL), (7, NULL, NULL, NULL, 'NaN', NULL, NULL, NULL, NULL),
              (8, NULL, NULL, NULL, 12345678901234567890123456789, NULL, NULL, NULL, NULL),
              (9, NULL, NULL, NULL, NULL, 'NaN', NULL, NULL, NULL), (10, NULL, NULL, NULL, NULL, '-Infinity', NULL, NULL, NULL),
              (11, '10000-01-01', NULL, NULL, NULL, NULL, NULL, NULL, NULL), (12, NULL, NULL, NULL, 0.0000001, NULL, NULL, NULL, NULL)
            """);
        var contract = TestContracts.Yaml("la", "sector", "table=public.la", "open",
            "id int32 key", "ngay date", "luc timestamp", "gio time", "so decimal(28,6)", "thuc float64", "mang text", "noi text", "chu text");
        await hub.Admin.AddDatasetAsync(contract
            .Replace("{property: hub.type, value: 'timestamp'}",
                "{property: hub.type, value: 'timestamp'}, {property: hub.timeZone, value: Asia/Ho_Chi_Minh}", StringComparison.Ordinal)
            .Replace("name: gio, logicalType: string", "name: gio, logicalType: time", StringComparison.Ordinal)
            .Replace("name: thuc, logicalType: string", "name: thuc, logicalType: number", StringComparison.Ordinal));

        var run = await hub.Admin.PullAsync("la");

        // Eleven of twelve are more than the brake lets pass unseen.
        Assert.Equal(("held", 12, 11), (run.State(), run.GetProperty("read").GetInt32(), run.GetProperty("rejected").GetInt32()));
        var id = run.GetProperty("id").GetInt64();
        await HubCalls.ReadAsync(await hub.Admin.PostAsync($"{HubCalls.Api}runs/{id}/approve", null), HttpStatusCode.OK);
        var record = JsonDocument.Parse(Assert.Single(await hub.Admin.WalkAsync("la", "latest"))).RootElement;
        Assert.Equal(
            ["1", "0001-01-01", "9999-12-30T23:59:59.999999Z", "23:59:59.999999", "1234567890123456789012.345678", "0.1", """["a",null,"b\"c"]""",
                """{"tinh":"Huế","so":1}""", "x  "],
            record.EnumerateObject().Select(p => p.Value.ToString()));
        var rejected = await HubCalls.ReadAsync(await hub.Admin.GetAsync($"{HubCalls.Api}runs/{id}/quarantine?limit=100"), HttpStatusCode.OK);
        Assert.Equal(
            [
                "2 ngay number_too_large 0044-03-15 BC", "3 ngay not_finite infinity", "4 luc not_finite -infinity",
                "5 luc number_too_large 12000-01-01 00:00:00", "6 gio number_too_large 24:00:00", "7 so not_finite NaN",
                "8 so number_too_large 12345678901234567890123456789", "9 thuc not_finite NaN", "10 thuc not_finite -Infinity",
                "11 ngay number_too_large 10000-01-01", "12 so scale_exceeded 0.0000001",
            ],
            rejected.GetProperty("value").EnumerateArray().Select(Describe));
    }

    [Fact]
    public async Task A_type_without_an_exact_form_is_named_in_the_listing_the_proposal_the_check_and_the_run()
    {
        await hub.Sector.ExecuteAsync("CREATE TABLE gia (id int PRIMARY KEY, tien money, tim tsvector); INSERT INTO gia VALUES (1, '5', 'a')");
        var tables = await HubCalls.ReadAsync(await hub.Admin.GetAsync(HubCalls.Api + "sources/sector/tables"), HttpStatusCode.OK);
        var table = tables.GetProperty("value").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "public.gia");
        var proposal = await hub.Admin.GetStringAsync(
            $"{HubCalls.Api}sources/sector/tables/{table.GetProperty("id").GetString()}/contract?provider=000.00.12.H61&dataset=gia");

        Assert.Contains("Left out tien (money)", proposal, StringComparison.Ordinal);
        Assert.Contains("Bỏ cột tim (tsvector)", proposal, StringComparison.Ordinal);
        var contract = TestContracts.Yaml("gia", "sector", "table=public.gia", "open", "id int32 key", "tien text", "tim text");
        var check = await hub.Admin.PostAsync(HubCalls.Api + "datasets/check", HubCalls.Yaml(contract));
        var problem = await HubCalls.ReadAsync(check, HttpStatusCode.UnprocessableEntity);
        Assert.Equal("source_type_unsupported", problem.GetProperty("code").GetString());
        await hub.Admin.AddDatasetAsync(contract);
        var refusal = await Refusal.OfRunAsync(hub.Admin, await hub.Admin.StartAsync("gia"), "source_type_unsupported");
        Assert.Contains("tien (money), tim (tsvector)", refusal.Detail, StringComparison.Ordinal);
    }

    private static string Describe(JsonElement entry)
    {
        var violation = entry.GetProperty("violations")[0];
        var column = violation.GetProperty("column").GetString()!;
        return $"{entry.GetProperty("key").GetString()} {column} {violation.GetProperty("code").GetString()} "
            + entry.GetProperty("record").GetProperty(column).GetString();
    }
}
