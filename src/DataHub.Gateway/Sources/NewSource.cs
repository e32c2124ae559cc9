using System.Text.RegularExpressions;
using DataHub.Core.Errors;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using FluentValidation;

namespace DataHub.Gateway.Sources;

/// <summary>A source to register.</summary>
/// <param name="Id">Lower-case letters, digits and hyphens.</param>
/// <param name="Kind">csv, excel, mysql, parquet, postgres, rest, sqlite, sqlserver (not yet run against a server: decision 0057).</param>
/// <param name="Name">For people; the id when omitted.</param>
/// <param name="Settings">The kind's settings (host, port, database…; folder, transport, files, encoding…; baseUrl, paging, auth…), never a secret.</param>
/// <param name="Username">Account, if the kind has one.</param>
/// <param name="Password">Secret; stored encrypted, never shown again.</param>
internal sealed record NewSource(
    string? Id = null, string? Kind = null, string? Name = null, Dictionary<string, string>? Settings = null, string? Username = null,
    string? Password = null);

/// <summary>New name or settings; what is omitted stays.</summary>
internal sealed record ChangedSource(string? Name = null, Dictionary<string, string>? Settings = null);

/// <summary>A new account and password; the old ones are gone.</summary>
internal sealed record SourceCredential(string? Username = null, string? Password = null);

/// <summary>Judges a source before it is stored: all problems at once, the adapter's own among them.</summary>
internal sealed partial class NewSourceValidator : AbstractValidator<NewSource>
{
    public NewSourceValidator()
    {
        RuleFor(s => s.Id).Must(id => id is not null && IdPattern().IsMatch(id)).WithErrorCode("source_id_invalid")
            .WithMessage("Mã nguồn gồm chữ thường a-z, chữ số và dấu gạch nối, bắt đầu bằng chữ, 2-63 ký tự.\n"
                + "A source id is lower-case letters, digits and hyphens, begins with a letter, 2-63 characters.");
        RuleFor(s => s.Kind).NotEmpty().WithErrorCode("required").WithMessage("Phải nêu loại nguồn.\nThe kind is required.");
        RuleFor(s => s.Name).MaximumLength(200).WithErrorCode("too_long").WithMessage("Tên dài tối đa 200 ký tự.\nA name has at most 200 characters.");
        RuleFor(s => s.Name).Must(IsPlain).WithErrorCode("character_not_allowed").WithMessage(ControlCharacters);
        RuleFor(s => s.Username).Must(IsPlain).WithErrorCode("character_not_allowed").WithMessage(ControlCharacters);
        RuleFor(s => s.Settings).Must(s => s is null || s.All(p => !p.Key.Contains('\0') && !p.Value.Contains('\0')))
            .WithErrorCode("character_not_allowed").WithMessage(ControlCharacters);
    }

    private const string ControlCharacters = "Không được có ký tự điều khiển.\nControl characters are not allowed.";

    private static bool IsPlain(string? text) => text is null || !text.Any(char.IsControl);

    /// <summary>Throws request_invalid with everything that is wrong.</summary>
    public static void Check(NewSource request, SourceGateway gateway)
    {
        var problems = new NewSourceValidator().Validate(request).Errors.Select(f =>
        {
            var words = f.ErrorMessage.Split('\n');
            return new ErrorDetail(f.ErrorCode, new Text(words[0], words[^1])) { Pointer = "/" + char.ToLowerInvariant(f.PropertyName[0]) + f.PropertyName[1..] };
        }).ToList();
        if (!string.IsNullOrEmpty(request.Kind))
        {
            problems.AddRange(Judge(request, gateway));
        }

        if (problems.Count > 0)
        {
            throw HubErrors.RequestInvalid(problems).ToException();
        }
    }

    private static IReadOnlyList<ErrorDetail> Judge(NewSource request, SourceGateway gateway)
    {
        try
        {
            return gateway.Check(new SourceSettings(request.Id ?? "", request.Kind!, request.Settings ?? [], request.Username, request.Password));
        }
        catch (HubErrorException e)
        {
            return [new ErrorDetail(e.Error.Code, new(e.Error.Detail("vi"), e.Error.Detail("en"))) { Pointer = "/kind" }];
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9-]{1,62}\z")]
    private static partial Regex IdPattern();
}
