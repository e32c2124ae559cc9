using System.Globalization;
using DataHub.Demo.Generation;

namespace DataHub.Demo.Sectors;

/// <summary>
/// The enterprise register as its SQLite database has it: Vietnamese numbers and dates in columns of text, no key that the
/// engine enforces, and values of other storage classes than their columns declare, which no reader should guess at.
/// </summary>
public sealed class EnterpriseSector
{
    public const ulong Seed = 2_100;

    /// <summary>Rows in the first state, the repeated one among them.</summary>
    public const int Rows = 3_000;
    public const int RepeatedRows = 1;
    public const int ShortTaxCodes = 5;
    public const int MissingNames = 4;
    public const int ImpossibleDates = 4;
    public const int NegativeStaff = 3;
    public const int HugeCapitals = 2;
    public const int MissingTaxCodes = 1;
    public const int BinaryNames = 1;
    public const int Invalid =
        ShortTaxCodes + MissingNames + ImpossibleDates + NegativeStaff + HugeCapitals + MissingTaxCodes + BinaryNames;

    /// <summary>Names that the register fills in.</summary>
    public const int Repaired = MissingNames;
    public const int Moved = 30;
    public const int Removed = 4;
    public const int Added = 25;

    /// <summary>The register's own column names.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "Mã số thuế", "Tên doanh nghiệp", "Loại hình", "Địa chỉ", "Người đại diện", "Điện thoại", "Ngày đăng ký",
        "Vốn điều lệ", "Số lao động", "Trạng thái",
    ];

    public static readonly PullCounts FirstPull = new()
    {
        Read = Rows,
        New = Rows - Invalid - RepeatedRows,
        Rejected = Invalid,
        Duplicate = RepeatedRows,
    };

    public static readonly PullCounts SecondPull = new()
    {
        Read = Rows - Removed + Added,
        New = Added + Repaired,
        Changed = Moved,
        Rejected = Invalid - Repaired,
        Duplicate = RepeatedRows,
        Removed = Removed,
    };

    private const int Enterprises = Rows - RepeatedRows;
    private readonly Role[] roles = new Role[Enterprises];

    public EnterpriseSector()
    {
        var picks = new Picks(Seed + 1, Enterprises);
        Assign(picks.Take(RepeatedRows), Role.Repeated);
        Assign(picks.Take(ShortTaxCodes), Role.ShortTaxCode);
        Assign(picks.Take(MissingNames), Role.MissingName);
        Assign(picks.Take(ImpossibleDates), Role.ImpossibleDate);
        Assign(picks.Take(NegativeStaff), Role.NegativeStaff);
        Assign(picks.Take(HugeCapitals), Role.HugeCapital);
        Assign(picks.Take(MissingTaxCodes), Role.MissingTaxCode);
        Assign(picks.Take(BinaryNames), Role.BinaryName);
        Assign(picks.Take(Moved), Role.Moved);
        Assign(picks.Take(Removed), Role.Removed);
    }

    private enum Role : byte
    {
        Plain, Repeated, ShortTaxCode, MissingName, ImpossibleDate, NegativeStaff, HugeCapital, MissingTaxCode, BinaryName,
        Moved, Removed,
    }

    /// <summary>Texts, nulls and one binary value, in the order of <see cref="Columns"/>.</summary>
    public IEnumerable<object?[]> First()
    {
        for (var i = 0; i < Enterprises; i++)
        {
            foreach (var row in Before(roles[i], i))
            {
                yield return row;
            }
        }
    }

    /// <inheritdoc cref="First"/>
    public IEnumerable<object?[]> Second()
    {
        for (var i = 0; i < Enterprises + Added; i++)
        {
            var role = i < Enterprises ? roles[i] : Role.Plain;
            if (role == Role.Removed)
            {
                continue;
            }

            var after = role is Role.MissingName ? Role.Plain : role;
            foreach (var row in role == Role.Moved ? [After(i)] : Before(after, i))
            {
                yield return row;
            }
        }
    }

    private static object?[][] Before(Role role, int index)
    {
        object?[] cells = [.. EnterpriseGenerator.Row(Seed, index)];
        switch (role)
        {
            case Role.Repeated:
                return [cells, cells];
            case Role.ShortTaxCode:
                // A spreadsheet took the code for a number and dropped its end or its zero.
                cells[0] = ((string)cells[0]!)[1..8];
                break;
            case Role.MissingName:
                cells[1] = null;
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
            case Role.MissingTaxCode:
                cells[0] = null;
                break;
            case Role.BinaryName:
                // A program bound the name as bytes of an old Vietnamese code page: SQLite keeps them as they are.
                cells[1] = new byte[] { 0x43, 0xD4, 0x4E, 0x47, 0x20, 0x54, 0x59 };
                break;
        }

        return [cells];
    }

    private static object?[] After(int index)
    {
        object?[] cells = [.. EnterpriseGenerator.Row(Seed, index)];
        cells[3] = string.Create(CultureInfo.InvariantCulture, $"Lô {index % 40 + 1}, Khu công nghiệp Long Đức, tỉnh Trà Vinh");
        return cells;
    }

    private void Assign(int[] rows, Role role)
    {
        foreach (var row in rows)
        {
            roles[row] = role;
        }
    }
}
