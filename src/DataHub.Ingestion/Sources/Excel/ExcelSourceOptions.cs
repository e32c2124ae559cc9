using DataHub.Ingestion.Sources.Files;

namespace DataHub.Ingestion.Sources.Excel;

/// <summary>Settings of an Excel source, checked. All of them are declared, none is found out from a workbook.</summary>
internal sealed record ExcelSourceOptions
{
    /// <summary>Where the files lie.</summary>
    public required FilePlaceOptions Place { get; init; }

    /// <summary><c>sheet</c>: its name, exactly; or null: then <see cref="SheetNumber"/>.</summary>
    public string? Sheet { get; init; }

    /// <summary><c>sheetNumber</c>: from 1 (default) in the workbook's order, hidden ones counted. Only without <c>sheet</c>.</summary>
    public int SheetNumber { get; init; }

    /// <summary><c>headerRow</c>: number of the (first) header row, 1 (default) to 1000; whatever stands above it are titles.</summary>
    public int HeaderRow { get; init; }

    /// <summary><c>headerRows</c>: rows that the header takes, 1 (default) to 3. Names of several rows are joined by " / "; merged cells count in each.</summary>
    public int HeaderRows { get; init; }

    public static ExcelSourceOptions Read(SettingsCheck check)
    {
        var options = new ExcelSourceOptions
        {
            Place = FilePlaceOptions.Read(check),
            Sheet = check.Optional("sheet"),
            SheetNumber = check.Number("sheetNumber", 1, 1, 1_000),
            HeaderRow = check.Number("headerRow", 1, 1, 1_000),
            HeaderRows = check.Number("headerRows", 1, 1, 3),
        };
        if (options.Sheet is not null && check.Optional("sheetNumber") is not null)
        {
            check.Add("sheetNumber", "setting_not_allowed",
                "Chỉ khai báo một trong sheet và sheetNumber.", "Only one of sheet and sheetNumber may be declared.");
        }

        check.RefuseUnknown();
        return options;
    }
}
