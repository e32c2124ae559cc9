using System.Reflection;

namespace DataHub.Core.Errors;

/// <summary>One thing that can be wrong with a request; its code is stable and listed in <c>contracts/errors.json</c>.</summary>
/// <param name="Code">Snake case, never translated.</param>
/// <param name="Message">What is wrong and what to do, with places for the occurrence's arguments.</param>
public sealed record RequestCode(string Code, Text Message)
{
    /// <summary>An occurrence in the body; an argument that is a <see cref="Text"/> is placed in each language.</summary>
    public ErrorDetail At(string pointer, params object?[] arguments) => Make(arguments) with { Pointer = pointer };

    /// <summary>An occurrence in a query parameter or header.</summary>
    public ErrorDetail In(string parameter, params object?[] arguments) => Make(arguments) with { Parameter = parameter };

    private ErrorDetail Make(object?[] arguments) => new(Code, new Text(
        Message.In("vi", [.. arguments.Select(a => a is Text text ? text.Vi : a)]),
        Message.In("en", [.. arguments.Select(a => a is Text text ? text.En : a)])));
}

/// <summary>The closed list of what <c>errors[]</c> can say about a request's body and parameters; contracts have their own.</summary>
public static partial class RequestCodes
{
    // Lazy: static fields of the other partial files have no promised order of initialisation.
    private static readonly Lazy<IReadOnlyList<RequestCode>> AllCodes = new(() =>
    [
        .. typeof(RequestCodes).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Where(f => f.FieldType == typeof(RequestCode))
            .Select(f => (RequestCode)f.GetValue(null)!)
            .OrderBy(c => c.Code, StringComparer.Ordinal),
    ]);

    /// <summary>Every code, in order.</summary>
    public static IReadOnlyList<RequestCode> All => AllCodes.Value;

    public static readonly RequestCode JsonInvalid = new("json_invalid", new(
        "JSON sai cú pháp hoặc sai kiểu ở vị trí này.",
        "The JSON is malformed or of a wrong type here."));

    public static readonly RequestCode ParameterUnknown = new("parameter_unknown", new(
        "Không có tham số này{0}",
        "There is no such parameter{0}"));

    public static readonly RequestCode Required = new("required", new(
        "Phải có giá trị.",
        "A value is required."));

    public static readonly RequestCode TextTooLong = new("too_long", new(
        "Dài quá {0} ký tự.",
        "Longer than {0} characters."));

    public static readonly RequestCode TimeInvalid = new("time_invalid", new(
        "Phải là thời điểm ISO 8601 theo giờ UTC, kết thúc bằng Z, ví dụ 2026-01-31T00:00:00Z.",
        "It must be an ISO 8601 time in UTC that ends in Z, for example 2026-01-31T00:00:00Z."));
}
