using System.Globalization;
using DataHub.Demo.Generation;

namespace DataHub.Demo.Sectors;

/// <summary>
/// The enterprise register as an office exports it: semicolons, Vietnamese numbers and dates, a byte order mark, and a
/// few lines that no reader should guess at. States are lists of finished lines, because some flaws are in the line.
/// </summary>
public sealed class EnterpriseSector
{
    public const ulong Seed = 2_100;

    /// <summary>Lines below the header in the first state, the repeated one among them.</summary>
    public const int Rows = 3_000;
    public const int RepeatedLines = 1;
    public const int ShortTaxCodes = 5;
    public const int MissingNames = 4;
    public const int ImpossibleDates = 4;
    public const int NegativeStaff = 3;
    public const int HugeCapitals = 2;
    public const int RaggedLines = 1;
    public const int StrayQuotes = 1;
    public const int Invalid =
        ShortTaxCodes + MissingNames + ImpossibleDates + NegativeStaff + HugeCapitals + RaggedLines + StrayQuotes;

    /// <summary>Names that the register fills in.</summary>
    public const int Repaired = MissingNames;
    public const int Moved = 30;
    public const int Removed = 4;
    public const int Added = 25;

    public const string Header =
        "Mã số thuế;Tên doanh nghiệp;Loại hình;Địa chỉ;Người đại diện;Điện thoại;Ngày đăng ký;Vốn điều lệ;Số lao động;Trạng thái";

    public static readonly PullCounts FirstPull = new()
    {
        Read = Rows,
        New = Rows - Invalid - RepeatedLines,
        Rejected = Invalid,
        Duplicate = RepeatedLines,
    };

    public static readonly PullCounts SecondPull = new()
    {
        Read = Rows - Removed + Added,
        New = Added + Repaired,
        Changed = Moved,
        Rejected = Invalid - Repaired,
        Duplicate = RepeatedLines,
        Removed = Removed,
    };

    private const int Enterprises = Rows - RepeatedLines;
    private readonly Role[] roles = new Role[Enterprises];

    public EnterpriseSector()
    {
        var picks = new Picks(Seed + 1, Enterprises);
        Assign(picks.Take(RepeatedLines), Role.Repeated);
        Assign(picks.Take(ShortTaxCodes), Role.ShortTaxCode);
        Assign(picks.Take(MissingNames), Role.MissingName);
        Assign(picks.Take(ImpossibleDates), Role.ImpossibleDate);
        Assign(picks.Take(NegativeStaff), Role.NegativeStaff);
        Assign(picks.Take(HugeCapitals), Role.HugeCapital);
        Assign(picks.Take(RaggedLines), Role.Ragged);
        Assign(picks.Take(StrayQuotes), Role.StrayQuote);
        Assign(picks.Take(Moved), Role.Moved);
        Assign(picks.Take(Removed), Role.Removed);
    }

    private enum Role : byte
    {
        Plain, Repeated, ShortTaxCode, MissingName, ImpossibleDate, NegativeStaff, HugeCapital, Ragged, StrayQuote, Moved,
        Removed,
    }

    public IEnumerable<string> First()
    {
        for (var i = 0; i < Enterprises; i++)
        {
            foreach (var line in Lines(roles[i], i))
            {
                yield return line;
            }
        }
    }

    public IEnumerable<string> Second()
    {
        for (var i = 0; i < Enterprises + Added; i++)
        {
            var role = i < Enterprises ? roles[i] : Role.Plain;
            if (role == Role.Removed)
            {
                continue;
            }

            var after = role is Role.MissingName ? Role.Plain : role;
            foreach (var line in role == Role.Moved ? [Line(After(i))] : Lines(after, i))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Lines(Role role, int index)
    {
        var cells = EnterpriseGenerator.Row(Seed, index);
        switch (role)
        {
            case Role.Repeated:
                return [Line(cells), Line(cells)];
            case Role.ShortTaxCode:
                // A spreadsheet took the code for a number and dropped its end or its zero.
                cells[0] = cells[0][1..8];
                break;
            case Role.MissingName:
                cells[1] = "";
                break;
            case Role.ImpossibleDate:
                cells[6] = "31/02/2019";
                break;
            case Role.NegativeStaff:
                cells[8] = "-4";
                break;
            case Role.HugeCapital:
                cells[7] = "99.999.999.999.999.999.999,00";
                break;
            case Role.Ragged:
                return [string.Join(';', cells.Take(7))];
            case Role.StrayQuote:
                return [Line(cells).Replace(cells[1], "\"CÔNG TY TNHH \"AN PHÁT\" TRÀ VINH\"", StringComparison.Ordinal)];
        }

        return [Line(cells)];
    }

    private static string[] After(int index)
    {
        var cells = EnterpriseGenerator.Row(Seed, index);
        cells[3] = string.Create(CultureInfo.InvariantCulture, $"Lô {index % 40 + 1}, Khu công nghiệp Long Đức, tỉnh Trà Vinh");
        return cells;
    }

    /// <summary>RFC 4180 quoting with the semicolon as delimiter.</summary>
    private static string Line(string[] cells) => string.Join(';', cells.Select(cell =>
        cell.AsSpan().IndexOfAny(";\"\r\n") < 0 ? cell : $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));

    private void Assign(int[] rows, Role role)
    {
        foreach (var row in rows)
        {
            roles[row] = role;
        }
    }
}
