using System.Globalization;
using DataHub.Demo.Generation;

namespace DataHub.Demo.Sectors;

/// <summary>The online payment sector in its two states; its payments belong to dossiers of the one-stop sector.</summary>
public sealed class PaymentSector
{
    public const ulong Seed = 8_402;

    /// <summary>Rows of the first state, the second row of the duplicated key among them.</summary>
    public const int Rows = 8_000;

    /// <summary>Two different payments under one key: the hub rejects both.</summary>
    public const int DuplicateKeyRows = 2;
    public const int UnknownCurrencies = 12;
    public const int NegativeAmounts = 10;
    public const int MissingPayers = 8;
    public const int Invalid = UnknownCurrencies + NegativeAmounts + MissingPayers;

    /// <summary>Missing payers that the sector fills in.</summary>
    public const int Repaired = MissingPayers;
    public const int Refunds = 40;
    public const int Removed = 5;
    public const int Added = 60;

    public static readonly PullCounts FirstPull = new()
    {
        Read = Rows,
        New = Rows - Invalid - DuplicateKeyRows,
        Rejected = Invalid + DuplicateKeyRows,
    };

    /// <summary>The false one of the duplicated pair is gone, so the true one is new.</summary>
    public static readonly PullCounts SecondPull = new()
    {
        Read = Rows - 1 - Removed + Added,
        New = Added + Repaired + 1,
        Changed = Refunds,
        Rejected = Invalid - Repaired,
        Removed = Removed,
    };

    private const int Payments = Rows - 1;
    private static readonly string[] Banks = ["VCB", "BIDV", "AGRIBANK", "VIETINBANK", "MBBANK", "LPBANK"];
    private static readonly string[] Channels = ["CONG_DVCQG", "NGAN_HANG", "VI_DIEN_TU", "POS"];

    private readonly DossierGenerator dossiers = new(DossierSector.Seed, DossierSector.Rows);
    private readonly Role[] roles = new Role[Payments];

    public PaymentSector()
    {
        var picks = new Picks(Seed + 1, Payments);
        Assign(picks.Take(1), Role.Duplicated);
        Assign(picks.Take(UnknownCurrencies), Role.UnknownCurrency);
        Assign(picks.Take(NegativeAmounts), Role.NegativeAmount);
        Assign(picks.Take(MissingPayers), Role.MissingPayer);
        Assign(picks.Take(Refunds), Role.Refund);
        Assign(picks.Take(Removed), Role.Removed);
    }

    private enum Role : byte { Plain, Duplicated, UnknownCurrency, NegativeAmount, MissingPayer, Refund, Removed }

    public IEnumerable<Payment> First()
    {
        for (var i = 0; i < Payments; i++)
        {
            var row = Row(i);
            yield return Before(roles[i], row);
            if (roles[i] == Role.Duplicated)
            {
                yield return row with { Amount = row.Amount + 1_000m, Channel = "POS", BankCode = null };
            }
        }
    }

    public IEnumerable<Payment> Second()
    {
        for (var i = 0; i < Payments + Added; i++)
        {
            var role = i < Payments ? roles[i] : Role.Plain;
            if (role != Role.Removed)
            {
                yield return After(role, Row(i));
            }
        }
    }

    private static Payment Before(Role role, Payment row) => role switch
    {
        Role.UnknownCurrency => row with { Currency = "VNĐ" },
        Role.NegativeAmount => row with { Amount = -row.Amount },
        Role.MissingPayer => row with { PayerId = null },
        Role.Refund => row with { Status = "THANH_CONG", Refunded = false },
        _ => row,
    };

    private static Payment After(Role role, Payment row) => role switch
    {
        Role.MissingPayer => row,
        Role.Refund => row with { Status = "DA_HOAN_TIEN", Refunded = true },
        _ => Before(role, row),
    };

    private Payment Row(int index)
    {
        var random = SplitMix64.ForRow(Seed, index);
        var dossier = dossiers.Row((index * 2) + random.Below(2));
        var channel = random.Pick<string>(Channels);
        return new Payment
        {
            PaymentId = string.Create(CultureInfo.InvariantCulture, $"PAY-{index + 1:D7}"),
            DossierCode = dossier.DossierCode,
            Amount = dossier.Fee > 0 ? dossier.Fee : 5_000m + (1_000m * random.Below(20)),
            Currency = "VND",
            PaidAt = DateTime.SpecifyKind(
                dossier.ReceivedAt.AddHours(7).AddSeconds(60 + random.Below(7_200)), DateTimeKind.Unspecified),
            Channel = channel,
            PayerId = dossier.CitizenId,
            BankCode = channel == "POS" ? null : random.Pick<string>(Banks),
            Status = random.Percent(97) ? "THANH_CONG" : "THAT_BAI",
            Refunded = false,
        };
    }

    private void Assign(int[] rows, Role role)
    {
        foreach (var row in rows)
        {
            roles[row] = role;
        }
    }
}
