using DataHub.Core.Contracts;
using DataHub.Gateway.Records;
using DataHub.Storage.Catalogue;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Versions;

/// <summary>What is left to do for a read after its headers.</summary>
internal enum HeadersVerdict
{
    /// <summary>The records.</summary>
    Records,

    /// <summary>Nothing: HEAD, or the caller has the answer already.</summary>
    Answered,

    /// <summary>The head moved: resolve the reference again.</summary>
    Moved,
}

/// <summary>Answers what needs no record: HEAD, and 304 to a caller who has the answer already.</summary>
internal sealed class ConditionalReads(DatasetBook datasets)
{
    /// <summary>Whether a call can be answered without records at all.</summary>
    public static bool MayDo(HttpRequest request) => HttpMethods.IsHead(request.Method) || request.Headers.IfNoneMatch.Count > 0;

    /// <summary>Makes sure that a moving reference means the newest version, then writes the headers of the version.</summary>
    public async Task<HeadersVerdict> AnswerAsync(HttpContext context, ReadRequest request, DataContract contract, string question)
    {
        if (request.MustBeHead && !await datasets.IsLatestAsync(request.Dataset, request.Version, context.RequestAborted))
        {
            return HeadersVerdict.Moved;
        }

        if (VersionHeaders.Write(context, request, contract, question))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return HeadersVerdict.Answered;
        }

        return HttpMethods.IsHead(context.Request.Method) ? HeadersVerdict.Answered : HeadersVerdict.Records;
    }
}
