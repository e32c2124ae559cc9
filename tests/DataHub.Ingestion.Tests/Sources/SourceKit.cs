using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;
using Xunit;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Contracts to read by, and everything a reader gives as plain text, for the tests of sources.</summary>
internal static class SourceKit
{
    public static DataContract Contract(DatasetTerms terms, params string[] columns) => new()
    {
        Dataset = "d",
        Id = "d",
        Version = new ContractVersion(1, 0, 0),
        Title = "d",
        Terms = terms,
        Document = "{}",
        Columns = [.. columns.Select((c, i) => new ContractColumn
        {
            Name = "c" + i, SourceName = c, Type = new ColumnType(ColumnKind.Text),
        })],
    };

    public static DatasetTerms Table(string table) => new() { Provider = "A", Source = "s", Table = table };

    public static DatasetTerms Query(string query) => new() { Provider = "A", Source = "s", Query = query };

    public static DatasetTerms File(string file) => new() { Provider = "A", Source = "s", File = file };

    public static async Task<(List<string[]> Rows, List<BrokenRecord> Broken, List<long> Positions)> ReadAll(
        ISourceAdapter adapter, SourceSettings source, DataContract contract, CancellationToken cancellation = default)
    {
        await using var reader = await adapter.OpenAsync(source, contract, cancellation);
        var (rows, broken, positions) = (new List<string[]>(), new List<BrokenRecord>(), new List<long>());
        var batch = new RecordBatch(reader.Fields, 7);
        while (await reader.ReadAsync(batch, cancellation))
        {
            for (var row = 0; row < batch.Count; row++)
            {
                rows.Add([.. batch.Columns.Select(c => Show(c, row))]);
                positions.Add(batch.Positions[row]);
            }

            broken.AddRange(batch.Broken);
        }

        return (rows, broken, positions);
    }

    /// <summary>A cell as text; null as ∅, an unreadable one with a question mark before it, one of another kind with that.</summary>
    public static string Show(SourceColumn column, int row) => column.State(row) switch
    {
        CellState.Null => "∅",
        CellState.Unreadable => "?" + Encoding.UTF8.GetString(column.Bytes(row)),
        _ => (column.KindAt(row) == column.Kind ? "" : $"{column.KindAt(row)}:") + column.KindAt(row) switch
        {
            SourceKind.Text => Encoding.UTF8.GetString(column.Bytes(row)),
            SourceKind.Bytes => Convert.ToHexString(column.Bytes(row)),
            SourceKind.Decimal => column.Decimals[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
            SourceKind.Float64 => BitConverter.Int64BitsToDouble(column.Longs[row])
                .ToString("R", System.Globalization.CultureInfo.InvariantCulture),
            _ => column.Longs[row].ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
    };

    /// <summary>A pull that is cancelled after its first batch ends at once, and lets go of its source.</summary>
    public static async Task AssertGivesUpAsync(ISourceAdapter adapter, SourceSettings source, DataContract contract)
    {
        using var cancel = new CancellationTokenSource();
        var reader = await adapter.OpenAsync(source, contract, cancel.Token);
        var batch = new RecordBatch(reader.Fields, 100);
        Assert.True(await reader.ReadAsync(batch, cancel.Token));
        var reading = Task.Run(async () =>
        {
            while (await reader.ReadAsync(batch, cancel.Token))
            {
            }
        });
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(3)));
        await reader.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    public static async Task<HubError> Refusal(Func<Task> call)
    {
        var error = (await Assert.ThrowsAsync<HubErrorException>(call)).Error;
        // Both languages take their arguments, whatever the error.
        Assert.NotEmpty(error.Detail("vi") + error.Hint("vi") + error.Detail("en") + error.Hint("en"));
        return error;
    }
}
