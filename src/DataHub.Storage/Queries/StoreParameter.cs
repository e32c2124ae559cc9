using Npgsql;
using NpgsqlTypes;

namespace DataHub.Storage.Queries;

/// <summary>
/// A value of a record as a parameter. Npgsql takes the first and the last day of .NET's calendar for minus and plus infinity: a
/// walk would meet 0001-01-01 twice and lose
/// what follows 9999-12-31, the usual "no end" of a register. Days and microseconds are sent as the numbers they are.
/// </summary>
internal static class StoreParameter
{
    private static readonly DateTime Epoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly int EpochDay = DateOnly.FromDateTime(Epoch).DayNumber;

    public static NpgsqlParameter For(object value) => value switch
    {
        DateOnly date => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Date, Value = Day(date) },
        DateTime moment => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = Microseconds(moment) },
        DateOnly[] dates => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date, Value = Array.ConvertAll(dates, Day) },
        DateTime[] moments => new NpgsqlParameter
        {
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz, Value = Array.ConvertAll(moments, Microseconds),
        },
        _ => new NpgsqlParameter { Value = value },
    };

    private static int Day(DateOnly date) => date.DayNumber - EpochDay;

    private static long Microseconds(DateTime moment) => (moment.Ticks - Epoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}
