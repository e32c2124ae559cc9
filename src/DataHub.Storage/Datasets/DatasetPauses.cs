using System.Text.Json;
using DataHub.Core.Errors;
using DataHub.Storage.Connections;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DataHub.Storage.Datasets;

/// <summary>Why a dataset starts no runs.</summary>
/// <param name="Code">Stable, snake_case; <c>requested</c> where a person asked for it.</param>
/// <param name="By">Client id, or <c>hub</c>.</param>
/// <param name="At">Since when.</param>
public sealed record DatasetPause(string Code, string Vi, string En, string By, DateTimeOffset At)
{
    public Text Reason => new(Vi, En);
}

/// <summary>
/// Pauses and resumes datasets, by a person or by the hub itself. A paused dataset keeps serving its versions and lets a run that is under way end; no further run of
/// it is inserted by a schedule, accepted from a person, or claimed by a worker. Each change has its ledger entry in the same statement.
/// </summary>
public sealed partial class DatasetPauses(StoreConnections connections, ILogger<DatasetPauses> log)
{
    /// <summary>Code of a pause that a person asked for.</summary>
    public const string Requested = "requested";

    /// <summary>Pauses; false when the dataset is paused already: the first reason stays, because it is the one to be mended.</summary>
    /// <param name="code">Stable, snake_case, for programs.</param>
    /// <param name="vi">Reason for people; may be the same text as <paramref name="en"/>.</param>
    /// <param name="actor">Client id, or <c>hub</c>.</param>
    public async Task<bool> PauseAsync(int datasetId, string code, string vi, string en, string actor, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("""
            WITH paused AS (
                UPDATE hub.datasets SET paused = jsonb_build_object('code', $2, 'vi', $3, 'en', $4, 'by', $5, 'at', now())
                WHERE id = $1 AND paused IS NULL RETURNING name, paused)
            INSERT INTO hub.ledger (at, event, actor, dataset, body) SELECT now(), 'dataset.paused', $5, name, paused FROM paused RETURNING dataset
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = datasetId });
        foreach (var text in new[] { code, vi, en, actor })
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
        }

        if (await command.ExecuteScalarAsync(cancellation) is not string dataset)
        {
            return false;
        }

        Paused(log, dataset, code, actor);
        return true;
    }

    /// <summary>Resumes; false when the dataset was not paused.</summary>
    public async Task<bool> ResumeAsync(int datasetId, string actor, CancellationToken cancellation)
    {
        // The lock first: what RETURNING gives is the row after the change, and the ledger keeps what was lifted.
        await using var command = connections.Control.CreateCommand("""
            WITH was AS MATERIALIZED (SELECT id, name, paused FROM hub.datasets WHERE id = $1 AND paused IS NOT NULL FOR UPDATE),
            resumed AS (UPDATE hub.datasets d SET paused = NULL FROM was WHERE d.id = was.id RETURNING was.name, was.paused)
            INSERT INTO hub.ledger (at, event, actor, dataset, body)
            SELECT now(), 'dataset.resumed', $2, name, jsonb_build_object('paused', paused) FROM resumed RETURNING dataset
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = datasetId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        if (await command.ExecuteScalarAsync(cancellation) is not string dataset)
        {
            return false;
        }

        Resumed(log, dataset, actor);
        return true;
    }

    /// <summary>The pause in force, or null.</summary>
    public async Task<DatasetPause?> FindAsync(int datasetId, CancellationToken cancellation)
    {
        await using var command = connections.Control.CreateCommand("SELECT paused::text FROM hub.datasets WHERE id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = datasetId });
        return Read(await command.ExecuteScalarAsync(cancellation) as string);
    }

    /// <summary>The pause as the column holds it.</summary>
    internal static DatasetPause? Read(string? json) => json is null ? null : JsonSerializer.Deserialize<DatasetPause>(json, JsonSerializerOptions.Web);

    [LoggerMessage(2101, LogLevel.Warning, "Dataset {Dataset} was paused: {Code} (by {Actor})")]
    private static partial void Paused(ILogger log, string dataset, string code, string actor);

    [LoggerMessage(2102, LogLevel.Information, "Dataset {Dataset} was resumed (by {Actor})")]
    private static partial void Resumed(ILogger log, string dataset, string actor);
}
