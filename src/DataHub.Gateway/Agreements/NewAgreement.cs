using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Gateway.Answers;
using DataHub.Gateway.OpenApi;
using DataHub.Gateway.Problems;
using DataHub.Storage.ControlPlane;
using FluentValidation;
using Microsoft.EntityFrameworkCore;

namespace DataHub.Gateway.Agreements;

/// <summary>An agreement to be made.</summary>
/// <param name="Recipient">Code of the agency that will read.</param>
/// <param name="Purpose">Exactly one; reads of personal columns must state it.</param>
/// <param name="Columns">Left out: all that are not personal. A personal column is granted only where it is named.</param>
/// <param name="From">First instant in force.</param>
/// <param name="Until">First instant no longer in force.</param>
internal sealed record NewAgreement(string? Recipient = null, string? Dataset = null, string? Purpose = null,
    IReadOnlyList<string?>? Columns = null, [property: Format("date-time")] string? From = null,
    [property: Format("date-time")] string? Until = null);

/// <summary>What an agreement must have: partners and columns that exist, one purpose, a span of time that no other covers.</summary>
internal sealed class NewAgreementValidator : AbstractValidator<NewAgreement>
{
    public NewAgreementValidator(HubDb db, DatasetColumns datasets)
    {
        RuleFor(r => r.Recipient).CustomAsync(async (code, context, cancellation) =>
        {
            if (!await db.Agencies.AnyAsync(a => a.Code == code && a.EndedAt == null, cancellation))
            {
                context.Report(string.IsNullOrWhiteSpace(code) ? RequestCodes.Required : RequestCodes.AgencyUnknown);
            }
        });
        RuleFor(r => r.Dataset).CustomAsync(async (name, context, cancellation) =>
        {
            if (!await db.Datasets.AnyAsync(d => d.Name == name, cancellation))
            {
                var known = await db.Datasets.Select(d => d.Name).ToListAsync(cancellation);
                context.Report(RequestCodes.DatasetUnknown, arguments: DidYouMean.Clause(name ?? "", known));
            }
        });
        RuleFor(r => r.Purpose).Filled();
        RuleFor(r => r.Columns).CustomAsync(async (columns, context, cancellation) =>
            CheckColumns(columns, await datasets.FindAsync(context.InstanceToValidate.Dataset, cancellation), context));
        RuleFor(r => r.From).Custom(CheckTime);
        RuleFor(r => r.Until).Custom(CheckTime).Custom(CheckOrder);
        RuleFor(r => r.Purpose).CustomAsync((_, context, cancellation) => CheckOverlapAsync(db, context, cancellation));
    }

    private static void CheckColumns(
        IReadOnlyList<string?>? columns, IReadOnlyList<ContractColumn>? known, ValidationContext<NewAgreement> context)
    {
        if (columns is { Count: 0 })
        {
            context.Report(RequestCodes.Required);
        }

        if (known is null)
        {
            return;
        }

        string[] names = [.. known.Select(c => c.Name)];
        for (var i = 0; i < columns?.Count; i++)
        {
            if (!names.Contains(columns[i]))
            {
                context.Report(RequestCodes.ColumnUnknown, $"/{i}", names, DidYouMean.Clause(columns[i] ?? "", names));
            }
        }
    }

    private static void CheckTime(string? text, ValidationContext<NewAgreement> context)
    {
        if (text is null)
        {
            context.Report(RequestCodes.Required);
        }
        else if (!text.EndsWith('Z') || !UtcTimeConverter.TryRead(text, out _))
        {
            context.Report(RequestCodes.TimeInvalid);
        }
    }

    private static void CheckOrder(string? text, ValidationContext<NewAgreement> context)
    {
        if (UtcTimeConverter.TryRead(context.InstanceToValidate.From, out var from)
            && UtcTimeConverter.TryRead(text, out var until) && from >= until)
        {
            context.Report(RequestCodes.UntilBeforeFrom);
        }
    }

    // Two with one purpose at one time would leave the reader no way to say which is meant.
    private static async Task CheckOverlapAsync(HubDb db, ValidationContext<NewAgreement> context, CancellationToken cancellation)
    {
        var (recipient, dataset, purpose) = (
            context.InstanceToValidate.Recipient, context.InstanceToValidate.Dataset, context.InstanceToValidate.Purpose?.Trim());
        if (!UtcTimeConverter.TryRead(context.InstanceToValidate.From, out var from)
            || !UtcTimeConverter.TryRead(context.InstanceToValidate.Until, out var until))
        {
            return;
        }

        var other = await db.Agreements.Where(a => a.RecipientCode == recipient && a.Purpose == purpose && a.EndedAt == null
                && a.From < until && from < a.Until && db.Datasets.Any(d => d.Id == a.DatasetId && d.Name == dataset))
            .Select(a => (long?)a.Id).FirstOrDefaultAsync(cancellation);
        if (other is not null)
        {
            context.Report(RequestCodes.AgreementOverlaps, arguments: other);
        }
    }
}
