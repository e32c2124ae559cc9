using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using DataHub.Demo.Generation;
using DataHub.Demo.Sectors;

namespace DataHub.Demo.Hub;

/// <summary>
/// The whole demo: 1 sectors, 2 registration, 3 first pull, 4 the sectors change, 5 second pull, 6 a recipient reads.
/// It may be repeated on the same hub: what is registered is kept, credentials are replaced.
/// </summary>
internal sealed class DemoFlow(HubApi hub, SectorDatabases sectors, string files, TextWriter output)
{
    private const string Recipient = "demo-so-tttt";
    private const string Purpose = "theo-doi-giai-quyet-tthc";
    private static readonly TimeSpan RunDeadline = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(250);
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] GrantedColumns =
    [
        "dossier_id", "dossier_code", "applicant_name", "procedure_code", "procedure_name", "agency_code", "status",
        "received_at", "due_date", "finished_at", "is_online",
    ];

    private readonly HashSet<string> fresh = [];
    private int failures;

    /// <summary>True when everything expected was seen.</summary>
    internal async Task<bool> RunAsync(string clientId, string secret, CancellationToken cancellation)
    {
        // 1 Sectors
        Say("Tạo các hệ thống ngành mẫu", "Making the sample sectors");
        SectorFiles.Make(files);
        await sectors.MakeAsync(cancellation);

        // 2 Registration
        Say("Đăng ký cơ quan, nguồn và bộ dữ liệu", "Registering agencies, sources and datasets");
        await hub.SignInAsync(clientId, secret, "datahub.admin datahub.read", cancellation);
        await RegisterAsync(cancellation);

        // 3 First pull
        Say("Lấy dữ liệu lần 1", "First pull");
        await PullAllAsync(dataset => dataset.First, quarantine: true, cancellation);

        // 4 The sectors change
        Say("Các ngành thay đổi dữ liệu", "The sectors change");
        SectorFiles.Change(files);
        await sectors.ChangeAsync(cancellation);

        // 5 Second pull
        Say("Lấy dữ liệu lần 2: mỗi bộ dữ liệu có một phiên bản mới", "Second pull: each dataset gets a new version");
        await PullAllAsync(dataset => dataset.Second, quarantine: false, cancellation);
        await ShowVersionsAsync(cancellation);

        // 6 A recipient reads
        await ReadAsRecipientAsync(cancellation);
        Say(failures == 0 ? "Xong: mọi số liệu đúng như dự kiến" : $"Xong, nhưng {failures} điều không đúng như dự kiến",
            failures == 0 ? "Done: every figure is as expected" : $"Done, but {failures} thing(s) were not as expected");
        return failures == 0;
    }

    private async Task RegisterAsync(CancellationToken cancellation)
    {
        foreach (var agency in Agencies.Registered)
        {
            await hub.AddAgencyAsync(agency, cancellation);
        }

        foreach (var source in Sources())
        {
            var added = await hub.AddSourceAsync(source, cancellation);
            if (!added && source.Username is not null)
            {
                await hub.ReplaceCredentialAsync(source, cancellation);
            }

            await hub.TestSourceAsync(source.Id, cancellation);
            output.WriteLine($"  {source.Id,-22} {(added ? "đã thêm / added" : "giữ nguyên / kept")}");
        }

        foreach (var dataset in DemoDataset.All)
        {
            var added = await hub.AddDatasetAsync(dataset.Contract(), cancellation);
            if (added)
            {
                fresh.Add(dataset.Id);
            }

            output.WriteLine($"  {dataset.Id,-22} {(added ? "đã thêm / added" : "giữ nguyên / kept")}");
        }
    }

    private IEnumerable<SourceRegistration> Sources()
    {
        yield return Database("dossiers", "CSDL một cửa điện tử", SectorDatabases.Dossiers, sectors.DossiersReader);
        yield return sectors.MariaDb is { } maria
            ? MariaDb("payments", "CSDL thanh toán trực tuyến", maria, sectors.PaymentsReader)
            : Database("payments", "CSDL thanh toán trực tuyến", SectorDatabases.Payments, sectors.PaymentsReader);
        yield return new SourceRegistration("enterprises", "sqlite", "CSDL đăng ký doanh nghiệp",
            new Dictionary<string, string> { ["file"] = SectorFiles.Enterprises });
        yield return Folder("units", "Tệp đơn vị hành chính", "units", ",");
    }

    private SourceRegistration Database(string id, string name, string database, ReaderAccount account) =>
        new(id, "postgres", name, new Dictionary<string, string>
        {
            ["host"] = sectors.Address.Host ?? "localhost",
            ["port"] = FormattableString.Invariant($"{sectors.Address.Port}"),
            ["database"] = database,
        })
        { Username = account.Role, Password = account.Password };

    private static SourceRegistration MariaDb(string id, string name, PaymentDatabase server, ReaderAccount account) =>
        new(id, "mysql", name, new Dictionary<string, string>
        {
            ["host"] = server.Host,
            ["port"] = FormattableString.Invariant($"{server.Port}"),
            ["database"] = SectorDatabases.Payments,
        })
        { Username = account.Role, Password = account.Password };

    /// <summary>The folder is named below the hub's own file folder, which is where <c>--files</c> points.</summary>
    private static SourceRegistration Folder(string id, string name, string folder, string delimiter) =>
        new(id, "csv", name, new Dictionary<string, string>
        {
            ["folder"] = folder, ["encoding"] = "utf-8", ["delimiter"] = delimiter,
        });

    private async Task PullAllAsync(
        Func<DemoDataset, PullCounts> expected, bool quarantine, CancellationToken cancellation)
    {
        output.WriteLine($"  {"",-22} {"đọc",7} {"mới",7} {"đổi",6} {"giữ",7} {"loại",6} {"trùng",6} {"mất",5}");
        foreach (var dataset in DemoDataset.All)
        {
            var answer = await PullAsync(dataset.Id, cancellation);
            var run = RunResult.Of(answer.Body!);
            output.WriteLine(run.Line(dataset.Id));
            // A hub that knew the dataset before starts from another state: then only the sum is known.
            var wrong = fresh.Contains(dataset.Id) ? run.Against(expected(dataset)) : run.AgainstItself();
            Expect(wrong is null, $"{dataset.Id}: {wrong}");
            if (quarantine && run.Rejected > 0)
            {
                await ShowQuarantineAsync(answer.Body!.Text("id")!, cancellation);
            }
        }
    }

    private async Task<HubAnswer> PullAsync(string dataset, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var (started, id) = await hub.StartRunAsync(dataset, cancellation);
            HubAnswer run;
            while (!RunResult.IsOver((run = await hub.RunAsync(id, cancellation)).Body!.Text("state")))
            {
                if (clock.Elapsed > RunDeadline)
                {
                    throw new DemoException($"{dataset}: lượt chạy {id} chưa xong sau {RunDeadline.TotalMinutes} phút.",
                        $"Run {id} of {dataset} is not over after {RunDeadline.TotalMinutes} minutes.");
                }

                await Task.Delay(PollPause, cancellation);
            }

            // One that was under way before (a schedule's) may have read the sectors too early: wait, then start ours.
            if (started)
            {
                return run;
            }
        }
    }

    private async Task ShowQuarantineAsync(string run, CancellationToken cancellation)
    {
        var rows = (await hub.QuarantineAsync(run, cancellation)).Values().ToList();
        Expect(rows.Count > 0, "khu cách ly trống dù có bản ghi bị loại / the quarantine is empty though records were rejected");
        foreach (var group in rows.SelectMany(row => row["violations"]!.AsArray().Select(v => (row, Violation: v!.AsObject())))
            .GroupBy(pair => pair.Violation.Text("code")).Take(4))
        {
            var (row, violation) = group.First();
            output.WriteLine($"      {row.Text("position"),6}  {violation.Text("column")} [{group.Key}] {violation.Text("message")}");
        }
    }

    private async Task ShowVersionsAsync(CancellationToken cancellation)
    {
        var differences = 0;
        foreach (var dataset in DemoDataset.All)
        {
            var versions = (await hub.VersionsAsync(dataset.Id, cancellation)).Values().ToList();
            Expect(versions.Count >= 2, $"{dataset.Id}: {versions.Count} phiên bản / version(s), cần 2 / 2 needed");
            if (versions is [var newest, ..])
            {
                var changes = newest.Int("new") + newest.Int("changed") + newest.Int("removed");
                differences += changes;
                output.WriteLine($"  {dataset.Id,-22} {newest.Text("label")}: {newest.Int("records")} bản ghi / records, "
                    + $"{changes} khác biệt / differences");
            }
        }

        output.WriteLine($"  {differences} khác biệt giữa hai phiên bản / differences between the two versions");
    }

    private async Task ReadAsRecipientAsync(CancellationToken cancellation)
    {
        Say("Sở Thông tin và Truyền thông đọc hồ sơ theo thỏa thuận", "A recipient reads dossiers under its agreement");
        var now = DateTimeOffset.UtcNow;
        var agreement = new AgreementRequest(Agencies.Information, "one-stop-dossiers", Purpose, GrantedColumns)
        {
            From = now.AddMinutes(-1),
            Until = now.AddYears(1),
        };
        var secret = await hub.ClientSecretAsync(
            Recipient, Agencies.Information, "Hệ thống điều hành (mẫu)", cancellation);
        if (!await hub.HasAgreementAsync(agreement, cancellation))
        {
            await hub.AddAgreementAsync(agreement, cancellation);
        }

        await hub.SignInAsync(Recipient, secret, "datahub.read", cancellation);
        var page = await hub.RecordsAsync("one-stop-dossiers", 3, Purpose, cancellation);
        var records = page.Values().ToList();
        foreach (var record in records)
        {
            output.WriteLine($"  {record.ToJsonString(Readable)}");
        }

        Expect(records.Count == 3, "trang đầu phải có 3 bản ghi / the first page must hold 3 records");
        Expect(records.TrueForAll(r => !r.ContainsKey("citizen_id") || r["citizen_id"] is null || r.Text("citizen_id")!.Contains('*')),
            "cột ngoài thỏa thuận không được hiện / a column outside the agreement must not show");
        output.WriteLine($"  total {page.Require("total")}, {page.Require("version").AsObject().Text("label")}");
    }

    private void Expect(bool seen, string otherwise)
    {
        if (!seen)
        {
            failures++;
            output.WriteLine($"  ✗ {otherwise}");
        }
    }

    private void Say(string vietnamese, string english) => output.WriteLine($"\n{vietnamese}\n{english}");
}
