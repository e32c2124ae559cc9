using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Parquet;

/// <summary>Apache Parquet files; types are the schema's.</summary>
internal sealed class ParquetSourceAdapter(FileStores stores, TimeProvider time) : FileSourceAdapter(stores, time)
{
    public override string Kind => "parquet";

    protected override IReadOnlyCollection<string> Extensions { get; } = [".parquet", ".parq", ".parquet.gz", ".zip"];

    protected override FileKind Read(SourceSettings source, SettingsCheck check)
    {
        var place = FilePlaceOptions.Read(check);
        check.RefuseUnknown();
        return new FileKind(place, new ParquetFormat(Limits), "Apache Parquet");
    }
}
