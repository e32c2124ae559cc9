using System.Text.RegularExpressions;

namespace DataHub.Core.Contracts;

/// <summary>IANA time zones only; Windows names, which .NET also knows, are refused so that contracts read the same everywhere.</summary>
internal static partial class TimeZones
{
    public static TimeZoneInfo? Find(string id) =>
        Shape().IsMatch(id) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId ? zone : null;

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,31}){0,2}\z")]
    private static partial Regex Shape();
}
