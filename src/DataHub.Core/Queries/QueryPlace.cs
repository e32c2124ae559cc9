using DataHub.Core.Contracts;
using DataHub.Core.Errors;

namespace DataHub.Core.Queries;

/// <summary>Where in a request a part of a question stands: a query parameter, or a member of the body.</summary>
/// <param name="Name">The parameter's name, or the member's pointer without its first slash.</param>
/// <param name="InBody">True for a body.</param>
public readonly record struct QueryPlace(string Name, bool InBody)
{
    /// <summary>A part of this place: in a body below it, in a URL the same parameter.</summary>
    public QueryPlace Below(string part) => InBody ? this with { Name = JsonPointer.Below(Name, part) } : this;

    /// <summary>A problem at this place.</summary>
    public ErrorDetail Report(RequestCode code, params object?[] arguments) =>
        InBody ? code.At("/" + Name, arguments) : code.In(Name, arguments);
}
