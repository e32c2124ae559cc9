namespace DataHub.Demo.Generation;

/// <summary>An administrative procedure. Its code looks like a number and is text: 1.001193 and 1.00119 would be two procedures.</summary>
/// <param name="Code">Code of the demo, in the national form.</param>
/// <param name="Title">Vietnamese title.</param>
/// <param name="Fee">Fee in đồng.</param>
/// <param name="Days">Working days promised.</param>
/// <param name="Department">Number of the department that handles it; 0 = the commune.</param>
internal sealed record Procedure(string Code, string Title, int Fee, int Days, int Department);

/// <summary>Forty-two procedures of eleven fields, the frequent ones first.</summary>
internal static class Procedures
{
    internal static readonly Procedure[] All =
    [
        // Hộ tịch, chứng thực
        new("1.001193", "Đăng ký khai sinh", 0, 1, 0),
        new("1.000894", "Đăng ký kết hôn", 0, 1, 0),
        new("1.000656", "Đăng ký khai tử", 0, 1, 0),
        new("1.004873", "Cấp Giấy xác nhận tình trạng hôn nhân", 15_000, 3, 0),
        new("2.000635", "Cấp bản sao Trích lục hộ tịch", 8_000, 1, 0),
        new("1.004859", "Thay đổi, cải chính, bổ sung thông tin hộ tịch", 15_000, 3, 0),
        new("1.001022", "Đăng ký nhận cha, mẹ, con", 15_000, 3, 0),
        new("1.004746", "Đăng ký lại kết hôn", 0, 5, 0),
        new("2.000815", "Chứng thực bản sao từ bản chính giấy tờ, văn bản", 2_000, 1, 0),
        new("2.000884", "Chứng thực chữ ký trong các giấy tờ, văn bản", 10_000, 1, 0),
        // Đất đai
        new("1.004227", "Đăng ký biến động về quyền sử dụng đất, quyền sở hữu tài sản gắn liền với đất", 150_000, 10, 10),
        new("1.004199", "Tách thửa hoặc hợp thửa đất", 120_000, 15, 10),
        new("1.004193", "Đính chính Giấy chứng nhận quyền sử dụng đất đã cấp", 28_000, 10, 10),
        new("2.000889", "Chuyển nhượng, thừa kế, tặng cho quyền sử dụng đất", 250_000, 10, 10),
        new("1.002255", "Chuyển mục đích sử dụng đất phải được phép của cơ quan có thẩm quyền", 300_000, 15, 10),
        new("1.003003", "Cấp lại Giấy chứng nhận quyền sử dụng đất do bị mất", 100_000, 10, 10),
        new("2.000801", "Đăng ký thế chấp quyền sử dụng đất", 80_000, 3, 10),
        new("2.000795", "Xóa đăng ký biện pháp bảo đảm bằng quyền sử dụng đất", 20_000, 1, 10),
        // Đăng ký kinh doanh
        new("2.001610", "Đăng ký thành lập doanh nghiệp tư nhân", 50_000, 3, 5),
        new("2.001583", "Đăng ký thành lập công ty trách nhiệm hữu hạn một thành viên", 50_000, 3, 5),
        new("2.002041", "Thông báo thay đổi ngành, nghề kinh doanh", 0, 3, 5),
        new("2.001996", "Đăng ký thay đổi người đại diện theo pháp luật", 50_000, 3, 5),
        new("1.001612", "Đăng ký thành lập hộ kinh doanh", 100_000, 3, 0),
        new("2.000720", "Đăng ký thay đổi nội dung đăng ký hộ kinh doanh", 50_000, 3, 0),
        new("1.001570", "Tạm ngừng kinh doanh của hộ kinh doanh", 0, 3, 0),
        // Xây dựng
        new("1.009994", "Cấp giấy phép xây dựng mới đối với nhà ở riêng lẻ", 75_000, 15, 0),
        new("1.009995", "Cấp giấy phép xây dựng sửa chữa, cải tạo nhà ở riêng lẻ", 75_000, 15, 0),
        new("1.009982", "Cấp chứng chỉ hành nghề hoạt động xây dựng hạng II, hạng III", 300_000, 20, 17),
        // Y tế, an toàn thực phẩm
        new("1.002425", "Cấp Giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm", 700_000, 20, 13),
        new("1.003876", "Cấp giấy phép hoạt động đối với phòng khám đa khoa", 5_700_000, 60, 13),
        new("1.004616", "Cấp Chứng chỉ hành nghề dược", 500_000, 20, 13),
        // Lao động, người có công, bảo trợ xã hội
        new("1.001776", "Thực hiện trợ cấp xã hội hằng tháng", 0, 22, 0),
        new("1.001699", "Xác định mức độ khuyết tật và cấp Giấy xác nhận khuyết tật", 0, 25, 0),
        new("1.000105", "Báo cáo giải trình nhu cầu sử dụng người lao động nước ngoài", 0, 10, 8),
        // Giao thông vận tải
        new("1.002809", "Đổi Giấy phép lái xe do ngành Giao thông vận tải cấp", 135_000, 5, 6),
        new("1.002835", "Cấp mới Giấy phép lái xe", 135_000, 10, 6),
        new("1.001777", "Cấp phù hiệu xe ô tô kinh doanh vận tải", 0, 2, 6),
        // Tư pháp, giáo dục, nông nghiệp, văn hóa
        new("2.000488", "Cấp Phiếu lý lịch tư pháp cho công dân Việt Nam đang cư trú tại Việt Nam", 200_000, 10, 16),
        new("1.005092", "Cấp bản sao văn bằng, chứng chỉ từ sổ gốc", 0, 1, 4),
        new("1.003650", "Cấp Giấy chứng nhận đăng ký tàu cá", 0, 3, 11),
        new("1.004839", "Cấp lại Giấy chứng nhận đủ điều kiện buôn bán thuốc bảo vệ thực vật", 500_000, 5, 11),
        new("1.003738", "Cấp giấy phép kinh doanh dịch vụ karaoke", 4_000_000, 5, 18),
    ];

    /// <summary>The square of a uniform draw: the first ten procedures make half of all dossiers, as in a real one-stop office.</summary>
    internal static Procedure Pick(ref SplitMix64 random)
    {
        var bound = random.Below(All.Length) + 1;
        return All[random.Below(bound)];
    }
}
