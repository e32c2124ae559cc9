using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Queries;
using DataHub.Gateway.Access;
using DataHub.Storage.Queries;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace DataHub.Gateway.Records;

/// <summary>A page that may be asked of the store.</summary>
/// <param name="Request">Dataset, permission and version.</param>
/// <param name="Query">What the statement reads.</param>
/// <param name="Asked">The question as it was asked.</param>
/// <param name="Scope">What its cursor is bound to.</param>
/// <param name="Position">Where it continues, or null for the first page.</param>
internal sealed record QuestionPage(ReadRequest Request, RecordQuery Query, AskedQuestion Asked, CursorScope Scope, PagePosition? Position)
{
    public RecordQuestion Question => Query.Question!;
}

/// <summary>
/// Step Plan for pages: the question over the granted columns, what it may cost, where its cursor stands, how much is left.
/// </summary>
internal sealed class QuestionPages(PageCursor cursors, RecordQueries records, RecordCounts counts, GatewayOptions options)
{
    /// <inheritdoc cref="PageCursor.Open"/>
    public OpenCursor Open(string cursor) => cursors.Open(cursor);

    /// <summary>The page; every problem of the question at once, then what it costs, then the cursor.</summary>
    public QuestionPage Plan(
        ReadPlan plan, ReadRequest request, AskedQuestion asked, OpenCursor? opened, QueryProblems problems, HttpContext context)
    {
        var reference = context.Request.RouteValues["reference"]?.ToString() ?? "latest";
        var planned = plan.Plan(asked, problems)
            ?? throw HubErrors.QueryInvalid(problems.Found, request.Dataset.Name, reference).ToException();
        RequireIndex(plan, request, planned.Question);
        var scope = new CursorScope(request.Dataset.Id, request.Version.Seq, $"{plan.Scope}\n{asked.Identity}",
            context.FindCaller()?.ClientId ?? "", request.Permission.Revision);
        var query = plan.Query(request) with { Columns = planned.Columns, Question = planned.Question };
        var position = opened is null ? null : PageCursor.Read(opened, scope, planned.Question.Order);
        return new QuestionPage(request, query, asked, scope, position);
    }

    /// <summary>What the page is beside its records.</summary>
    public async ValueTask<PageFrame> FrameAsync(QuestionPage page, CancellationToken cancellation)
    {
        var whole = page.Question.Filter is null;
        var left = whole ? page.Position?.Left ?? page.Request.Version.Records : (long?)null;
        var total = whole ? new RecordCount(page.Request.Version.Records, IsEstimate: false) : await CountAsync(page, cancellation);
        var take = (int)Math.Min(page.Asked.Limit, left ?? long.MaxValue);
        return new PageFrame(page.Request, page.Query.Columns)
        {
            Take = take,
            Exact = whole,
            More = whole ? left > take : null,
            Total = total?.Records,
            TotalIsEstimate = total?.IsEstimate ?? false,
            AskedInBody = page.Asked.InBody,
            Cursor = (reader, at) =>
                cursors.Write(page.Scope, new PagePosition(Position(reader, at, page.Question.Order), left - take, whole ? null : total)),

            // Not of the head any more, should it have moved: the same version, whose records never change.
            Keys = async token =>
                (await records.PageAsync(page.Query with { Columns = [], MustBeHead = false }, page.Position?.After, take, token))!,
        };
    }

    // Counted once: the cursor carries it on.
    private async ValueTask<RecordCount?> CountAsync(QuestionPage page, CancellationToken cancellation) =>
        page.Asked.Count == CountMode.None ? null
        : page.Position?.Total ?? await counts.CountAsync(page.Query, page.Asked.Count == CountMode.Exact, cancellation);

    private void RequireIndex(ReadPlan plan, ReadRequest request, RecordQuestion question)
    {
        if (request.Version.Records <= options.UnindexedRecords)
        {
            return;
        }

        var cost = new QueryCost(plan.Line.Layout, plan.Line.Indexed);
        if (cost.Unserved(question) is { } what)
        {
            if (new QueryCost(plan.Line.Layout, Declared(plan, request.Dataset.Newest.Contract)).Unserved(question) is null)
            {
                throw HubErrors.IndexPending(request.Dataset.Name).ToException();
            }

            var granted = cost.Names().Where(n => plan.Columns.Any(c => c.Name == n));
            throw HubErrors.QueryUnindexed(request.Version.Records, options.UnindexedRecords, what, [.. granted]).ToException();
        }
    }

    // What the version's contract promises to index and no later one has taken back; the index itself may still be under way.
    private static HashSet<int> Declared(ReadPlan plan, DataContract newest) => newest.Version.Major != plan.Contract.Version.Major ? []
        : [.. plan.Line.Layout.Columns.Where(c => Indexes(plan.Contract, c.Name) && Indexes(newest, c.Name)).Select(c => c.Id)];

    private static bool Indexes(DataContract contract, string column) => contract.Columns.Any(c => c.Name == column && c.Indexed);

    private static object?[] Position(NpgsqlDataReader reader, int at, IReadOnlyList<RecordOrder> order) =>
    [
        .. order.Select((step, i) => reader.GetValue(at + i) switch
        {
            DBNull => null,
            DateTime date when step.Column.Type.Kind == ColumnKind.Date => DateOnly.FromDateTime(date),
            TimeSpan time => TimeOnly.FromTimeSpan(time),
            var value => value,
        }),
    ];
}
