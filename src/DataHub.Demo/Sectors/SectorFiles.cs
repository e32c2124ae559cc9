using System.Text;

namespace DataHub.Demo.Sectors;

/// <summary>Writes the two sectors below the hub's file folder: a database and a file, each state whole or not at all.</summary>
internal static class SectorFiles
{
    internal const string Enterprises = "enterprises/doanh-nghiep.sqlite";
    internal const string Units = "units/don-vi-hanh-chinh.csv";

    internal static void Make(string folder)
    {
        EnterpriseDatabase.Make(Path.Combine(folder, Enterprises), new EnterpriseSector().First());
        Write(folder, Units, UnitSector.Header, new UnitSector().First());
    }

    internal static void Change(string folder)
    {
        EnterpriseDatabase.Change(Path.Combine(folder, Enterprises), new EnterpriseSector().Second());
        Write(folder, Units, UnitSector.Header, new UnitSector().Second());
    }

    /// <summary>Dossiers as one comma-separated file, null empty: the benchmark's table as a file.</summary>
    internal static long WriteDossiers(string path, IEnumerable<Generation.Dossier> rows)
    {
        long count = 0;
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 16) { NewLine = "\r\n" };
        writer.WriteLine(DossierTable.ColumnList.Replace(" ", "", StringComparison.Ordinal));
        foreach (var row in rows)
        {
            count++;
            writer.WriteLine(FormattableString.Invariant(
                $"{row.DossierId},{row.DossierCode},{row.CitizenId},{Quote(row.ApplicantName)},{row.ProcedureCode},{Quote(row.ProcedureName)},{row.AgencyCode},{row.Status},{row.ReceivedAt:yyyy-MM-ddTHH:mm:ssZ},{row.DueDate:yyyy-MM-dd},{row.FinishedAt:yyyy-MM-ddTHH:mm:ssZ},{row.Fee:0.00},{(row.IsOnline ? "true" : "false")},{Quote(row.Note)}"));
        }

        return count;
    }

    private static string? Quote(string? value) => value is null || value.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? value
        : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    // A pull must never meet half a file: written beside it, then moved over it in one step.
    private static void Write(string folder, string file, string header, IEnumerable<string> lines)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".unfinished";
        using (var writer = new StreamWriter(unfinished, append: false, new UTF8Encoding(false)))
        {
            writer.NewLine = "\r\n";
            writer.WriteLine(header);
            foreach (var line in lines)
            {
                writer.WriteLine(line);
            }
        }

        File.Move(unfinished, path, overwrite: true);
    }
}
