using System.Text.RegularExpressions;
using DataHub.Core.Errors;
using DataHub.Gateway.Problems;
using FluentValidation;

namespace DataHub.Gateway.Agencies;

/// <summary>An agency to be added.</summary>
/// <param name="Code">Decision 20/2020: up to 35 characters, groups of 0-9 A-Z separated by dots.</param>
/// <param name="Name">Vietnamese name.</param>
internal sealed record NewAgency(string? Code = null, string? Name = null, string? NameEn = null, string? Contact = null);

/// <summary>What an agency must have.</summary>
internal sealed partial class NewAgencyValidator : AbstractValidator<NewAgency>
{
    public NewAgencyValidator()
    {
        RuleFor(r => r.Code).Custom((code, context) =>
        {
            if (code is not { Length: <= 35 } || !CodePattern().IsMatch(code))
            {
                context.Report(RequestCodes.AgencyCodeInvalid);
            }
        });
        RuleFor(r => r.Name).Filled();
        RuleFor(r => r.NameEn).AtMost();
        RuleFor(r => r.Contact).AtMost();
    }

    [GeneratedRegex(@"^[0-9A-Z]+(\.[0-9A-Z]+)*\z", RegexOptions.NonBacktracking)]
    private static partial Regex CodePattern();
}

/// <summary>Why something is ended; goes to the ledger.</summary>
internal sealed record EndRequest(string? Reason = null);

internal sealed class EndRequestValidator : AbstractValidator<EndRequest>
{
    public EndRequestValidator() => RuleFor(r => r.Reason).AtMost(1_000);
}
