using System.Net;
using System.Text;
using DataHub.Gateway.Tests.BadInput;

namespace DataHub.Gateway.Tests.Files;

/// <summary>Whole versions as files: names, headers, access, versions old and new, refusals.</summary>
public sealed class FileTests(SectorHub hub) : IClassFixture<SectorHub>
{
    [Fact]
    public async Task A_file_says_what_it_is_and_who_may_keep_it()
    {
        await PublishAsync("file-open", "open");
        using var reader = hub.Server.CreateClient();
        using var latest = await reader.GetAsync(HubCalls.Api + "datasets/file-open/versions/latest/files/csv");
        using var one = await reader.GetAsync(HubCalls.Api + "datasets/file-open/versions/v1.0.0/files/ndjson");
        Assert.Equal("attachment; filename=file-open-v1.0.0.csv; filename*=UTF-8''file-open-v1.0.0.csv", latest.Content.Headers.ContentDisposition?.ToString());
        Assert.Equal("text/csv; charset=utf-8; header=present", latest.Content.Headers.ContentType?.ToString());
        Assert.Equal("application/x-ndjson", one.Content.Headers.ContentType?.ToString());
        Assert.Equal("/api/v1/datasets/file-open/versions/1/files/csv", latest.Content.Headers.ContentLocation?.OriginalString);
        Assert.True(latest.Headers.CacheControl?.NoCache);
        Assert.Equal("public, max-age=86400", one.Headers.CacheControl?.ToString());
        foreach (var answer in new[] { latest, one })
        {
            Assert.Equal("none", answer.Headers.AcceptRanges.Single());
            Assert.Equal(["v1.0.0"], answer.Headers.GetValues("Dataset-Version"));
            Assert.Equal(["1"], answer.Headers.GetValues("Dataset-Seq"));
            Assert.NotNull(answer.Headers.ETag);
        }

        Assert.Equal("id,name,secret\r\n1,A,s1\r\n2,B,s2\r\n3,C,s3\r\n", await latest.Content.ReadAsStringAsync());
        Assert.Equal("{\"id\":1,\"name\":\"A\",\"secret\":\"s1\"}\n{\"id\":2,\"name\":\"B\",\"secret\":\"s2\"}\n{\"id\":3,\"name\":\"C\",\"secret\":\"s3\"}\n",
            await one.Content.ReadAsStringAsync());
        using var changed = new HttpRequestMessage(HttpMethod.Get, HubCalls.Api + "datasets/file-open/versions/latest/files/csv");
        changed.Headers.TryAddWithoutValidation("If-None-Match", latest.Headers.ETag!.Tag);
        await hub.Sector.ExecuteAsync("DELETE FROM file_open WHERE id = 2; UPDATE file_open SET name = 'Ờ' WHERE id = 3; INSERT INTO file_open VALUES (4, NULL, '')");
        await hub.Admin.PullAsync("file-open");
        using var fresh = await reader.SendAsync(changed);
        Assert.Equal("id,name,secret\r\n1,A,s1\r\n3,Ờ,s3\r\n4,,\"\"\r\n", await fresh.Content.ReadAsStringAsync());
        Assert.Equal("id,name,secret\r\n1,A,s1\r\n2,B,s2\r\n3,C,s3\r\n", await reader.GetStringAsync(HubCalls.Api + "datasets/file-open/versions/1/files/csv"));
    }

    [Fact]
    public async Task A_file_has_the_granted_columns_alone_by_the_rules_of_records()
    {
        await PublishAsync("file-shared", "shared", " personal");
        const string Path = "datasets/file-shared/versions/1/files/";
        using var open = hub.Server.CreateClient();
        await Refusal.OfGetAsync(open, Path + "csv", HttpStatusCode.Unauthorized, "token_missing");
        using var stranger = await hub.Server.CallerAsync("F01");
        await Refusal.OfGetAsync(stranger, Path + "csv", HttpStatusCode.Forbidden, "agreement_required");
        await Refusal.OfGetAsync(hub.Admin, Path + "csv", HttpStatusCode.Forbidden, "agreement_required");
        using var plain = await hub.Server.RecipientAsync("F02", "file-shared", "thong ke", "name");
        using var file = await plain.GetAsync(HubCalls.Api + Path + "csv");
        Assert.Equal("name\r\nA\r\nB\r\nC\r\n", await file.Content.ReadAsStringAsync());
        Assert.True(file.Headers.CacheControl is { Private: true, NoCache: true });

        using var trusted = await hub.Server.RecipientAsync("F03", "file-shared", "xac minh", "id", "secret");
        await Refusal.OfGetAsync(trusted, Path + "csv", HttpStatusCode.Forbidden, "purpose_required");
        trusted.DefaultRequestHeaders.Add("Data-Purpose", "xac minh");
        using var personal = await trusted.GetAsync(HubCalls.Api + Path + "ndjson");
        Assert.StartsWith("{\"id\":1,\"secret\":\"s1\"}\n", await personal.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(personal.Headers.CacheControl?.NoStore);
        Assert.Null(personal.Headers.ETag);
    }

    [Fact]
    public async Task What_is_no_file_is_refused_with_what_is()
    {
        await PublishAsync("file-refused", "open");
        using var reader = hub.Server.CreateClient();
        const string Path = "datasets/file-refused/versions/";
        foreach (var name in new[] { "parquet", "xlsx", "json", "cvs", "CSV", "csv%20" })
        {
            var refusal = await Refusal.OfGetAsync(reader, $"{Path}1/files/{name}", HttpStatusCode.NotFound, "file_format_unavailable");
            Assert.Equal(["csv", "ndjson"], refusal.En.GetProperty("errors")[0].GetProperty("allowed").EnumerateArray().Select(a => a.GetString()));
        }

        await Refusal.OfGetAsync(reader, Path + "9/files/csv", HttpStatusCode.NotFound, "version_not_found");
        await Refusal.OfGetAsync(reader, Path + "x/files/csv", HttpStatusCode.BadRequest, "version_malformed");
        await Refusal.OfGetAsync(reader, "datasets/nowhere/versions/1/files/csv", HttpStatusCode.NotFound, "dataset_not_found");
        await Refusal.OfGetAsync(reader, Path + "1/files/csv?limit=5", HttpStatusCode.BadRequest, "parameter_unknown");
        Assert.Equal(["bom bom_needs_csv"], (await Refusal.OfGetAsync(reader, Path + "1/files/ndjson?bom=true", HttpStatusCode.BadRequest, "request_invalid")).Errors);
        Assert.Equal(["bom flag_invalid"], (await Refusal.OfGetAsync(reader, Path + "1/files/csv?bom=1", HttpStatusCode.BadRequest, "request_invalid")).Errors);
    }

    [Fact]
    public async Task No_column_can_be_taken_for_the_end_of_an_answer()
    {
        await hub.Server.AddAgencyAsync("000.00.12.H61");
        var contract = TestContracts.Yaml("end-column", "sector", "table=public.nothing", "open", "id int32 key", "_End text");
        using var answer = await hub.Admin.PostAsync(HubCalls.Api + "datasets", HubCalls.Yaml(contract));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("column_name_invalid", text, StringComparison.Ordinal);
    }

    private async Task PublishAsync(string dataset, string access, string secret = "")
    {
        var table = dataset.Replace('-', '_');
        await hub.Sector.ExecuteAsync($"CREATE TABLE {table} (id int PRIMARY KEY, name text, secret text); INSERT INTO {table} VALUES (1, 'A', 's1'), (2, 'B', 's2'), (3, 'C', 's3')");
        await hub.Server.AddAgencyAsync("000.00.12.H61");
        await hub.Admin.AddDatasetAsync(TestContracts.Yaml(dataset, "sector", "table=public." + table, access, "id int32 key", "name text", "secret text" + secret));
        var run = await hub.Admin.PullAsync(dataset);
        Assert.True(run.State() == "published", run.GetRawText());
    }
}
