namespace DataHub.Demo.Generation;

/// <summary>
/// Well-known place names of one province before and after 1 July 2025, under codes made for the demo: they are not the
/// official ones, they only have their traps (text, leading zeros, districts that end).
/// </summary>
internal static class UnitCatalogue
{
    internal const string Province = "084";

    /// <summary>District kind and name, then its communes: P = phường, T = thị trấn, else xã.</summary>
    internal static readonly (string Kind, string Name, string Communes)[] Districts =
    [
        ("Thành phố", "Trà Vinh", "P:1|P:2|P:3|P:4|P:5|P:6|P:7|P:8|P:9|Long Đức"),
        ("Huyện", "Càng Long", "T:Càng Long|An Trường|An Trường A|Bình Phú|Đại Phúc|Đại Phước|Đức Mỹ|Huyền Hội|Mỹ Cẩm|"
            + "Nhị Long|Nhị Long Phú|Phương Thạnh|Tân An|Tân Bình"),
        ("Huyện", "Cầu Kè", "T:Cầu Kè|An Phú Tân|Châu Điền|Hòa Ân|Hòa Tân|Ninh Thới|Phong Phú|Phong Thạnh|Tam Ngãi|"
            + "Thạnh Phú|Thông Hòa"),
        ("Huyện", "Tiểu Cần", "T:Tiểu Cần|T:Cầu Quan|Hiếu Trung|Hiếu Tử|Hùng Hòa|Long Thới|Ngãi Hùng|Phú Cần|Tân Hòa|"
            + "Tân Hùng|Tập Ngãi"),
        ("Huyện", "Châu Thành", "T:Châu Thành|Đa Lộc|Hòa Lợi|Hòa Minh|Hòa Thuận|Hưng Mỹ|Long Hòa|Lương Hòa|Lương Hòa A|"
            + "Mỹ Chánh|Nguyệt Hóa|Phước Hảo|Song Lộc|Thanh Mỹ"),
        ("Huyện", "Cầu Ngang", "T:Cầu Ngang|T:Mỹ Long|Hiệp Hòa|Hiệp Mỹ Đông|Hiệp Mỹ Tây|Kim Hòa|Long Sơn|Mỹ Hòa|"
            + "Mỹ Long Bắc|Mỹ Long Nam|Nhị Trường|Thạnh Hòa Sơn|Thuận Hòa|Trường Thọ|Vinh Kim"),
        ("Huyện", "Trà Cú", "T:Trà Cú|T:Định An|An Quảng Hữu|Đại An|Định An|Hàm Giang|Hàm Tân|Kim Sơn|Long Hiệp|"
            + "Lưu Nghiệp Anh|Ngãi Xuyên|Ngọc Biên|Phước Hưng|Tân Hiệp|Tân Sơn|Tập Sơn|Thanh Sơn"),
        ("Huyện", "Duyên Hải", "T:Long Thành|Đôn Châu|Đôn Xuân|Đông Hải|Long Khánh|Long Vĩnh|Ngũ Lạc"),
        ("Thị xã", "Duyên Hải", "P:1|P:2|Dân Thành|Hiệp Thạnh|Long Hữu|Long Toàn|Trường Long Hòa"),
    ];

    /// <summary>Communes formed on 1 July 2025, directly below the province.</summary>
    internal static readonly string[] Merged =
    [
        "Càng Long", "An Trường", "Tân An", "Nhị Long", "Bình Phú", "Châu Thành", "Song Lộc", "Hưng Mỹ", "Cầu Kè",
        "Phong Thạnh", "An Phú Tân", "Tam Ngãi", "Tiểu Cần", "Tân Hòa",
    ];

    /// <summary>A commune's level and name from the short form.</summary>
    internal static (string Level, string Name) Parse(string commune) => commune.Split(':') switch
    {
        ["P", var number] => ("Phường", $"Phường {number}"),
        ["T", var name] => ("Thị trấn", name),
        [var name] => ("Xã", name),
        _ => throw new InvalidOperationException(commune),
    };

    /// <summary>"xã Long Đức, …" as it stands in an address.</summary>
    internal static string Commune(ref SplitMix64 random) => $"xã {random.Pick<string>(Merged)}";
}
