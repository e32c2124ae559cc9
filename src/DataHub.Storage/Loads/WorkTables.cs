using System.Globalization;
using DataHub.Storage.Versions;

namespace DataHub.Storage.Loads;

/// <summary>Names of the tables that a run makes: they carry run and lease, so that the janitor and late workers can tell whose they are.</summary>
internal static class WorkTables
{
    public static string Delta(LoadTarget target) => Name("work.delta", target);

    public static string Stage(LoadTarget target) => Name("work.stage", target);

    public static string Conflicts(LoadTarget target) => Name("work.conflicts", target);

    public static PairTables Pair(LoadTarget target)
    {
        var name = string.Create(CultureInfo.InvariantCulture,
            $"store.d{target.Layout.DatasetId}_{target.Layout.Major}_r{target.RunId}_{target.Lease}");
        return new PairTables(name + "_cur", name + "_hist");
    }

    private static string Name(string prefix, LoadTarget target) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}_r{target.RunId}_{target.Lease}");
}
