using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Storage.ControlPlane;

/// <summary>
/// Logs failed statements of the control plane in place of EF Core, which cannot tell a fault from an answer: that a key is
/// taken or still referred to, or that a text has a character which no database keeps, is what the
/// caller is told, and no error of the hub.
/// </summary>
internal sealed partial class FailureLog(ILogger<HubDb> log) : DbCommandInterceptor
{
    /// <summary>Takes EF's own errors about a failed statement off the log and puts this one there.</summary>
    public static void Install(DbContextOptionsBuilder options, ILogger<HubDb> log) => options
        .ConfigureWarnings(w => w.Log((RelationalEventId.CommandError, LogLevel.Debug), (CoreEventId.SaveChangesFailed, LogLevel.Debug),
            (CoreEventId.QueryIterationFailed, LogLevel.Debug)))
        .AddInterceptors(new FailureLog(log));

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Write(command, eventData.Exception);

    public override Task CommandFailedAsync(DbCommand command, CommandErrorEventData eventData,
        CancellationToken cancellationToken = default)
    {
        Write(command, eventData.Exception);
        return Task.CompletedTask;
    }

    private void Write(DbCommand command, Exception failure)
    {
        if (failure is not PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
            or PostgresErrorCodes.CharacterNotInRepertoire })
        {
            Failed(log, command.CommandText, failure);
        }
    }

    [LoggerMessage(2101, LogLevel.Error, "A statement of the control plane failed: {Statement}")]
    private static partial void Failed(ILogger log, string statement, Exception e);
}
