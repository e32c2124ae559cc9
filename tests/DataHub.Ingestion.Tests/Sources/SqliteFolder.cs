using DataHub.Core.Contracts;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Sqlite;
using Microsoft.Data.Sqlite;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A root folder of its own with databases in it, removed after the test.</summary>
internal sealed class SqliteFolder : IDisposable
{
    public const string Name = "kho.db";

    public SqliteFolder()
    {
        Root = Directory.CreateTempSubdirectory("hub-sqlite").FullName;
        Adapter = new SqliteSourceAdapter(new FileSourceOptions { Root = Root }, TimeProvider.System);
    }

    public string Root { get; }

    public ISourceAdapter Adapter { get; }

    public SourceSettings Settings => With(Name);

    /// <summary>The files in the folder: what a pull leaves behind.</summary>
    public IEnumerable<string> Names => Directory.GetFiles(Root).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    public SourceSettings With(string file, int lockSeconds = 1) => new(
        "kho", "sqlite", new Dictionary<string, string> { ["file"] = file, ["lockTimeout"] = lockSeconds.ToString(null, null) }, null, null);

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A connection of the source's own program, open until disposed.</summary>
    public SqliteConnection Open(string name = Name)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = PathOf(name), Pooling = false, DefaultTimeout = 1,
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    public void Do(string sql, string name = Name)
    {
        using var connection = Open(name);
        connection.Do(sql);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>A contract of columns with their types, as "name type".</summary>
    public static DataContract Typed(DatasetTerms terms, params string[] columns) => SourceKit.Contract(terms) with
    {
        Columns = [.. columns.Select((c, i) => new ContractColumn
        {
            Name = "c" + i, SourceName = c[..c.LastIndexOf(' ')],
            Type = ColumnType.TryParse(c[(c.LastIndexOf(' ') + 1)..], out var type) ? type : throw new ArgumentException(c),
        })],
    };
}

internal static class SqliteCommands
{
    public static void Do(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
