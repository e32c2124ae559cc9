using System.Globalization;

namespace DataHub.Demo.Generation;

/// <summary>Invented enterprises as the ten texts of their row.</summary>
internal static class EnterpriseGenerator
{
    private static readonly NumberFormatInfo Vietnamese = new() { NumberGroupSeparator = ".", NumberDecimalSeparator = "," };
    private static readonly DateOnly Start = new(2001, 1, 2);

    private static readonly (string Type, string Prefix)[] Types =
    [
        ("Công ty TNHH một thành viên", "CÔNG TY TNHH MỘT THÀNH VIÊN"),
        ("Công ty TNHH một thành viên", "CÔNG TY TNHH MTV"),
        ("Công ty TNHH hai thành viên trở lên", "CÔNG TY TNHH"),
        ("Công ty cổ phần", "CÔNG TY CỔ PHẦN"),
        ("Doanh nghiệp tư nhân", "DOANH NGHIỆP TƯ NHÂN"),
        ("Hợp tác xã", "HỢP TÁC XÃ"),
    ];

    private static readonly string[] Trades =
    [
        "XÂY DỰNG", "THƯƠNG MẠI", "THỦY SẢN", "CHẾ BIẾN DỪA", "VẬN TẢI", "DƯỢC PHẨM", "NÔNG NGHIỆP SẠCH", "LÚA GẠO",
        "DỊCH VỤ DU LỊCH", "NĂNG LƯỢNG", "CƠ KHÍ", "MAY MẶC", "VẬT LIỆU XÂY DỰNG", "TÔM GIỐNG", "CÔNG NGHỆ SỐ",
    ];

    private static readonly string[] Names =
    [
        "AN PHÁT", "ĐẠI LỘC", "HƯNG THỊNH", "TRÀ VINH", "CỬU LONG", "PHÚ QUÝ", "THÀNH CÔNG", "MINH KHOA", "TÂN TIẾN",
        "ÁNH DƯƠNG", "BÌNH MINH", "DUYÊN HẢI", "NGỌC ÁNH", "QUỐC HUY", "ĐỒNG KHỞI", "HÒA BÌNH", "SÔNG TIỀN", "BA ĐỘNG",
    ];

    private static readonly string[] Statuses =
    [
        "Đang hoạt động", "Đang hoạt động", "Đang hoạt động", "Đang hoạt động", "Đang hoạt động", "Đang hoạt động",
        "Tạm ngừng kinh doanh", "Ngừng hoạt động chờ giải thể", "Đã giải thể",
    ];

    internal static string[] Row(ulong seed, int index)
    {
        var random = SplitMix64.ForRow(seed, index);
        var (type, prefix) = random.Pick<(string, string)>(Types);
        var name = $"{prefix} {random.Pick<string>(Trades)} {random.Pick<string>(Names)}";
        return
        [
            TaxCode(ref random, index),
            random.Percent(3) ? $"{name} \"{random.Pick<string>(Names)}\"" : name,
            type,
            People.Address(ref random, UnitCatalogue.Commune(ref random)),
            People.Name(ref random, random.Percent(35)),
            People.Phone(ref random),
            Start.AddDays(random.Below(8_900)).ToString("dd/MM/yyyy", CultureInfo.InvariantCulture),
            Capital(ref random),
            random.Below(random.Percent(10) ? 900 : 40).ToString(CultureInfo.InvariantCulture),
            random.Pick<string>(Statuses),
        ];
    }

    // The multiplier is odd and no multiple of five, so that a million consecutive indexes give a million serials.
    private static string TaxCode(ref SplitMix64 random, int index)
    {
        var prefix = random.Percent(80) ? "2100" : "0300";
        var serial = index * 333_667L % 1_000_000;
        var branch = random.Percent(8) ? $"-00{random.Below(9) + 1}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}{serial:D6}{branch}");
    }

    private static string Capital(ref SplitMix64 random)
    {
        var million = (random.Below(400) + 1) * (random.Percent(15) ? 500m : 10m);
        var odd = random.Percent(10) ? random.Below(99_999_999) / 100m : 0m;
        return ((million * 1_000_000m) + odd).ToString("N2", Vietnamese);
    }
}
