using System.Diagnostics;
using System.Globalization;
using DataHub.Core.Errors;
using DataHub.Core.Queries;
using DataHub.Gateway.Formats;
using DataHub.Gateway.Versions;
using DataHub.Storage.Queries;
using Microsoft.AspNetCore.Http;

namespace DataHub.Gateway.Records;

/// <summary>
/// The read path, from a URL to a page of an immutable version; each step is timed in <c>Server-Timing</c>:
/// <list type="number">
/// <item>Parse: the question (<see cref="UrlQuestion"/>, <see cref="BodyQuestion"/>), version reference, cursor.</item>
/// <item>Authorize: open data, or exactly one agreement in force; its columns.</item>
/// <item>Plan: the version, the columns that both its contract and the agreement have (<see cref="ReadPlan"/>), filter and order over
/// them, what they may cost.</item>
/// <item>Query: one round trip; a moving reference is checked against the head in it.</item>
/// <item>Respond: headers, then records straight from the reader.</item>
/// </list>
/// </summary>
internal sealed class QueryRecords(
    ReadRequests requests, ReadPlans plans, RecordQueries records, QuestionPages pages, ConditionalReads conditional)
{
    /// <summary>Answers one page, or its headers alone.</summary>
    /// <param name="dataset">The dataset's name.</param>
    /// <param name="reference">The version as the caller named it.</param>
    /// <param name="asked">What is asked, from a URL or a body.</param>
    /// <param name="problems">What was wrong with it so far; reported with all that the plan finds.</param>
    /// <param name="context">The call.</param>
    public async Task PageAsync(string dataset, string reference, AskedQuestion asked, QueryProblems problems, HttpContext context)
    {
        // 1. Parse
        var clock = Stopwatch.GetTimestamp();
        var cancellation = context.RequestAborted;
        var choice = ReadChoice(context.Request, problems);

        // 2. Authorize
        var opened = asked.Cursor is null ? null : pages.Open(asked.Cursor);
        var request = await requests.OpenAsync(dataset, reference, opened?.Seq, context, cancellation);
        var authorized = Stopwatch.GetElapsedTime(clock);
        while (true)
        {
            // 3. Plan
            var plan = await plans.ForAsync(request, cancellation);
            var page = pages.Plan(plan, request, asked, opened, problems, context);
            var question = $"{asked.Limit}\n{asked.Cursor}\n{asked.Identity}\n{choice.Identity}";
            context.Response.Headers.AcceptRanges = "none";
            if (ConditionalReads.MayDo(context.Request))
            {
                context.Response.ContentType = choice.Format.ContentType();
                var verdict = await conditional.AnswerAsync(context, request, plan.Contract, question);
                if (verdict == HeadersVerdict.Answered)
                {
                    return;
                }

                if (verdict == HeadersVerdict.Moved)
                {
                    request = await requests.ReopenAsync(request, cancellation);
                    continue;
                }
            }

            // 4. Query
            var frame = await pages.FrameAsync(page, cancellation);
            await using var rows = await records.PageAsync(page.Query, page.Position?.After, frame.Take, cancellation);
            if (rows is null)
            {
                request = await requests.ReopenAsync(request, cancellation);
                continue;
            }

            // 5. Respond
            Timing(context, authorized, Stopwatch.GetElapsedTime(clock));
            VersionHeaders.Write(context, request, plan.Contract, question);
            await new RecordPage(frame, choice, context).WriteAsync(rows);
            return;
        }
    }

    /// <summary>Answers one record by its key.</summary>
    public async Task OneAsync(string dataset, string reference, Func<ReadPlan, ReadRequest, object[]> readKey, HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var asText = RequireJson(context);
        var request = await requests.OpenAsync(dataset, reference, null, context, cancellation);
        while (true)
        {
            var plan = await plans.ForAsync(request, cancellation);
            plan.RequireGrantedKey(request);
            await using var rows = await records.OneAsync(plan.Query(request), readKey(plan, request), cancellation);
            if (rows is null)
            {
                request = await requests.ReopenAsync(request, cancellation);
                continue;
            }

            if (!await rows.Reader.ReadAsync(cancellation))
            {
                throw HubErrors.RecordNotFound(request.Dataset.Name, request.Version.Seq).ToException();
            }

            if (VersionHeaders.Write(context, request, plan.Contract, asText ? "text" : ""))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }

            context.Response.ContentType = RecordFormat.Json.ContentType();
            if (HttpMethods.IsHead(context.Request.Method))
            {
                return;
            }

            using var buffer = new AnswerBuffer();
            plan.Json(asText).Write(new ReaderRow(rows.Reader), buffer);
            await context.Response.BodyWriter.WriteAsync(buffer.Written, cancellation);
            return;
        }
    }

    private static FormatChoice ReadChoice(HttpRequest request, QueryProblems problems)
    {
        var found = new List<ErrorDetail>();
        var choice = FormatChoice.OfPage(request, found);
        found.ForEach(problems.Add);
        return choice;
    }

    // True when int64 and decimal are wanted as strings.
    private static bool RequireJson(HttpContext context)
    {
        var accept = context.Request.GetTypedHeaders().Accept;
        var json = Microsoft.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json");
        return accept.Count == 0 || accept.Any(a => a.Quality != 0 && json.IsSubsetOf(new(a.MediaType)))
            ? FormatChoice.WantsNumbersAsText(accept)
            : throw HubErrors.NotAcceptable(context.Request.Method, context.Request.Path, ["application/json"]).ToException();
    }

    private static void Timing(HttpContext context, TimeSpan authorized, TimeSpan queried) =>
        context.Response.Headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture,
            $"authorize;dur={authorized.TotalMilliseconds:0.000}, query;dur={(queried - authorized).TotalMilliseconds:0.000}");
}
