namespace DataHub.Ingestion.Sources.Postgres;

/// <summary>A relation's name as contracts write it (<see cref="QuotedNames"/>, double quotes); no case folding.</summary>
/// <param name="Schema">Null: wherever the account's search path finds it.</param>
/// <param name="Table">Relation name.</param>
internal sealed record PostgresName(string? Schema, string Table)
{
    private const char Mark = '"';

    /// <summary>For SQL: both parts always quoted.</summary>
    public string Sql => Schema is null ? Quote(Table) : Quote(Schema) + "." + Quote(Table);

    public override string ToString() => Schema is null
        ? QuotedNames.Write(Table, Mark)
        : QuotedNames.Write(Schema, Mark) + "." + QuotedNames.Write(Table, Mark);

    /// <summary>An identifier, safe in SQL whatever it holds.</summary>
    public static string Quote(string identifier) => QuotedNames.Quote(identifier, Mark);

    public static PostgresName? Parse(string text) =>
        QuotedNames.Parse(text, Mark) is { } name ? new PostgresName(name.Schema, name.Table) : null;
}
