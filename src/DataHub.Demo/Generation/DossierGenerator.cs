using System.Globalization;

namespace DataHub.Demo.Generation;

/// <summary>
/// One-stop dossiers without a flaw. A row depends on the seed, its number and the table's size alone, so that any row
/// can be made at any time and a million of them in a second or two.
/// </summary>
public sealed class DossierGenerator
{
    /// <summary>Working days over which a table is spread: a hundred weeks from Monday, 1 January 2024.</summary>
    private const int WorkingDays = 500;

    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly string[] Notes =
    [
        "Nộp qua Cổng dịch vụ công quốc gia",
        "Công dân đề nghị trả kết quả qua bưu chính công ích",
        "Đã bổ sung giấy tờ theo phiếu hướng dẫn",
        "Hồ sơ liên thông khai sinh – thường trú – thẻ BHYT",
        "Người nộp được ủy quyền; có giấy ủy quyền kèm theo",
        "Đề nghị số hóa kết quả, cập nhật kho dữ liệu cá nhân",
    ];

    private readonly ulong seed;
    private readonly int perDay;

    /// <param name="seed">Same seed, same rows.</param>
    /// <param name="rows">Size of the table; it sets how many dossiers a day has. Rows beyond it are later days.</param>
    public DossierGenerator(ulong seed, long rows)
    {
        this.seed = seed;
        Rows = rows;
        perDay = (int)Math.Max(1, (rows + WorkingDays - 1) / WorkingDays);
    }

    public long Rows { get; }

    /// <summary>Rows 0 to <see cref="Rows"/> − 1 in order; nothing is kept in memory.</summary>
    public IEnumerable<Dossier> All()
    {
        for (long i = 0; i < Rows; i++)
        {
            yield return Row(i);
        }
    }

    /// <summary>The row of this number from 0; its <c>dossier_id</c> is one more.</summary>
    public Dossier Row(long index)
    {
        var random = SplitMix64.ForRow(seed, index);
        var female = random.Percent(52);
        var procedure = Procedures.Pick(ref random);
        var day = Day(index / perDay);
        // 07:00-16:59 in Vietnam is 00:00-09:59 UTC, so the day of the code is the UTC day too.
        var received = day.AddSeconds(random.Below(36_000));
        var status = StatusOf(ref random);
        return new Dossier
        {
            DossierId = index + 1,
            DossierCode = Code(day, (int)(index % perDay) + 1, procedure.Department),
            CitizenId = People.CitizenId(ref random, female),
            ApplicantName = People.Name(ref random, female),
            ProcedureCode = procedure.Code,
            ProcedureName = procedure.Title,
            AgencyCode = Agencies.Of(procedure, ref random),
            Status = status,
            ReceivedAt = received,
            DueDate = DateOnly.FromDateTime(received.AddDays(procedure.Days)),
            FinishedAt = IsFinished(status) ? received.AddSeconds(600 + random.Below(procedure.Days * 86_400)) : null,
            Fee = procedure.Fee,
            IsOnline = random.Percent(36),
            Note = random.Percent(60) ? random.Pick<string>(Notes) : null,
        };
    }

    private static bool IsFinished(string status) =>
        status is DossierStatus.Decided or DossierStatus.Returned or DossierStatus.Refused or DossierStatus.Withdrawn;

    private static string StatusOf(ref SplitMix64 random) => random.Below(100) switch
    {
        < 4 => DossierStatus.Received,
        < 13 => DossierStatus.Processing,
        < 17 => DossierStatus.Waiting,
        < 25 => DossierStatus.Decided,
        < 94 => DossierStatus.Returned,
        < 98 => DossierStatus.Refused,
        _ => DossierStatus.Withdrawn,
    };

    private static DateTime Day(long workingDay) => Start.AddDays((workingDay / 5 * 7) + (workingDay % 5));

    private static string Code(DateTime day, int number, int department) =>
        string.Create(CultureInfo.InvariantCulture, $"H61.{(department == 0 ? 61 : department):D2}-{day:yyMMdd}-{number:D4}");
}
