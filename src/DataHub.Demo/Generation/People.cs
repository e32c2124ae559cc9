using System.Globalization;
using System.Text;

namespace DataHub.Demo.Generation;

/// <summary>Invented persons as the south-west of Vietnam has them, Kinh and Khmer names alike. No list of real persons was used.</summary>
public static class People
{
    // Repetition is the weight.
    private static readonly string[] Families =
    [
        "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Trần", "Lê",
        "Lê", "Phạm", "Phạm", "Huỳnh", "Huỳnh", "Thạch", "Thạch", "Thạch", "Kim", "Sơn", "Kiên", "Võ", "Võ", "Phan",
        "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Lâm", "Trương", "Đinh", "Mai", "Cao", "Tô", "Châu",
    ];

    private static readonly string[] MaleMiddles =
        ["Văn", "Văn", "Văn", "Hữu", "Đức", "Minh", "Quốc", "Thanh", "Hoàng", "Công", "Ngọc", "Tấn", "Chí", "Phước"];

    private static readonly string[] MaleGiven =
    [
        "Hùng", "Dũng", "Tuấn", "Khánh", "Phúc", "Lộc", "Thọ", "Nghĩa", "Đạt", "Khoa", "Hải", "Sang", "Tài", "Lợi",
        "Thành", "Tâm", "Vũ", "Duy", "Bảo", "Kiệt", "Nhân", "Tín", "Quý", "Hiếu", "Trí", "Đông", "Út", "Sa Rươl",
    ];

    private static readonly string[] FemaleMiddles =
        ["Thị", "Thị", "Thị", "Thị", "Thị Ngọc", "Thị Kim", "Thị Mỹ", "Ngọc", "Mỹ", "Thúy", "Bích", "Kim", "Thị Hồng"];

    private static readonly string[] FemaleGiven =
    [
        "Lan", "Huệ", "Hương", "Hạnh", "Thảo", "Trâm", "Nguyệt", "Phượng", "Tuyết", "Loan", "Yến", "Ngân", "Như",
        "Quỳnh", "Thơ", "Diễm", "Trúc", "Xuân", "Đào", "Liễu", "Nhung", "Vân", "Oanh", "Thủy", "Ánh", "Sa Phia",
    ];

    private static readonly string[] Roads =
    [
        "Nguyễn Đáng", "Phạm Ngũ Lão", "Lê Lợi", "Điện Biên Phủ", "Nguyễn Thị Minh Khai", "Trần Phú", "Quang Trung",
        "Hùng Vương", "Võ Văn Kiệt", "Đồng Khởi", "Bạch Đằng", "19 tháng 5", "30 tháng 4", "Sơn Thông", "Kiên Thị Nhẫn",
    ];

    // Old codes: Trà Vinh above all, its neighbours and the big cities sometimes.
    private static readonly string[] Provinces = ["084", "084", "084", "084", "084", "084", "084", "086", "083", "079", "092"];

    /// <summary>Male or female full name with diacritics, NFC.</summary>
    public static string Name(ref SplitMix64 random, bool female) => female
        ? $"{random.Pick<string>(Families)} {random.Pick<string>(FemaleMiddles)} {random.Pick<string>(FemaleGiven)}"
        : $"{random.Pick<string>(Families)} {random.Pick<string>(MaleMiddles)} {random.Pick<string>(MaleGiven)}";

    /// <summary>12 digits as text: province, century and sex, year of birth, six digits (Circular 59/2021).</summary>
    public static string CitizenId(ref SplitMix64 random, bool female)
    {
        var year = 1945 + random.Below(62);
        var centuryAndSex = (year < 2000 ? 0 : 2) + (female ? 1 : 0);
        var state = (Province: random.Pick<string>(Provinces), centuryAndSex, year % 100, random.Below(1_000_000));
        return string.Create(12, state, static (span, s) =>
        {
            s.Province.CopyTo(span);
            span[3] = (char)('0' + s.centuryAndSex);
            s.Item3.TryFormat(span[4..], out _, "D2", CultureInfo.InvariantCulture);
            s.Item4.TryFormat(span[6..], out _, "D6", CultureInfo.InvariantCulture);
        });
    }

    /// <summary>Ten digits beginning with 0.</summary>
    public static string Phone(ref SplitMix64 random) =>
        string.Create(CultureInfo.InvariantCulture, $"0{"3579"[random.Below(4)]}{random.Below(100_000_000):D8}");

    /// <summary>A street or hamlet address in the given commune.</summary>
    public static string Address(ref SplitMix64 random, string commune) => random.Percent(45)
        ? $"Số {random.Below(480) + 1}, đường {random.Pick<string>(Roads)}, {commune}, tỉnh Trà Vinh"
        : $"Ấp {random.Below(9) + 1}, {commune}, tỉnh Trà Vinh";

    /// <summary>What a clerk without a Vietnamese keyboard types.</summary>
    internal static string WithoutDiacritics(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
            {
                plain.Append(c switch { 'đ' => 'd', 'Đ' => 'D', _ => c });
            }
        }

        return plain.ToString();
    }
}
