using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Csv;

/// <summary>CSV files. Nothing about a file is guessed: encoding, delimiter and types are declared.</summary>
internal sealed class CsvSourceAdapter(FileStores stores, TimeProvider time) : FileSourceAdapter(stores, time)
{
    public override string Kind => "csv";

    protected override IReadOnlyCollection<string> Extensions { get; } =
        [".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".zip"];

    protected override FileKind Read(SourceSettings source, SettingsCheck check)
    {
        var options = CsvSourceOptions.Read(source, check);
        return new FileKind(options.Place, new CsvFormat(options, Limits.MaxFieldBytes), $"CSV ({options.EncodingName})");
    }
}
