namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>A column of the key, as keys from the log are compared with it.</summary>
/// <param name="Name">In the source.</param>
/// <param name="Type">As SQL.</param>
/// <param name="IsText">Whether its own equality may be wider than that of the records (citext, a collation that ignores case).</param>
internal sealed record CaptureKey(string Name, string Type, bool IsText)
{
    /// <param name="name">In the source.</param>
    /// <param name="described">Category and type, as <see cref="PostgresCaptureSql.Shape"/> gives them.</param>
    public static CaptureKey Read(string name, string described) => new(name, described[1..], described[0] == 'S');

    /// <summary>A text of the log, as a value to be told from others like it.</summary>
    public string Cast(string text) => IsText ? text : $"{text}::{Type}";

    /// <summary>Condition that a record has the key <paramref name="value"/>; the index serves the first part.</summary>
    public string Equal(string value)
    {
        var column = $"t.{PostgresName.Quote(Name)}";
        return IsText
            ? $"""{column} = {value}::{Type} AND {column}::pg_catalog.text COLLATE "C" = {value}::{Type}::pg_catalog.text COLLATE "C" """
            : $"{column} = {value}";
    }
}
