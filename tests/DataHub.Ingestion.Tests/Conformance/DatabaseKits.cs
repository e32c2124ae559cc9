using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DataHub.Core.Sources;
using DataHub.Ingestion.Tests.Sources;
using DataHub.TestKit;
using Npgsql;

namespace DataHub.Ingestion.Tests.Conformance;

/// <summary>A table as the SQL of one engine.</summary>
/// <param name="type">A column's type.</param>
/// <param name="literal">A cell.</param>
/// <param name="repeated">A text of so many x, which no statement should spell out.</param>
/// <param name="quote">Around a name.</param>
internal sealed class KitSql(Func<KitColumn, string> type, Func<KitColumn, string, string> literal, Func<int, string> repeated, char quote)
{
    private const int RowsAStatement = 500;
    private const int Long = 1 << 20;

    /// <summary>Statements that make the table anew; each holds at most some hundred rows.</summary>
    public IEnumerable<string> Make(string name, KitTable table)
    {
        yield return $"DROP TABLE IF EXISTS {name}";
        yield return $"CREATE TABLE {name} ({string.Join(", ", table.Columns.Select(c => $"{quote}{c.Name}{quote} {type(c)}"))})";
        foreach (var rows in table.Rows.Chunk(RowsAStatement))
        {
            var values = new StringBuilder($"INSERT INTO {name} VALUES ");
            foreach (var row in rows)
            {
                values.Append(values[^1] == ' ' ? "(" : ",(")
                    .AppendJoin(',', row.Select((cell, i) => Cell(table.Columns[i], cell))).Append(')');
            }

            yield return values.ToString();
        }
    }

    private string Cell(KitColumn column, string? cell) => cell is null ? "NULL"
        : cell.Length > Long && !cell.AsSpan().ContainsAnyExcept('x') ? repeated(cell.Length)
        : literal(column, cell);
}

/// <summary>PostgreSQL, read by a role that owns nothing.</summary>
public sealed class PostgresKit : ConformanceKit, IHoldsBadText, IConnectedKit
{
    private static readonly KitSql Sql = new(TypeOf, Literal, n => $"repeat('x', {n})", '"');

    private readonly PostgresSource pg = new();
    private TestDatabase? bytes;

    public override ISourceAdapter Adapter => pg.Adapter;

    public override SourceSettings Source => pg.Settings with { Username = pg.Role, Password = "x" };

    public override HugeValues Huge => new(4 << 20, 70_000_000, "record_too_large");

    public string BadTextCode => "source_text_invalid";

    /// <summary>The server itself refuses to send what is not the encoding that it was asked for.</summary>
    public bool BadTextEndsThePull => true;

    /// <summary>Numbers say nothing of time: what was open on the whole server at the last pull decides.</summary>
    public override bool WindowMayWiden => true;

    public EndPoint Server => new UnixDomainSocketEndPoint($"{Source["host"]}/.s.PGSQL.{Source["port"]}");

    public SourceSettings Through(int port) => With(Source, ("host", "127.0.0.1"), ("port", $"{port}"), ("silenceTimeout", "3600"), ("connectTimeout", "300"));

    public override string Target(string name) => $"hub.table=public.{name}";

    public override async ValueTask InitializeAsync()
    {
        await pg.InitializeAsync();
        await pg.Do($"{pg.MakeRole}; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {pg.Role}");
    }

    public override async Task PutAsync(string name, KitTable table)
    {
        await using var connection = await pg.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var sql in Sql.Make(name, table))
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
    }

    public override async Task<IAsyncDisposable> TakePermissionAsync(string name)
    {
        await pg.Do($"REVOKE SELECT ON {name} FROM {pg.Role}");
        return new Undo(() => pg.Do($"GRANT SELECT ON {name} TO {pg.Role}"));
    }

    /// <summary>A database that checks no encoding, as old ones are.</summary>
    public async Task<SourceSettings> PutBadTextAsync(string name)
    {
        bytes ??= await TestDatabase.CreateEmptyAsync("SQL_ASCII");
        await bytes.ExecuteAsync($"""
            CREATE TABLE {name} (ma bigint, ten text); GRANT SELECT ON {name} TO {pg.Role};
            INSERT INTO {name} VALUES (1, 'a'), (2, E'Tr\xE0 Vinh'), (3, 'c')
            """);
        return With(Source, ("database", bytes.Name));
    }

    protected override async ValueTask DisposeSourceAsync()
    {
        if (bytes is not null)
        {
            await bytes.DisposeAsync();
        }

        await pg.DisposeAsync();
    }

    internal static SourceSettings With(SourceSettings source, params (string Name, string Value)[] changes)
    {
        var settings = source.Settings.ToDictionary();
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return source with { Settings = settings };
    }

    private static string TypeOf(KitColumn column) => column.Kind switch
    {
        "int32" => "int", "int64" => "bigint", "decimal" => column.Type, "float64" => "float8", "timestamp" => "timestamptz", "bytes" => "bytea", var same => same,
    };

    private static string Literal(KitColumn column, string cell) => column.Kind switch
    {
        "bytes" => $"decode('{cell}', 'base64')", _ => $"'{cell.Replace("'", "''", StringComparison.Ordinal)}'",
    };
}

/// <summary>MariaDB, read by an account that may only read.</summary>
public sealed class MariaKit : ConformanceKit, IConnectedKit
{
    private static readonly KitSql Sql = new(TypeOf, Literal, n => $"repeat('x', {n})", '`');

    private readonly MariaSource maria = new();

    public override ISourceAdapter Adapter => maria.Adapter;

    public override SourceSettings Source => maria.Settings;

    public override string? Missing => MariaDatabase.Available ? null : MariaDatabase.Missing;

    public override HugeValues Huge => new(4 << 20, 70_000_000, "record_too_large");

    public EndPoint Server => new IPEndPoint(IPAddress.Loopback, maria.Database.Port);

    public SourceSettings Through(int port) => PostgresKit.With(Source, ("port", $"{port}"), ("silenceTimeout", "3600"), ("connectTimeout", "300"));

    public override string Target(string name) => $"hub.table={name}";

    /// <summary>datetime has no zone: the contract says which.</summary>
    public override string? Properties(KitColumn column) => InUtc(column);

    public override ValueTask InitializeAsync() => maria.InitializeAsync();

    public override async Task PutAsync(string name, KitTable table)
    {
        foreach (var sql in Sql.Make(name, table))
        {
            await maria.Do(sql);
        }
    }

    public override async Task<IAsyncDisposable> TakePermissionAsync(string name)
    {
        var (database, account) = (maria.Database.Name, $"{maria.Database.Reader}@'%'");
        await maria.Do($"REVOKE SELECT ON {database}.* FROM {account}");
        return new Undo(() => maria.Do($"GRANT SELECT ON {database}.* TO {account}"));
    }

    protected override ValueTask DisposeSourceAsync() => maria.DisposeAsync();

    internal static string? InUtc(KitColumn column) => column.Kind == "timestamp" ? "{property: hub.timeZone, value: Etc/UTC}" : null;

    private static string TypeOf(KitColumn column) => column.Kind switch
    {
        "int32" => "int", "int64" => "bigint", "decimal" => column.Type, "float64" => "double", "boolean" => "tinyint(1)", "time" => "time(6)",
        "timestamp" => "datetime(6)", "bytes" => "longblob", "text" => "longtext", var same => same,
    };

    private static string Literal(KitColumn column, string cell) => column.Kind switch
    {
        "bytes" => $"FROM_BASE64('{cell}')",
        "boolean" => cell,
        "timestamp" => $"'{cell.Replace('T', ' ').TrimEnd('Z')}'",
        _ => $"'{cell.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'",
    };
}

/// <summary>SQLite: decimals lie in columns of text, because the engine's own numbers would round them.</summary>
public sealed class SqliteKit : ConformanceKit, IHoldsBadText, IFileKit
{
    private static readonly KitSql Sql = new(TypeOf, Literal, n => $"replace(hex(zeroblob({n / 2})), '0', 'x')", '"');

    private readonly SqliteFolder folder = new();

    public SqliteKit() => OtherAccount.Show(folder.Root);

    public override ISourceAdapter Adapter => folder.Adapter;

    public override SourceSettings Source => folder.Settings;

    public override Ingestion.Sources.FileSourceOptions Files => new() { Root = folder.Root };

    public override HugeValues Huge => new(4 << 20, 70_000_000, "source_value_too_large") { EndsThePull = true };

    public string BadTextCode => "text_invalid";

    public bool BadTextEndsThePull => false;

    public string CutCode => "source_database_corrupt";

    public bool CutRefuses => true;

    public string PathOf(string name) => folder.PathOf(SqliteFolder.Name);

    public override string Target(string name) => $"hub.table={name}";

    public override Task PutAsync(string name, KitTable table)
    {
        using var connection = folder.Open();
        connection.Do("BEGIN");
        foreach (var sql in Sql.Make(name, table))
        {
            connection.Do(sql);
        }

        connection.Do("COMMIT");
        return Task.CompletedTask;
    }

    public Task<SourceSettings> PutBadTextAsync(string name)
    {
        folder.Do($"CREATE TABLE {name} (ma INTEGER, ten TEXT); INSERT INTO {name} VALUES (1, 'a'), (2, CAST(x'5472E0' AS TEXT)), (3, 'c')");
        return Task.FromResult(Source);
    }

    public override Task<IAsyncDisposable> TakePermissionAsync(string name) => OtherAccount.TakeFileAsync(PathOf(name));

    public override Task<T> AsHub<T>(Func<Task<T>> call) => OtherAccount.RunAsync(call);

    protected override ValueTask DisposeSourceAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string TypeOf(KitColumn column) => column.Kind switch
    {
        "int32" or "int64" => "INTEGER", "decimal" or "text" => "TEXT", "float64" => "REAL", "bytes" => "BLOB", var same => same.ToUpperInvariant(),
    };

    private static string Literal(KitColumn column, string cell) => column.Kind switch
    {
        "bytes" => $"x'{Convert.ToHexString(Convert.FromBase64String(cell))}'",
        "int32" or "int64" or "boolean" => cell,
        "float64" => double.Parse(cell, CultureInfo.InvariantCulture).ToString("E17", CultureInfo.InvariantCulture),
        _ => $"'{cell.Replace("'", "''", StringComparison.Ordinal)}'",
    };
}

/// <summary>Does something when disposed.</summary>
internal sealed class Undo(Func<Task> undo) : IAsyncDisposable
{
    public async ValueTask DisposeAsync() => await undo();
}
