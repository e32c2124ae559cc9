namespace DataHub.Ingestion.Sources.SqlServer;

/// <summary>A relation's name as contracts write it (<see cref="QuotedNames"/>, brackets).</summary>
/// <param name="Schema">Null: the account's default schema.</param>
/// <param name="Table">Table or view.</param>
internal sealed record SqlServerName(string? Schema, string Table)
{
    private const char Mark = '[';

    /// <summary>For SQL: both parts always quoted.</summary>
    public string Sql => Schema is null ? Quote(Table) : Quote(Schema) + "." + Quote(Table);

    public override string ToString() => Schema is null
        ? QuotedNames.Write(Table, Mark)
        : QuotedNames.Write(Schema, Mark) + "." + QuotedNames.Write(Table, Mark);

    /// <summary>An identifier, safe in SQL whatever it holds.</summary>
    public static string Quote(string identifier) => QuotedNames.Quote(identifier, Mark);

    public static SqlServerName? Parse(string text) =>
        QuotedNames.Parse(text, Mark) is { } name ? new SqlServerName(name.Schema, name.Table) : null;
}
