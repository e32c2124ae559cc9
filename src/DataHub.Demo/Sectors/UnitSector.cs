using System.Globalization;
using System.Text;
using DataHub.Demo.Generation;

namespace DataHub.Demo.Sectors;

/// <summary>The province's administrative units in their two states: a small reference list, dated, its codes text.</summary>
public sealed class UnitSector
{
    /// <summary>1 province, 9 districts, 106 communes of before July 2025, 14 of after, and one line whose code lost its zero.</summary>
    public const int Rows = 131;
    public const int Invalid = 1;

    /// <summary>Names that come in NFD; the contract brings them to NFC.</summary>
    public const int Decomposed = 6;
    public const int Repaired = Invalid;
    public const int Renamed = 3;
    public const int Removed = 1;
    public const int Added = 2;

    public const string Header = "code,name,full_name,level,parent_code,effective_from,effective_to";

    public static readonly PullCounts FirstPull = new() { Read = Rows, New = Rows - Invalid, Rejected = Invalid };

    public static readonly PullCounts SecondPull = new()
    {
        Read = Rows - Removed + Added,
        New = Added + Repaired,
        Changed = Renamed,
        Rejected = Invalid - Repaired,
        Removed = Removed,
    };

    private const string Founded = "1992-05-05";
    private const string LastDay = "2025-06-30";
    private const string FirstDay = "2025-07-01";
    private const string Extra = "08400015";

    private readonly List<string[]> units = [.. Units()];

    public IEnumerable<string> First()
    {
        for (var i = 0; i < units.Count; i++)
        {
            // Every twentieth unit was typed on a machine that stores letters and marks apart.
            yield return Line(units[i], decomposed: i % 20 == 12);
        }

        yield return Line(Commune(Extra[1..], "Tập Ngãi"), decomposed: false);
    }

    public IEnumerable<string> Second()
    {
        for (var i = 0; i < units.Count; i++)
        {
            // The last of the new communes is taken back.
            if (i == units.Count - 1)
            {
                continue;
            }

            var unit = units[i];
            // Renamed: three communes of Tiểu Cần are told apart from the new ones of the same name.
            var after = i is >= 40 and < 40 + Renamed ? [unit[0], $"{unit[1]} (cũ)", .. unit[2..]] : unit;
            yield return Line(after, decomposed: i % 20 == 12);
        }

        yield return Line(Commune(Extra, "Tập Ngãi"), decomposed: false);
        yield return Line(Commune("08400016", "Long Hữu"), decomposed: false);
        yield return Line(Commune("08400017", "Đôn Châu"), decomposed: false);
    }

    private static IEnumerable<string[]> Units()
    {
        yield return [UnitCatalogue.Province, "Trà Vinh", "Tỉnh Trà Vinh", "Tỉnh", "", Founded, ""];
        for (var d = 0; d < UnitCatalogue.Districts.Length; d++)
        {
            var (kind, name, communes) = UnitCatalogue.Districts[d];
            var code = string.Create(CultureInfo.InvariantCulture, $"{UnitCatalogue.Province}{d + 1:D2}");
            yield return [code, name, $"{kind} {name}", kind, UnitCatalogue.Province, Founded, LastDay];
            var number = 0;
            foreach (var commune in communes.Split('|').Select(UnitCatalogue.Parse))
            {
                var full = commune.Level == "Phường" ? commune.Name : $"{commune.Level} {commune.Name}";
                yield return
                [
                    string.Create(CultureInfo.InvariantCulture, $"{code}{++number:D3}"), commune.Name, full,
                    commune.Level, code, Founded, LastDay,
                ];
            }
        }

        for (var i = 0; i < UnitCatalogue.Merged.Length; i++)
        {
            yield return Commune(
                string.Create(CultureInfo.InvariantCulture, $"{UnitCatalogue.Province}00{i + 1:D3}"), UnitCatalogue.Merged[i]);
        }
    }

    private static string[] Commune(string code, string name) =>
        [code, name, $"Xã {name}", "Xã", UnitCatalogue.Province, FirstDay, ""];

    private static string Line(string[] cells, bool decomposed)
    {
        var line = string.Join(',', cells);
        return decomposed ? line.Normalize(NormalizationForm.FormD) : line;
    }
}
