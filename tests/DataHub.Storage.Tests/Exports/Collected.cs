using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Exports;
using DataHub.Storage.Queries;

namespace DataHub.Storage.Tests.Exports;

/// <summary>Keeps every record of an export as texts, and does something between its ranges.</summary>
internal sealed class Collected(IReadOnlyList<StoreColumn> columns, Func<Task>? between = null) : IExportTarget
{
    public List<string> Records { get; } = [];

    public int Ranges { get; private set; }

    public ValueTask WriteAsync(IRecordRow row, CancellationToken cancellation)
    {
        Records.Add(Text(row, columns));
        return ValueTask.CompletedTask;
    }

    public async ValueTask<long> EndRangeAsync(CancellationToken cancellation)
    {
        Ranges++;
        await (between?.Invoke() ?? Task.CompletedTask);
        return 100;
    }

    /// <summary>The values of a record, whatever it is read from.</summary>
    public static string Text(IRecordRow row, IReadOnlyList<StoreColumn> columns) =>
        string.Join('|', columns.Select((c, i) => row.IsNull(i) ? "∅" : Value(row, i, c.Type.Kind)));

    private static string Value(IRecordRow row, int i, ColumnKind kind)
    {
        Span<byte> room = stackalloc byte[80];
        return kind switch
        {
            ColumnKind.Text => System.Text.Encoding.UTF8.GetString(row.Text(i)),
            ColumnKind.Int32 => row.Int32(i).ToString(CultureInfo.InvariantCulture),
            ColumnKind.Int64 => row.Int64(i).ToString(CultureInfo.InvariantCulture),
            ColumnKind.Decimal => System.Text.Encoding.ASCII.GetString(room[..row.Decimal(i, room)]),
            ColumnKind.Float64 => row.Float64(i).ToString("R", CultureInfo.InvariantCulture),
            ColumnKind.Boolean => row.Boolean(i) ? "true" : "false",
            ColumnKind.Date => row.Date(i).ToString("O", CultureInfo.InvariantCulture),
            ColumnKind.Time => row.Time(i).ToString("O", CultureInfo.InvariantCulture),
            ColumnKind.Timestamp => row.Timestamp(i).ToString("O", CultureInfo.InvariantCulture),
            _ => Convert.ToHexString(row.Bytes(i)),
        };
    }
}
