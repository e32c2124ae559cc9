using System.Text.RegularExpressions;
using DataHub.Core.Access;
using DataHub.Core.Errors;
using DataHub.Gateway.Problems;
using DataHub.Storage.ControlPlane;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Clients;

/// <summary>A client to be made.</summary>
/// <param name="ClientId">Left out: made up.</param>
/// <param name="AgencyCode">Its agency; only an administrator client of the hub itself has none.</param>
/// <param name="Scopes">Left out: datahub.read.</param>
internal sealed record NewClient(
    string? ClientId = null, string? AgencyCode = null, string? Name = null, IReadOnlyList<string?>? Scopes = null);

/// <summary>What a client must have.</summary>
internal sealed partial class NewClientValidator : AbstractValidator<NewClient>
{
    private static readonly string[] KnownScopes = [ReadDecision.AdminScope, ReadDecision.ReadScope];

    public NewClientValidator(HubDb db)
    {
        RuleFor(r => r.ClientId).Custom((id, context) =>
        {
            if (id is not null && (id.Length > 100 || !IdPattern().IsMatch(id)))
            {
                context.Report(RequestCodes.ClientIdInvalid);
            }
        });
        RuleFor(r => r.Name).Filled(200);
        RuleFor(r => r.Scopes).Custom((scopes, context) =>
        {
            if (scopes is { Count: 0 })
            {
                context.Report(RequestCodes.Required, allowed: KnownScopes);
            }

            for (var i = 0; i < scopes?.Count; i++)
            {
                if (!KnownScopes.Contains(scopes[i]))
                {
                    context.Report(RequestCodes.ScopeUnknown, $"/{i}", KnownScopes);
                }
            }
        });
        RuleFor(r => r.AgencyCode).CustomAsync(async (code, context, cancellation) =>
        {
            if (code is null && context.InstanceToValidate.Scopes?.Contains(ReadDecision.AdminScope) == true)
            {
                return;
            }

            if (!await db.Agencies.AnyAsync(a => a.Code == code && a.EndedAt == null, cancellation))
            {
                context.Report(code is null ? RequestCodes.Required : RequestCodes.AgencyUnknown);
            }
        });
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex IdPattern();
}
