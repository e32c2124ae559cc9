using System.Diagnostics;
using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Versioning;
using DataHub.Gateway.Access;
using DataHub.Gateway.Formats;
using DataHub.Gateway.Versions;
using DataHub.Storage.Catalogue;
using DataHub.Storage.Queries;
using DataHub.Storage.Versions;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace DataHub.Gateway.Records;

/// <summary>
/// The read path, from a URL to a page of an immutable version; each step is timed in <c>Server-Timing</c>:
/// <list type="number">
/// <item>Parse: parameters, version reference, cursor.</item>
/// <item>Authorize: open data, or exactly one agreement in force; its columns.</item>
/// <item>Plan: the version, the columns that both its contract and the agreement have, the statement.</item>
/// <item>Query: one round trip; a moving reference is checked against the head in it.</item>
/// <item>Respond: headers, then records straight from the reader.</item>
/// </list>
/// </summary>
internal sealed class QueryRecords(
    ReadRequests requests, DatasetBook datasets, RecordQueries records, PageCursor cursors, ConditionalReads conditional)
{
    public const int DefaultLimit = 1_000;
    public const int MaxLimit = 50_000;

    /// <summary>Answers one page, or its headers alone.</summary>
    public async Task PageAsync(string dataset, string reference, int limit, string? cursor, HttpContext context)
    {
        // 1. Parse
        var clock = Stopwatch.GetTimestamp();
        var cancellation = context.RequestAborted;
        var choice = ReadChoice(context.Request);

        // 2. Authorize
        var opened = cursor is null ? null : cursors.Open(cursor);
        var request = await requests.OpenAsync(dataset, reference, opened?.Seq, context, cancellation);
        var authorized = Stopwatch.GetElapsedTime(clock);
        while (true)
        {
            // 3. Plan
            var plan = await PlanAsync(request, cancellation);
            var scope = new CursorScope(request.Dataset.Id, request.Version.Seq, plan.Question, context.FindCaller()?.ClientId ?? "",
                request.Permission.Revision);
            var position = opened is null ? null : PageCursor.Read(opened, scope, plan.Line.Layout.Key);
            var question = $"{limit}\n{cursor}\n{choice.Identity}";
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
            var frame = Frame(plan, request, scope, position, limit);
            await using var rows = await records.PageAsync(plan.Query(request), position?.After, frame.Take, cancellation);
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
            var plan = await PlanAsync(request, cancellation);
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
            using var buffer = new AnswerBuffer();
            new JsonRecordWriter(plan.Columns, asText).Write(new ReaderRow(rows.Reader), buffer);
            await context.Response.BodyWriter.WriteAsync(buffer.Written, cancellation);
            return;
        }
    }

    private static FormatChoice ReadChoice(HttpRequest request)
    {
        var problems = new List<ErrorDetail>();
        var choice = FormatChoice.OfPage(request, problems);
        return problems.Count == 0 ? choice : throw HubErrors.RequestInvalid(problems).ToException();
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

    private PageFrame Frame(ReadPlan plan, ReadRequest request, CursorScope scope, PagePosition? position, int limit)
    {
        var left = position?.Left ?? request.Version.Records;
        var take = (int)Math.Min(limit, left);
        return new PageFrame(request, plan.Columns)
        {
            Take = take,
            Exact = true,
            More = left > take,
            Total = request.Version.Records,
            Cursor = (reader, at) => cursors.Write(scope, new PagePosition(plan.KeyOf(reader, at), left - take)),

            // Not of the head any more, should it have moved: the same version, whose records never change.
            Keys = async cancellation =>
                (await records.PageAsync(plan.Query(request) with { Columns = [], MustBeHead = false }, position?.After, take, cancellation))!,
        };
    }

    private async ValueTask<ReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        var line = await datasets.LineAsync(request.Dataset, request.Version.Major, cancellation);
        var revision = await datasets.RevisionAsync(request.Version.ContractRevisionId, cancellation);
        return ReadPlan.For(line, revision.Contract, request);
    }

    private static void Timing(HttpContext context, TimeSpan authorized, TimeSpan queried) =>
        context.Response.Headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture,
            $"authorize;dur={authorized.TotalMilliseconds:0.000}, query;dur={(queried - authorized).TotalMilliseconds:0.000}");
}

/// <summary>Which columns of which tables answer a read.</summary>
internal sealed record ReadPlan(StoreLine Line, DataContract Contract, IReadOnlyList<StoreColumn> Columns)
{
    /// <summary>What the caller asked beside page size: so far the granted columns alone.</summary>
    public string Question { get; } = string.Join(',', Columns.Select(c => c.Id));

    /// <summary>Columns in the version's contract's order that the caller may read.</summary>
    public static ReadPlan For(StoreLine line, DataContract contract, ReadRequest request)
    {
        var granted = request.Permission.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var columns = contract.Columns.Where(c => granted.Contains(c.Name))
            .Select(c => line.Layout.Columns.First(k => k.Name == c.Name));
        return new ReadPlan(line, contract, [.. columns]);
    }

    public RecordQuery Query(ReadRequest request) => new(Line, request.Version, Columns, request.MustBeHead);

    /// <summary>Asking for a key tells whether it exists: only who may read the key may ask.</summary>
    public void RequireGrantedKey(ReadRequest request)
    {
        var hidden = Line.Layout.Key.Where(k => Columns.All(c => c.Id != k.Id)).Select(k => k.Name).ToList();
        if (hidden.Count > 0)
        {
            throw HubErrors.KeyNotGranted(request.Dataset.Name, hidden).ToException();
        }
    }

    /// <summary>The key of the reader's record, which begins at column <paramref name="at"/>.</summary>
    public object[] KeyOf(NpgsqlDataReader reader, int at) =>
    [
        .. Line.Layout.Key.Select((column, i) => reader.GetValue(at + i) switch
        {
            DateTime date when column.Type.Kind == ColumnKind.Date => DateOnly.FromDateTime(date),
            TimeSpan time => TimeOnly.FromTimeSpan(time),
            var value => value,
        }),
    ];

    /// <summary>True when a key column is personal in the version's or the newest contract.</summary>
    public bool HasPersonalKey(DataContract newest) => Line.Layout.Key.Any(k =>
        Contract.Columns.Concat(newest.Columns).Any(c => c.Name == k.Name && c.Personal));
}
