using DataHub.Core.Sources;
using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Excel;

/// <summary>Excel workbooks (.xlsx, .xls): one declared sheet, its header in declared rows.</summary>
internal sealed class ExcelSourceAdapter(FileStores stores, TimeProvider time) : FileSourceAdapter(stores, time)
{
    public override string Kind => "excel";

    protected override IReadOnlyCollection<string> Extensions { get; } = [".xlsx", ".xlsm", ".xls"];

    protected override FileKind Read(SourceSettings source, SettingsCheck check)
    {
        var options = ExcelSourceOptions.Read(check);
        return new FileKind(options.Place, new ExcelFormat(options, Limits), "Excel (.xlsx, .xls)");
    }
}
