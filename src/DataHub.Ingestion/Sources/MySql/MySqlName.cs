namespace DataHub.Ingestion.Sources.MySql;

/// <summary>A relation's name as contracts write it (<see cref="QuotedNames"/>, backticks); no case folding.</summary>
/// <param name="Database">Null: the source's own database.</param>
/// <param name="Table">Table or view.</param>
internal sealed record MySqlName(string? Database, string Table)
{
    private const char Mark = '`';

    /// <summary>For SQL: both parts always quoted.</summary>
    public string Sql => Database is null ? Quote(Table) : Quote(Database) + "." + Quote(Table);

    public override string ToString() => Database is null
        ? QuotedNames.Write(Table, Mark)
        : QuotedNames.Write(Database, Mark) + "." + QuotedNames.Write(Table, Mark);

    /// <summary>An identifier, safe in SQL whatever it holds.</summary>
    public static string Quote(string identifier) => QuotedNames.Quote(identifier, Mark);

    public static MySqlName? Parse(string text) =>
        QuotedNames.Parse(text, Mark) is { } name ? new MySqlName(name.Schema, name.Table) : null;
}
