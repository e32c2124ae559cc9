using DataHub.Core.Sources;
using Microsoft.Data.SqlClient;

namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>Where a server stood before a pull's snapshot, and what its database lets a pull do.</summary>
/// <param name="Clock">The server's, in UTC.</param>
/// <param name="MinActive">No rowversion below it can still be committed.</param>
/// <param name="AllowsSnapshot">ALLOW_SNAPSHOT_ISOLATION is on.</param>
/// <param name="VersionsStatements">READ_COMMITTED_SNAPSHOT is on, or nothing is written here.</param>
/// <param name="IsWritable">False for a readable secondary, whose own figures say nothing of the primary's transactions.</param>
/// <param name="Identity">What tells this database from a restored or other one.</param>
/// <param name="Version">Product version, <c>16.0.4135.4</c>.</param>
/// <param name="SeesTransactions">The account may see every transaction of the server, and the server has them all.</param>
internal sealed record SqlServerState(
    DateTimeOffset Clock, long MinActive, bool AllowsSnapshot, bool VersionsStatements, bool IsWritable, string Identity, string Version,
    bool SeesTransactions)
{
    /// <summary>Begin of the oldest open transaction, where the account may see it.</summary>
    public DateTimeOffset? OldestBegin { get; init; }

    public static SqlServerState Read(SqlDataReader row)
    {
        var isWritable = row.GetInt32(4) == 1;
        return new SqlServerState(
            new DateTimeOffset(row.GetDateTime(0), TimeSpan.Zero), row.GetInt64(1), row.GetInt32(2) == 1,
            row.GetInt32(3) == 1 || !isWritable, isWritable, row.GetString(5), row.GetString(6), isWritable && row.GetInt32(7) == 1);
    }

    /// <param name="isRowVersion">Whether the watermark's column is a rowversion.</param>
    public SourcePosition Position(bool isRowVersion) => new(Clock)
    {
        OldestBegin = OldestBegin,
        Identity = Identity,
        Horizon = isRowVersion && IsWritable ? MinActive.ToString(System.Globalization.CultureInfo.InvariantCulture) : null,
    };
}
