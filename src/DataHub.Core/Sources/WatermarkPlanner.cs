using DataHub.Core.Contracts;

namespace DataHub.Core.Sources;

/// <summary>A position that a published pull left, or an administrator set.</summary>
/// <param name="Position">Where the source stood.</param>
/// <param name="Column">The watermark's column at that time, or null.</param>
/// <param name="Floor">Set by an administrator: the next window begins exactly here.</param>
public sealed record KeptPosition(SourcePosition Position, string? Column, string? Floor = null);

/// <summary>
/// Where the next incremental window begins, so that nothing is skipped; pure. A record whose transaction was open when a pull looked is
/// not in that pull, and its watermark may lie far behind the pull's time: the window goes back to the newest earlier pull that began
/// after no such transaction, or to the begin of the oldest where the account sees them all. What this cannot see is said in <see cref="BlindSpot"/>.
/// </summary>
public static class WatermarkPlanner
{
    // MySQL's DATETIME rounds to whole seconds.
    private const long Second = 1_000_000;

    /// <summary>First watermark of the next window in canonical text; null when the window must take everything.</summary>
    /// <param name="pull">Column and lag.</param>
    /// <param name="kept">Positions, newest first.</param>
    public static string? From(PullTerms pull, IReadOnlyList<KeptPosition> kept)
    {
        var column = pull.Watermark;
        if (column is null || kept.Count == 0 || kept[0].Column != column.Name)
        {
            return null;
        }

        if (kept[0].Floor is { } floor)
        {
            return floor;
        }

        var last = kept[0].Position;
        if (last.Horizon is { } horizon)
        {
            return horizon;
        }

        for (var i = 0; i < kept.Count && kept[i].Column == column.Name; i++)
        {
            if (kept[i].Floor is { } set)
            {
                return set;
            }

            // Between the two the source's clock was set back: what was open then may carry any time.
            if (i > 0 && kept[i].Position.Taken > kept[i - 1].Position.Taken)
            {
                return null;
            }

            var sawAll = last.SawAll && column.Type.Kind is (ColumnKind.Timestamp or ColumnKind.Date);
            if (sawAll || last.OldestOpen is null || kept[i].Position.NextToBegin <= last.OldestOpen)
            {
                return Below(pull, column.Type.Kind, last, kept[i].Position);
            }
        }

        return null;
    }

    /// <summary>What an incremental window cannot see; a full refresh finds it.</summary>
    public static Errors.Text BlindSpot(PullTerms pull)
    {
        var every = pull.FullRefresh is { } refresh ? System.Xml.XmlConvert.ToString(refresh) : "-";
        var lag = pull.Watermark?.Type.Kind is ColumnKind.Int32 or ColumnKind.Int64
            ? pull.NumberLag.ToString(System.Globalization.CultureInfo.InvariantCulture) : System.Xml.XmlConvert.ToString(pull.Lag);
        return new(
            $"Không thấy: bản ghi bị xóa hẳn, thay đổi không làm tăng watermark hoặc ghi lùi quá {lag}, giao dịch kéo dài quá {lag} mà tài khoản "
            + $"không được phép thấy, bản ghi không có watermark. Lần lấy toàn bộ kế tiếp (mỗi {every}) sẽ tìm ra.",
            $"Not seen: records deleted outright, changes that do not raise the watermark or are backdated by more than {lag}, transactions longer "
            + $"than {lag} that the account may not see, records without a watermark. The next full refresh (every {every}) finds them.");
    }

    private static string? Below(PullTerms pull, ColumnKind kind, SourcePosition last, SourcePosition earlier)
    {
        if (kind is ColumnKind.Int32 or ColumnKind.Int64)
        {
            return earlier.High is { } high && long.TryParse(high, out var number) ? WatermarkText.Format(number - pull.NumberLag, kind) : null;
        }

        var time = last.OldestBegin < earlier.Taken ? last.OldestBegin.Value : earlier.Taken;
        var micros = ((time - DateTimeOffset.UnixEpoch) - pull.Lag).Ticks / 10;
        return kind == ColumnKind.Timestamp
            ? WatermarkText.Format(Floor(micros, Second) * Second, kind)

            // A day of the source's own calendar, whichever zone that is in.
            : WatermarkText.Format(Floor(micros, 86_400 * Second) - 1, kind);
    }

    private static long Floor(long value, long unit) => value >= 0 ? value / unit : -((-value + unit - 1) / unit);
}
