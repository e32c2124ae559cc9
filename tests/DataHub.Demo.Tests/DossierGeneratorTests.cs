using Xunit;
using System.Security.Cryptography;
using System.Text;
using DataHub.Demo.Generation;
using DataHub.Demo.Sectors;

namespace DataHub.Demo.Tests;

/// <summary>The generator means the same rows for ever.</summary>
public sealed class DossierGeneratorTests
{
    // Changing this value changes every figure that was ever measured with the generator.
    private const string Golden = "8e20f80ec4289fc64ae08181229f37c38cf65158ff45446a401d9b839f1a4d8d";

    [Fact]
    public void First_thousand_rows_have_the_golden_digest()
    {
        var text = string.Concat(new DossierGenerator(84, 20_000).All().Take(1_000).Select(Line));
        Assert.Equal(Golden, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    [Fact]
    public void A_row_is_the_same_alone_and_in_sequence()
    {
        var generator = new DossierGenerator(7, 3_000);
        Assert.Equal(generator.All().ElementAt(2_345), new DossierGenerator(7, 3_000).Row(2_345));
    }

    [Fact]
    public void Another_seed_makes_other_rows() =>
        Assert.NotEqual(new DossierGenerator(1, 100).Row(5), new DossierGenerator(2, 100).Row(5));

    [Fact]
    public void Identifiers_are_well_formed_and_codes_unique()
    {
        var rows = new DossierGenerator(3, 50_000).All().ToList();
        Assert.Equal(rows.Count, rows.Select(r => r.DossierCode).Distinct().Count());
        Assert.DoesNotContain(Pulls.Of(rows), row => !row.Valid);
        Assert.All(rows, r => Assert.True(r.ApplicantName!.IsNormalized(NormalizationForm.FormC)));
    }

    [Fact]
    public void Verifier_is_what_postgresql_accepts_and_holds_no_password()
    {
        var account = new ReaderAccount("x");
        Assert.Matches("^SCRAM-SHA-256\\$4096:[A-Za-z0-9+/=]{24}\\$[A-Za-z0-9+/=]{44}:[A-Za-z0-9+/=]{44}$", account.Verifier());
        Assert.DoesNotContain(account.Password, account.Verifier(), StringComparison.Ordinal);
    }

    private static string Line(Dossier row) => FormattableString.Invariant(
        $"{row.DossierId}|{row.DossierCode}|{row.CitizenId}|{row.ApplicantName}|{row.ProcedureCode}|{row.ProcedureName}|{row.AgencyCode}|{row.Status}|{row.ReceivedAt:O}|{row.DueDate:O}|{row.FinishedAt:O}|{row.Fee}|{row.IsOnline}|{row.Note}\n");
}
