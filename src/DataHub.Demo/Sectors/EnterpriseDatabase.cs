using Microsoft.Data.Sqlite;

namespace DataHub.Demo.Sectors;

/// <summary>The enterprise register's SQLite database: made anew beside its place, changed where it stands.</summary>
internal static class EnterpriseDatabase
{
    private const string Table = "doanh_nghiep";

    // A pull must never meet half a database: written beside it, then moved over it in one step.
    internal static void Make(string path, IEnumerable<object?[]> rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var unfinished = path + ".unfinished";
        File.Delete(unfinished);
        using (var database = Open(unfinished))
        {
            var columns = EnterpriseSector.Columns.Select((name, i) => $"\"{name}\" {(i == 8 ? "INTEGER" : "TEXT")}");
            Run(database, $"CREATE TABLE {Table} ({string.Join(", ", columns)})");
            Fill(database, rows);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>In one transaction, as the register's own program would while the hub reads.</summary>
    internal static void Change(string path, IEnumerable<object?[]> rows)
    {
        using var database = Open(path);
        Fill(database, rows);
    }

    private static SqliteConnection Open(string path)
    {
        var database = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ConnectionString);
        database.Open();
        return database;
    }

    private static void Fill(SqliteConnection database, IEnumerable<object?[]> rows)
    {
        using var transaction = database.BeginTransaction();
        Run(database, $"DELETE FROM {Table}");
        using var insert = database.CreateCommand();
        var names = EnterpriseSector.Columns.Select((_, i) => $"$p{i}").ToArray();
        insert.CommandText = $"INSERT INTO {Table} VALUES ({string.Join(", ", names)})";
        foreach (var name in names)
        {
            insert.Parameters.Add(new SqliteParameter(name, null));
        }

        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                insert.Parameters[i].Value = row[i] ?? DBNull.Value;
            }

            insert.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static void Run(SqliteConnection database, string sql)
    {
        using var command = database.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
