using System.Reflection;

namespace DataHub.Core.Errors;

/// <summary>
/// The closed catalogue of expected refusals: one factory an error, one file an area. A kind is a private static field
/// beside its factory; <see cref="Kinds"/> collects them, and a test holds <c>contracts/errors.json</c> to the list.
/// </summary>
public static partial class HubErrors
{
    // Lazy: static fields of the other partial files have no promised order of initialisation.
    private static readonly Lazy<IReadOnlyList<ErrorKind>> AllKinds = new(() =>
    [
        .. typeof(HubErrors).GetFields(BindingFlags.Static | BindingFlags.NonPublic)
            .Where(f => f.FieldType == typeof(ErrorKind))
            .Select(f => (ErrorKind)f.GetValue(null)!)
            .OrderBy(k => k.Code, StringComparer.Ordinal),
    ]);

    /// <summary>Every kind, by code.</summary>
    public static IReadOnlyList<ErrorKind> Kinds => AllKinds.Value;

    private static HubError Make(ErrorKind kind, params object?[] arguments) => new(kind, arguments);
}
