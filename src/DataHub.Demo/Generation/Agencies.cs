using System.Globalization;

namespace DataHub.Demo.Generation;

/// <summary>Agencies that the demo registers with the hub; codes have the form of Decision 20/2020.</summary>
internal static class Agencies
{
    internal const string ServiceCentre = "000.00.61.H61";
    internal const string Finance = "000.00.05.H61";
    internal const string HomeAffairs = "000.00.12.H61";
    internal const string Information = "000.00.15.H61";

    private const int Communes = 40;

    private static readonly string[] Departments = Codes("000.00.{0:D2}.H61", 20);
    private static readonly string[] CommuneOffices = Codes("000.{0:D2}.61.H61", Communes);

    /// <summary>Code, name, English name, contact of the providers and of the recipient.</summary>
    internal static readonly (string Code, string Name, string NameEn, string Contact)[] Registered =
    [
        (ServiceCentre, "Trung tâm Phục vụ hành chính công tỉnh (dữ liệu mẫu)", "Provincial Public Service Centre (demo)", "tthcc@example.gov.vn"),
        (Finance, "Sở Tài chính (dữ liệu mẫu)", "Department of Finance (demo)", "stc@example.gov.vn"),
        (HomeAffairs, "Sở Nội vụ (dữ liệu mẫu)", "Department of Home Affairs (demo)", "snv@example.gov.vn"),
        (Information, "Sở Thông tin và Truyền thông (dữ liệu mẫu)", "Department of Information (demo)", "stttt@example.gov.vn"),
    ];

    /// <summary>The office that handles a procedure: its department, or one of the communes.</summary>
    internal static string Of(Procedure procedure, ref SplitMix64 random) => procedure.Department > 0
        ? Departments[procedure.Department - 1]
        : CommuneOffices[random.Below(Communes)];

    private static string[] Codes(string format, int count) =>
        [.. Enumerable.Range(1, count).Select(n => string.Format(CultureInfo.InvariantCulture, format, n))];
}
