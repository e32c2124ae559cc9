using DataHub.Demo.Sectors;

namespace DataHub.Demo.Hub;

/// <summary>A dataset of the demo and what its two pulls must report on a hub that has not seen it before.</summary>
internal sealed record DemoDataset(string Id, PullCounts First, PullCounts Second)
{
    internal static readonly DemoDataset[] All =
    [
        new("one-stop-dossiers", DossierSector.FirstPull, DossierSector.SecondPull),
        new("online-payments", PaymentSector.FirstPull, PaymentSector.SecondPull),
        new("enterprises", EnterpriseSector.FirstPull, EnterpriseSector.SecondPull),
        new("administrative-units", UnitSector.FirstPull, UnitSector.SecondPull),
    ];

    /// <summary>The contract as it stands beside the program.</summary>
    internal string Contract()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "contracts", "datasets", Id, "contract.yaml");
        return File.Exists(path) ? File.ReadAllText(path) : throw new DemoException(
            $"Thiếu tệp hợp đồng dữ liệu {Id}/contract.yaml cạnh chương trình.",
            $"The data contract {Id}/contract.yaml is missing beside the program.");
    }
}
