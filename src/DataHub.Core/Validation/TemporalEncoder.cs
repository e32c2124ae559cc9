using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Records;

namespace DataHub.Core.Validation;

/// <summary>
/// date (days), time and timestamp (microseconds): canonical forms count from the Unix epoch, PostgreSQL from 2000-01-01. Timestamps without an offset become
/// UTC by the zone that the contract declares.
/// </summary>
internal sealed class TemporalEncoder : ColumnEncoder
{
    /// <summary>Days from the Unix epoch to PostgreSQL's.</summary>
    public const int PostgresEpochDays = 10_957;

    private const long MinimumMicroseconds = -719_162L * TemporalText.MicrosecondsPerDay;
    private const long MaximumMicroseconds = (2_932_897L * TemporalText.MicrosecondsPerDay) - 1;

    private readonly TimeZoneInfo? zone;
    private readonly long minimum;
    private readonly long maximum;
    private readonly HashSet<long>? allowed;

    public TemporalEncoder(ContractColumn column, int columnId)
        : base(column, columnId)
    {
        zone = column.Parse.TimeZone is { } id ? TimeZoneInfo.FindSystemTimeZoneById(id) : null;
        var rules = column.Rules;
        minimum = Bound(rules.Minimum) is { } low ? low + (rules.ExclusiveMinimum ? 1 : 0) : long.MinValue;
        maximum = Bound(rules.Maximum) is { } high ? high - (rules.ExclusiveMaximum ? 1 : 0) : long.MaxValue;
        allowed = rules.Enum?.Select(e => Bound(e)!.Value).ToHashSet();
    }

    protected override Violation? EncodeValue(SourceColumn source, int row, RecordBuffer target)
    {
        if (source.KindAt(row) != SourceKind.Text)
        {
            return Accepts(Column.Type.Kind, source.KindAt(row))
                ? Finish(source.Longs[row], source.KindAt(row) == SourceKind.LocalTimestamp, target)
                : TypeMismatch();
        }

        var text = TextOf(source, row);
        if (text.StartsWith("0000-00-00"u8))
        {
            return ZeroDate(target);
        }

        return TryRead(text, out var value, out var local) ? Finish(value, local, target) : TypeMismatch();
    }

    protected override Violation? EncodeUnreadable(ReadOnlySpan<byte> text, RecordBuffer target) =>
        text.StartsWith("0000-00-00"u8) ? ZeroDate(target)
            : IsNoMoment(text) ? TypeMismatch()
            : base.EncodeUnreadable(text, target);

    /// <summary>
    /// 2020-00-00, 2023-02-30, -01:00:00: a text of the right shape that no calendar or clock has. PostgreSQL's 0044-03-15 BC is a day
    /// outside the type's years.
    /// </summary>
    private static bool IsNoMoment(ReadOnlySpan<byte> text) =>
        !text.EndsWith(" BC"u8)
        && text is [>= (byte)'0' and <= (byte)'9', _, _, _, (byte)'-', ..] or [(byte)'-', >= (byte)'0' and <= (byte)'9', ..];

    private Violation? ZeroDate(RecordBuffer target) =>
        Column.Parse.ZeroDateIsNull ? NullValue(target) : Violations.ZeroDate(Column.Name);

    private bool TryRead(ReadOnlySpan<byte> text, out long value, out bool local)
    {
        local = false;
        if (Column.Parse.Format is { } format)
        {
            return TryReadFormat(text, format, out value, out local);
        }

        switch (Column.Type.Kind)
        {
            case ColumnKind.Date:
                var read = TemporalText.TryDate(text, out var days);
                value = days;
                return read;
            case ColumnKind.Time:
                return TemporalText.TryTime(text, out value);
            default:
                var done = TemporalText.TryTimestamp(text, out value, out var hasOffset);
                local = !hasOffset;
                return done;
        }
    }

    private bool TryReadFormat(ReadOnlySpan<byte> text, string format, out long value, out bool local)
    {
        value = 0;
        local = Column.Type.Kind == ColumnKind.Timestamp && !format.Contains('z', StringComparison.Ordinal) && !format.Contains('K', StringComparison.Ordinal);
        var styles = local ? DateTimeStyles.None : DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal;
        if (text.Length > 64 || !DateTime.TryParseExact(Encoding.UTF8.GetString(text), format, CultureInfo.InvariantCulture, styles, out var moment))
        {
            return false;
        }

        // A seventh digit that is not zero would be cut silently.
        if (moment.Ticks % 10 != 0)
        {
            return false;
        }

        value = Column.Type.Kind switch
        {
            ColumnKind.Date => (moment - DateTime.UnixEpoch).Days,
            ColumnKind.Time => moment.TimeOfDay.Ticks / 10,
            _ => (moment.Ticks - DateTime.UnixEpoch.Ticks) / 10,
        };
        return true;
    }

    private Violation? Finish(long value, bool local, RecordBuffer target)
    {
        if (Column.Type.Kind == ColumnKind.Timestamp)
        {
            if (value is >= MinimumMicroseconds and <= MaximumMicroseconds && local && !TryToUtc(ref value))
            {
                return zone is null ? TypeMismatch() : Violations.LocalTime(Column.Name, zone.Id);
            }

            // Also after the zone: it can move the first and the last hours out of the years 1 to 9999.
            if (value is < MinimumMicroseconds or > MaximumMicroseconds)
            {
                return Violations.TooLarge(Column.Name, Column.Type.ToString());
            }
        }
        else if (Column.Type.Kind == ColumnKind.Date && value is < -719_162 or > 2_932_896)
        {
            return Violations.TooLarge(Column.Name, Column.Type.ToString());
        }

        if (value < minimum)
        {
            return Violations.BelowMinimum(Column.Name, Column.Rules.Minimum!);
        }

        if (value > maximum)
        {
            return Violations.AboveMaximum(Column.Name, Column.Rules.Maximum!);
        }

        return allowed is not null && !allowed.Contains(value) ? Violations.NotAllowed(Column.Name, allowed.Count) : Append(value, target);
    }

    private bool TryToUtc(ref long value)
    {
        if (zone is null)
        {
            return false;
        }

        var local = DateTime.UnixEpoch.AddTicks(value * 10);
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.SupportsDaylightSavingTime && (zone.IsInvalidTime(local) || zone.IsAmbiguousTime(local)))
        {
            return false;
        }

        value -= zone.GetUtcOffset(local).Ticks / 10;
        return true;
    }

    private Violation? Append(long value, RecordBuffer target)
    {
        if (Column.Type.Kind == ColumnKind.Date)
        {
            BinaryPrimitives.WriteInt32BigEndian(target.Canonical(ColumnId, 4), (int)value);
            BinaryPrimitives.WriteInt32BigEndian(target.Field(4), (int)value - PostgresEpochDays);
            return null;
        }

        BinaryPrimitives.WriteInt64BigEndian(target.Canonical(ColumnId, 8), value);
        var epoch = Column.Type.Kind == ColumnKind.Timestamp ? PostgresEpochDays * TemporalText.MicrosecondsPerDay : 0;
        BinaryPrimitives.WriteInt64BigEndian(target.Field(8), value - epoch);
        return null;
    }

    private long? Bound(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        switch (Column.Type.Kind)
        {
            case ColumnKind.Date:
                return TemporalText.TryDate(bytes, out var days) ? days : null;
            case ColumnKind.Time:
                return TemporalText.TryTime(bytes, out var time) ? time : null;
            default:
                if (!TemporalText.TryTimestamp(bytes, out var moment, out var hasOffset))
                {
                    return TemporalText.TryDate(bytes, out var day) ? day * TemporalText.MicrosecondsPerDay : null;
                }

                _ = hasOffset || TryToUtc(ref moment);
                return moment;
        }
    }
}
