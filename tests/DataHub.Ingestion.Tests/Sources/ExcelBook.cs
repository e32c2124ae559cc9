using System.Text;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Workbooks cell by cell, as Excel and other programs write them.</summary>
internal static class ExcelBook
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    private const string Package = "http://schemas.openxmlformats.org/package/2006/";

    /// <summary>Cell styles: 1 is a date, 2 a date with its time, 3 a time, 4 five digits.</summary>
    private const string Styles = $"""
        <styleSheet xmlns="{Main}"><numFmts count="1"><numFmt numFmtId="170" formatCode="00000"/></numFmts>
        <cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/>
        <xf numFmtId="21" applyNumberFormat="1"/><xf numFmtId="170" applyNumberFormat="1"/></cellXfs></styleSheet>
        """;

    public static string Text(string text) => $"""<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>""";

    public static string Number(string number, int style = 0) => $"""<c s="{style}"><v>{number}</v></c>""";

    public static string Row(params string[] cells) => $"<row>{string.Concat(cells)}</row>";

    public static byte[] Of(string rows, string merged = "", bool from1904 = false) => Of(from1904, ("Sổ", rows, merged));

    public static byte[] Of(bool from1904, params (string Name, string Rows, string Merged)[] sheets)
    {
        var numbers = Enumerable.Range(1, sheets.Length);
        return Packing.Zip(
        [
            ("[Content_Types].xml", $"""
                <Types xmlns="{Package}content-types"><Default Extension="xml" ContentType="application/xml"/>
                <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>
                """),
            ("_rels/.rels", $"""
                <Relationships xmlns="{Package}relationships"><Relationship Id="r" Type="{Relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>
                """),
            ("xl/workbook.xml", $"""
                <workbook xmlns="{Main}" xmlns:r="{Relations}"><workbookPr date1904="{(from1904 ? 1 : 0)}"/><sheets>
                {string.Concat(numbers.Select(n => $"<sheet name=\"{sheets[n - 1].Name}\" sheetId=\"{n}\" r:id=\"s{n}\"/>"))}</sheets></workbook>
                """),
            ("xl/_rels/workbook.xml.rels", $"""
                <Relationships xmlns="{Package}relationships"><Relationship Id="st" Type="{Relations}/styles" Target="styles.xml"/>
                {string.Concat(numbers.Select(n => $"<Relationship Id=\"s{n}\" Type=\"{Relations}/worksheet\" Target=\"sheet{n}.xml\"/>"))}</Relationships>
                """),
            ("xl/styles.xml", Styles),
            .. numbers.Select(n => ($"xl/sheet{n}.xml", Sheet(sheets[n - 1].Rows, sheets[n - 1].Merged))),
        ]);
    }

    /// <summary>One sheet, row after row: for workbooks that are larger than a text should be.</summary>
    public static void Write(Stream target, IEnumerable<string> rows)
    {
        using var whole = new System.IO.Compression.ZipArchive(target, System.IO.Compression.ZipArchiveMode.Create, leaveOpen: true);
        using var frame = new System.IO.Compression.ZipArchive(new MemoryStream(Of("")));
        foreach (var part in frame.Entries)
        {
            using var entry = whole.CreateEntry(part.FullName, System.IO.Compression.CompressionLevel.Fastest).Open();
            using var content = part.Open();
            if (part.Name != "sheet1.xml")
            {
                content.CopyTo(entry);
                continue;
            }

            using var writer = new StreamWriter(entry, new UTF8Encoding(false));
            writer.Write($"""<worksheet xmlns="{Main}"><sheetData>""");
            foreach (var row in rows)
            {
                writer.Write(row);
            }

            writer.Write("</sheetData></worksheet>");
        }
    }

    private static string Sheet(string rows, string merged)
    {
        var sheet = new StringBuilder($"""<worksheet xmlns="{Main}"><sheetData>{rows}</sheetData>""");
        if (merged.Length > 0)
        {
            sheet.Append($"""<mergeCells>{string.Concat(merged.Split(' ').Select(m => $"<mergeCell ref=\"{m}\"/>"))}</mergeCells>""");
        }

        return sheet.Append("</worksheet>").ToString();
    }
}
