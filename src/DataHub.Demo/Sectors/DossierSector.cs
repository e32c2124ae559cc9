using DataHub.Demo.Generation;

namespace DataHub.Demo.Sectors;

/// <summary>
/// The one-stop sector in its two states. The constants say exactly what is wrong in the first and what happens before
/// the second; tests hold the rows to them.
/// </summary>
public sealed class DossierSector
{
    public const ulong Seed = 84;
    public const int Rows = 20_000;

    public const int ShortCitizenIds = 20;
    public const int ImpossibleStatuses = 14;
    public const int MissingNames = 12;
    public const int NegativeFees = 8;
    public const int HugeFees = 6;
    public const int Invalid = ShortCitizenIds + ImpossibleStatuses + MissingNames + NegativeFees + HugeFees;

    /// <summary>Short citizen ids that the sector completes before the second pull.</summary>
    public const int Repaired = ShortCitizenIds;

    /// <summary>Open dossiers that get their result.</summary>
    public const int Concluded = 180;

    /// <summary>One old dossier whose name had been typed without diacritics.</summary>
    public const int Corrected = 1;
    public const int Removed = 15;

    /// <summary>Good dossiers that lose their name: rejected, while the hub keeps the last good image.</summary>
    public const int Spoiled = 3;
    public const int Added = 120;

    public static readonly PullCounts FirstPull = new() { Read = Rows, New = Rows - Invalid, Rejected = Invalid };

    public static readonly PullCounts SecondPull = new()
    {
        Read = Rows + Added - Removed,
        New = Added + Repaired,
        Changed = Concluded + Corrected,
        Rejected = Invalid - Repaired + Spoiled,
        Removed = Removed,
    };

    private readonly DossierGenerator generator = new(Seed, Rows);
    private readonly Role[] roles = new Role[Rows];

    public DossierSector()
    {
        var picks = new Picks(Seed + 1, Rows);
        // "An old dossier": among the first weeks.
        Assign(picks.Take(Corrected, limit: 1_000), Role.Corrected);
        Assign(picks.Take(ShortCitizenIds), Role.ShortCitizenId);
        Assign(picks.Take(ImpossibleStatuses), Role.ImpossibleStatus);
        Assign(picks.Take(MissingNames), Role.MissingName);
        Assign(picks.Take(NegativeFees), Role.NegativeFee);
        Assign(picks.Take(HugeFees), Role.HugeFee);
        Assign(picks.Take(Concluded), Role.Concluded);
        Assign(picks.Take(Removed), Role.Removed);
        Assign(picks.Take(Spoiled), Role.Spoiled);
    }

    private enum Role : byte
    {
        Plain, ShortCitizenId, ImpossibleStatus, MissingName, NegativeFee, HugeFee, Corrected, Concluded, Removed, Spoiled,
    }

    /// <summary>Before the first pull.</summary>
    public IEnumerable<Dossier> First() => generator.All().Select((row, i) => Before(roles[i], row));

    /// <summary>Before the second pull.</summary>
    public IEnumerable<Dossier> Second()
    {
        for (var i = 0; i < Rows; i++)
        {
            if (roles[i] != Role.Removed)
            {
                yield return After(roles[i], generator.Row(i));
            }
        }

        for (var i = Rows; i < Rows + Added; i++)
        {
            yield return generator.Row(i);
        }
    }

    private static Dossier Before(Role role, Dossier row) => role switch
    {
        Role.ShortCitizenId => row with { CitizenId = row.CitizenId[..11] },
        Role.ImpossibleStatus => row with { Status = "KHONG_RO" },
        Role.MissingName => row with { ApplicantName = null },
        Role.NegativeFee => row with { Fee = -5_000m },
        Role.HugeFee => row with { Fee = 9_999_999_999.99m },
        Role.Corrected => row with { ApplicantName = Mistyped(row) },
        Role.Concluded => row with { Status = DossierStatus.Processing, FinishedAt = null },
        _ => row,
    };

    private static Dossier After(Role role, Dossier row) => role switch
    {
        Role.ShortCitizenId or Role.Corrected => row,
        Role.Concluded => row with
        {
            Status = DossierStatus.Returned,
            FinishedAt = row.ReceivedAt.AddDays(2).AddMinutes(37),
        },
        Role.Spoiled => row with { ApplicantName = null },
        _ => Before(role, row),
    };

    // Every family, middle or given name may be plain ASCII by chance; the suffix makes the mistake certain.
    private static string Mistyped(Dossier row)
    {
        var plain = People.WithoutDiacritics(row.ApplicantName!);
        return plain == row.ApplicantName ? plain + "h" : plain;
    }

    private void Assign(int[] rows, Role role)
    {
        foreach (var row in rows)
        {
            roles[row] = role;
        }
    }
}
