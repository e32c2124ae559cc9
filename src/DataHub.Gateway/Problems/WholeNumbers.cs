using System.Globalization;
using DataHub.Core.Errors;

namespace DataHub.Gateway.Problems;

/// <summary>
/// The one way in which whole numbers of the query string are read: digits alone, within bounds, and the refusal names the
/// parameter.
/// </summary>
internal static class WholeNumbers
{
    /// <summary>The size of a page; never clamped.</summary>
    /// <exception cref="HubErrorException">limit_out_of_range.</exception>
    public static int ReadLimit(string? text, int otherwise, int most) => text is null
        ? otherwise
        : TryRead(text, 1, most, out var limit) ? (int)limit : throw HubErrors.LimitOutOfRange(most).ToException();

    /// <summary>A place in a list, from 0; null when it was not given.</summary>
    /// <exception cref="HubErrorException">request_invalid.</exception>
    public static long? Read(string? text, string parameter, long most) => text is null
        ? null
        : TryRead(text, 0, most, out var number)
            ? number
            : throw HubErrors.RequestInvalid([RequestCodes.NumberInvalid.In(parameter, 0, most)]).ToException();

    private static bool TryRead(string text, long least, long most, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
}
