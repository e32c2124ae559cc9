using DataHub.Core.Errors;
using DataHub.Gateway.Formats;
using DataHub.Gateway.Records;
using DataHub.Gateway.Versions;
using DataHub.Storage.Exports;
using DataHub.Storage.Queries;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DataHub.Gateway.Files;

/// <summary>
/// A whole version as a file, in key order, by the steps of the read path:
/// <list type="number">
/// <item>Parse: the format, the version reference.</item>
/// <item>Authorize: as for records.</item>
/// <item>Plan: granted columns; headers, which may be all there is to answer.</item>
/// <item>Query: one of the bounded places; key ranges by COPY.</item>
/// <item>Respond: encoded and sent while the next range is read; a failure in the middle aborts the connection.</item>
/// </list>
/// </summary>
internal sealed class DownloadVersion(ReadRequests requests, ReadPlans plans, ConditionalReads conditional, VersionExports exports)
{
    public async Task SendAsync(string dataset, string reference, string format, HttpContext context)
    {
        // 1. Parse
        var choice = Read(dataset, reference, format, context.Request);

        // 2. Authorize
        var request = await requests.OpenAsync(dataset, reference, null, context, context.RequestAborted);
        while (true)
        {
            // 3. Plan
            var plan = await plans.ForAsync(request, context.RequestAborted);
            WriteHeaders(context.Response, request, choice);
            switch (await conditional.AnswerAsync(context, request, plan.Contract, "file\n" + choice.Identity))
            {
                case HeadersVerdict.Answered:
                    return;
                case HeadersVerdict.Moved:
                    request = await requests.ReopenAsync(request, context.RequestAborted);
                    continue;
                default:
                    await StreamAsync(plan.Query(request), choice, context);
                    return;
            }
        }
    }

    private async Task StreamAsync(RecordQuery query, FormatChoice choice, HttpContext context)
    {
        // 4. Query
        using var place = exports.TryEnter() ?? throw HubErrors.ExportsBusy(exports.Limit).ToException();

        // 5. Respond
        await using var body = new FileBody(choice, query.Columns, context);
        await exports.RunAsync(query, body, context.RequestAborted);
        await body.CompleteAsync();
    }

    private static FormatChoice Read(string dataset, string reference, string name, HttpRequest request)
    {
        if (!RecordFormats.OfFiles.Any(f => f.Name() == name))
        {
            throw HubErrors.FileFormatUnavailable(dataset, name, reference, [.. RecordFormats.OfFiles.Select(f => f.Name())]).ToException();
        }

        var problems = new List<ErrorDetail>();
        var choice = FormatChoice.OfFile(request, RecordFormats.OfFiles.First(f => f.Name() == name), problems);
        return problems.Count == 0 ? choice : throw HubErrors.RequestInvalid(problems).ToException();
    }

    private static void WriteHeaders(HttpResponse response, ReadRequest request, FormatChoice choice)
    {
        response.ContentType = choice.Format.ContentType();
        response.Headers.AcceptRanges = "none";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{request.Dataset.Name}-{request.Version.Label}.{choice.Format.Name()}");
        response.Headers.ContentDisposition = disposition.ToString();
    }
}
