using DataHub.Core.Access;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Tests.Contracts;
using Xunit;

namespace DataHub.Core.Tests.Access;

public sealed class ReadDecisionTests
{
    private static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = From.AddYears(1);
    private static readonly DateTimeOffset Now = From.AddMonths(6);
    private static readonly Caller Reader = new("c-1", "H01", [ReadDecision.ReadScope]);
    private static readonly DataContract Shared = Contract("shared", "ten");
    private static readonly Grant Plain = new(7, "H01", 1, "thống kê", ["ma_ho_so", "xa"]) { From = From, Until = Until, Revision = 7 };
    private static readonly Grant Personal = Plain with { Columns = ["ten", "ma_ho_so"], PersonalColumns = ["ten"] };

    [Fact]
    public void Gives_open_data_to_anybody_without_personal_columns()
    {
        var permission = ReadDecision.Decide(null, Contract("open", "ten"), [], null, Now);

        Assert.Equal(["ma_ho_so", "xa"], Names(permission));
        Assert.True(permission.IsOpen);
        Assert.False(permission.AnyPersonal);
    }

    [Fact]
    public void Asks_for_a_token_then_the_scope_then_an_agreement()
    {
        Assert.Equal("token_missing", Refusal(null, [Plain]));
        Assert.Equal("scope_missing", Refusal(Reader with { Scopes = [ReadDecision.AdminScope] }, [Plain]));
        Assert.Equal("agreement_required", Refusal(Reader, []));
        Assert.Equal("agreement_required", Refusal(Reader with { AgencyCode = "H02" }, [Plain]));
        Assert.Equal("agreement_required", Refusal(Reader with { AgencyCode = null }, [Plain]));
    }

    [Fact]
    public void Grants_the_named_columns_in_the_contracts_order()
    {
        var permission = ReadDecision.Decide(Reader, Shared, [Plain with { Columns = ["xa", "ma_ho_so", "gone"] }], null, Now);

        Assert.Equal(["ma_ho_so", "xa"], Names(permission));
        Assert.Equal((7L, 7L, "thống kê"), (permission.AgreementId, permission.Revision, permission.Purpose));
    }

    [Fact]
    public void Is_in_force_from_its_first_instant_to_before_its_last()
    {
        Assert.Equal("agreement_required", Refusal(Reader, [Plain], null, From.AddTicks(-1)));
        Assert.Null(Refusal(Reader, [Plain], null, From));
        Assert.Null(Refusal(Reader, [Plain], null, Until.AddTicks(-1)));
        Assert.Equal("agreement_required", Refusal(Reader, [Plain], null, Until));
        Assert.Equal("agreement_required", Refusal(Reader, [Plain with { EndedAt = Now.AddDays(1) }]));
    }

    [Fact]
    public void Needs_the_exact_purpose_for_personal_columns_only()
    {
        Assert.Equal("purpose_required", Refusal(Reader, [Personal]));
        Assert.Equal("purpose_mismatch", Refusal(Reader, [Personal], "Thống kê"));
        Assert.Null(Refusal(Reader, [Personal], "thống kê"));
        Assert.Null(Refusal(Reader, [Plain], "something else"));
        Assert.True(ReadDecision.Decide(Reader, Shared, [Personal], "thống kê", Now).AnyPersonal);
    }

    [Fact]
    public void Chooses_by_purpose_among_several_and_never_joins_them()
    {
        var other = Personal with { Id = 8, Purpose = "cấp phép" };

        Assert.Equal("agreement_ambiguous", Refusal(Reader, [Plain, other]));
        Assert.Equal("agreement_ambiguous", Refusal(Reader, [Plain, other], "khác"));
        Assert.Equal("agreement_ambiguous", Refusal(Reader, [Plain, Plain with { Id = 9 }], "thống kê"));
        Assert.Equal(7, ReadDecision.Decide(Reader, Shared, [Plain, other], "thống kê", Now).AgreementId);
        Assert.Equal(["ma_ho_so", "ten"], Names(ReadDecision.Decide(Reader, Shared, [Plain, other], "cấp phép", Now)));
        // One that is over does not make the other ambiguous.
        Assert.Equal(7, ReadDecision.Decide(Reader, Shared, [Plain, other with { Until = Now }], null, Now).AgreementId);
    }

    [Fact]
    public void Takes_away_a_column_that_a_later_contract_made_personal()
    {
        var later = Contract("shared", "xa");

        Assert.Equal(["ma_ho_so"], Names(ReadDecision.Decide(Reader, later, [Plain], null, Now)));
        Assert.Equal(["ma_ho_so", "xa"], Names(
            ReadDecision.Decide(Reader, later, [Plain with { PersonalColumns = ["xa"] }], "thống kê", Now)));
    }

    private static string[] Names(ReadPermission permission) => [.. permission.Columns.Select(c => c.Name)];

    private static string? Refusal(Caller? caller, Grant[] grants, string? purpose = null, DateTimeOffset? now = null)
    {
        try
        {
            ReadDecision.Decide(caller, Shared, grants, purpose, now ?? Now);
            return null;
        }
        catch (HubErrorException refused)
        {
            return refused.Error.Code;
        }
    }

    private static DataContract Contract(string access, string personal) => Samples.Valid(Samples.Contract(
        Samples.Column + "\n" + string.Join('\n', new[] { "ten", "xa" }.Select(name => $"- {{name: {name}, logicalType: string"
            + (name == personal ? ", customProperties: [{property: hub.personal, value: true}]}" : "}"))),
        hub: $"- {{property: hub.access, value: {access}}}"));
}
