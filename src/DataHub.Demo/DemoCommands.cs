using System.Diagnostics;
using DataHub.Demo.Generation;
using DataHub.Demo.Hub;
using DataHub.Demo.Sectors;
using Npgsql;

namespace DataHub.Demo;

/// <summary>One method a command.</summary>
internal static class DemoCommands
{
    internal const string Usage = """
        DataHub.Demo <lệnh / command>
          run --hub URL --client-id ID --files DIR     toàn bộ trình diễn / the whole demo
          sectors make|change --files DIR              chỉ dữ liệu ngành / the sectors' data alone
          dossiers --rows N [--seed S]                 nạp bảng hồ sơ vào cơ sở dữ liệu trống / load the table
          dossiers change --share 0.01                 đổi đúng tỷ lệ dòng / change an exact share of rows
          dossiers-csv --rows N [--seed S] --out FILE  ghi bảng ra tệp / write the table as a file
        DATAHUB_DEMO_SERVER         chuỗi kết nối Npgsql tới cụm chứa dữ liệu ngành (superuser; never printed)
        DATAHUB_DEMO_MARIADB        chuỗi kết nối MySqlConnector; có thì thanh toán nằm ở MariaDB / if given, payments live in MariaDB
        DATAHUB_ADMIN_CLIENT_SECRET bí mật của --client-id / secret of --client-id
        """;

    internal static async Task<int> RunAsync(DemoArguments arguments, CancellationToken cancellation)
    {
        switch (arguments.Command)
        {
            case "run":
                using (var hub = HubApi.At(HubAddress(arguments.Required("hub"))))
                {
                    var flow = new DemoFlow(hub, Sectors(), Path.GetFullPath(arguments.Required("files")), Console.Out);
                    var secret = DemoArguments.Environment("DATAHUB_ADMIN_CLIENT_SECRET");
                    return await flow.RunAsync(arguments.Required("client-id"), secret, cancellation) ? 0 : 1;
                }

            case "sectors make":
                SectorFiles.Make(arguments.Required("files"));
                await Sectors().MakeAsync(cancellation);
                return 0;
            case "sectors change":
                SectorFiles.Change(arguments.Required("files"));
                await Sectors().ChangeAsync(cancellation);
                return 0;
            case "dossiers":
                return await LoadAsync(new DossierGenerator(arguments.Seed(), arguments.Rows()), cancellation);
            case "dossiers change":
                return await ChangeAsync(arguments.Share(), cancellation);
            case "dossiers-csv":
                var rows = new DossierGenerator(arguments.Seed(), arguments.Rows()).All();
                Console.WriteLine($"{SectorFiles.WriteDossiers(arguments.Required("out"), rows)} dòng / rows");
                return 0;
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static SectorDatabases Sectors() => new(
        DemoArguments.Environment("DATAHUB_DEMO_SERVER"),
        Environment.GetEnvironmentVariable("DATAHUB_DEMO_MARIADB") is { Length: > 0 } maria ? maria : null);

    private static Uri HubAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var hub) && hub.Scheme is "http" or "https"
            ? hub
            : throw new DemoException("--hub phải là địa chỉ http(s).", "--hub must be an http(s) address.");

    private static async Task<int> LoadAsync(DossierGenerator generator, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        var clock = Stopwatch.StartNew();
        var count = await DossierTable.LoadAsync(connection, generator.All(), cancellation);
        Console.WriteLine(FormattableString.Invariant(
            $"{count} dòng / rows, {clock.Elapsed.TotalSeconds:F1} s (kể cả khóa chính / with the primary key)"));
        return 0;
    }

    private static async Task<int> ChangeAsync(decimal share, CancellationToken cancellation)
    {
        await using var connection = await OpenAsync(cancellation);
        Console.WriteLine($"{await DossierTable.ChangeShareAsync(connection, share, cancellation)} dòng đã đổi / rows changed");
        return 0;
    }

    private static async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = new NpgsqlConnection(DemoArguments.Environment("DATAHUB_DEMO_SERVER"));
        await connection.OpenAsync(cancellation);
        return connection;
    }
}
