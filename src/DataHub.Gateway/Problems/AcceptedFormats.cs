using DataHub.Core.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DataHub.Gateway.Problems;

/// <summary>Refuses a caller who accepts no JSON, before anything is done for it.</summary>
public static class AcceptedFormats
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    public static TBuilder AnswersJson<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter((call, next) =>
        {
            var request = call.HttpContext.Request;
            var accepted = request.GetTypedHeaders().Accept;
            return accepted.Count == 0 || accepted.Any(a => a.Quality is not 0 && Json.IsSubsetOf(a))
                ? next(call)
                : throw HubErrors.ForStatus(StatusCodes.Status406NotAcceptable, request.Method, request.Path).ToException();
        });
}
