using DataHub.Demo.Sectors;
using Microsoft.Data.Sqlite;

namespace DataHub.Demo.Tests;

/// <summary>The register's database holds exactly the generated states.</summary>
public sealed class EnterpriseDatabaseTests
{
    [Fact]
    public void Make_and_change_store_the_two_states_exactly()
    {
        var folder = Directory.CreateTempSubdirectory("hub-demo").FullName;
        try
        {
            SectorFiles.Make(folder);
            Assert.Equal(Texts(new EnterpriseSector().First()), Stored(folder));
            SectorFiles.Change(folder);
            Assert.Equal(Texts(new EnterpriseSector().Second()), Stored(folder));
            SectorFiles.Make(folder);
            Assert.Equal(EnterpriseSector.Rows, Stored(folder).Count);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<string> Texts(IEnumerable<object?[]> rows) =>
        [.. rows.Select(row => string.Join('|', row.Select(Text))).Order(StringComparer.Ordinal)];

    private static List<string> Stored(string folder)
    {
        using var database = new SqliteConnection($"Data Source={Path.Combine(folder, SectorFiles.Enterprises)};Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT * FROM doanh_nghiep";
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            var row = new object?[reader.FieldCount];
            reader.GetValues(row!);
            rows.Add(row);
        }

        return Texts(rows);
    }

    private static string Text(object? cell) => cell switch
    {
        null or DBNull => "∅",
        byte[] bytes => Convert.ToHexString(bytes),
        _ => Convert.ToString(cell, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}
