using DataHub.Core.Versioning;
using DataHub.Storage.Queries;
using Npgsql;

namespace DataHub.Gateway.Records;

/// <summary>
/// What a page is beside its records. The question half of a read makes it, the answering half writes it in any format.
/// </summary>
/// <param name="Request">The dataset and the version.</param>
/// <param name="Columns">Columns of the answer, in its order; what a cursor needs stands behind them in each row.</param>
internal sealed record PageFrame(ReadRequest Request, IReadOnlyList<StoreColumn> Columns)
{
    /// <summary>Most records of the page; the statement gives no more.</summary>
    public required int Take { get; init; }

    /// <summary>
    /// True when the page must have exactly <see cref="Take"/> records: fewer are a fault of the store, never a short answer.
    /// </summary>
    public required bool Exact { get; init; }

    /// <summary>Whether records follow a full page; null where only the next page can tell.</summary>
    public required bool? More { get; init; }

    /// <summary>Records of the whole answer, or null where nobody counted them.</summary>
    public required long? Total { get; init; }

    /// <summary>True when <see cref="Total"/> comes from statistics.</summary>
    public bool TotalIsEstimate { get; init; }

    /// <summary>True when the question stood in a body: the answer gives the cursor for the next one, and no address.</summary>
    public bool AskedInBody { get; init; }

    /// <summary>The cursor behind the reader's record, whose own values begin at the given column.</summary>
    public required Func<NpgsqlDataReader, int, string> Cursor { get; init; }

    /// <summary>
    /// The same page again without its columns: how a page that is too large to wait learns its last record before its first byte
    /// leaves.
    /// </summary>
    public required Func<CancellationToken, Task<RecordRows>> Keys { get; init; }

    /// <summary>Whether <paramref name="count"/> records read are followed by others.</summary>
    public bool HasNext(int count) => count == Take && More != false;
}
