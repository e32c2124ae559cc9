using DataHub.Core.Errors;
using FluentValidation;

namespace DataHub.Gateway.Problems;

/// <summary>Joins FluentValidation to the problem document: a rule names a code of the closed list, its property is the pointer.</summary>
internal static class RequestValidation
{
    /// <summary>Throws all problems of a request at once, if any.</summary>
    public static async Task RequireAsync<T>(this IValidator<T> validator, T request, CancellationToken cancellation)
    {
        var result = await validator.ValidateAsync(request, cancellation);
        if (!result.IsValid)
        {
            throw HubErrors.RequestInvalid([.. result.Errors.Select(f => (ErrorDetail)f.CustomState)]).ToException();
        }
    }

    /// <summary>Reports a problem at the property under validation, or below it.</summary>
    public static void Report<T>(this ValidationContext<T> context, RequestCode code, string below = "",
        IReadOnlyList<string>? allowed = null, params object?[] arguments)
    {
        var problem = code.At(Pointer(context.PropertyPath) + below, arguments) with { Allowed = allowed };
        context.AddFailure(new FluentValidation.Results.ValidationFailure(context.PropertyPath, code.Code) { CustomState = problem });
    }

    /// <summary>A text that must be there and stay within a length.</summary>
    public static IRuleBuilderOptionsConditions<T, string?> Filled<T>(this IRuleBuilder<T, string?> rule, int longest = 500) =>
        rule.Custom((value, context) =>
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                context.Report(RequestCodes.Required);
            }
            else if (value.Length > longest)
            {
                context.Report(RequestCodes.TextTooLong, arguments: longest);
            }
        });

    /// <summary>A text that may be absent but stays within a length.</summary>
    public static IRuleBuilderOptionsConditions<T, string?> AtMost<T>(this IRuleBuilder<T, string?> rule, int longest = 500) =>
        rule.Custom((value, context) =>
        {
            if (value?.Length > longest)
            {
                context.Report(RequestCodes.TextTooLong, arguments: longest);
            }
        });

    private static string Pointer(string path) => path.Length == 0 ? "" : "/" + char.ToLowerInvariant(path[0]) + path[1..];
}
