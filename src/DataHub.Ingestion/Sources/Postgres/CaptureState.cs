using System.Text.Json;

namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>What a published pull of the log leaves behind, in the position's detail.</summary>
/// <param name="Slot">Replication slot.</param>
/// <param name="Lsn">Everything that committed before it is published.</param>
/// <param name="Shape">Digest of the table's file and columns: another one means changes that no record of the log tells.</param>
/// <param name="Contract">Version of the contract: a revised one reads more, or otherwise, of records that nobody touched.</param>
internal sealed record CaptureState(string Slot, ulong Lsn, string Shape, string? Contract = null)
{
    public static CaptureState? Read(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<CaptureState>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public string Write() => JsonSerializer.Serialize(this);
}
