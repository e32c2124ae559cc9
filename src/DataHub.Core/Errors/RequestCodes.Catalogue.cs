namespace DataHub.Core.Errors;

/// <summary>Problems of a search in the catalogue.</summary>
public static partial class RequestCodes
{
    public static readonly RequestCode TooManyWords = new("too_many_words", new(
        "Nhiều hơn {0} từ.",
        "More than {0} words."));

    public static readonly RequestCode ValueUnknown = new("value_unknown", new(
        "Không có giá trị này{0}",
        "There is no such value{0}"));
}
