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
        DateOnly date => new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Date, Value = date.DayNumber - EpochDay },
        DateTime moment => new NpgsqlParameter
        {
            NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = (moment.Ticks - Epoch.Ticks) / TimeSpan.TicksPerMicrosecond,
        },
        _ => new NpgsqlParameter { Value = value },
    };
}
