using System.Globalization;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.SqlServer;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A SQL Server source played by <see cref="FalseSqlServer"/>: the adapter's own statements are answered as a database with one table would.</summary>
internal sealed class FalseSqlSource : IAsyncDisposable
{
    public FalseSqlSource() => Server = new FalseSqlServer(Play);

    public FalseSqlServer Server { get; }

    public ISourceAdapter Adapter { get; } = new SqlServerSourceAdapter(new SourceNetworkPolicy());

    public SourceSettings Settings => With();

    /// <summary>ALLOW_SNAPSHOT_ISOLATION, READ_COMMITTED_SNAPSHOT, writable, sees all transactions.</summary>
    public (bool Snapshot, bool Statement, bool Writable, bool SeesAll) State { get; set; } = (true, false, true, false);

    /// <summary>The one relation's columns as the server describes them.</summary>
    public SqlServerColumn[] Columns { get; set; } = [new("a", "int", 4, 10, 0)];

    /// <summary>Answer to the reading statement.</summary>
    public TdsAnswer Read { get; set; } = TdsAnswer.Rows([("a", TdsType.Int)], [TdsType.Number(1, 4)]);

    /// <summary>Answers in place of the ordinary ones, by a part of the statement.</summary>
    public Dictionary<string, TdsAnswer> Instead { get; } = [];

    public string Reading => Server.Statements[^1];

    public SourceSettings With(params (string Name, string Value)[] changes)
    {
        var settings = new Dictionary<string, string>
        {
            ["host"] = "127.0.0.1", ["port"] = Server.Port.ToString(CultureInfo.InvariantCulture), ["database"] = "tinh", ["sslMode"] = "require",
        };
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return new SourceSettings("kho", "sqlserver", settings, "doc", "Đọc';\"= thôi");
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private TdsAnswer Play(string sql)
    {
        bool Is(string part) => sql.Contains(part, StringComparison.Ordinal);
        return Instead.FirstOrDefault(i => Is(i.Key)).Value is { } other ? other
            : Is("MIN_ACTIVE_ROWVERSION") ? StateRow()
            : Is("dm_tran_active_transactions") ? TdsAnswer.Rows([("", TdsType.BigInt)], [TdsType.Number(3600, 8)])
            : Is("dm_exec_describe_first_result_set") ? Described()
            : Is("OBJECT_ID(@t) AND index_id") ? TdsAnswer.Rows([("", TdsType.BigInt)], [TdsType.Number(77, 8)])
            : Is("is_masked = 1") ? TdsAnswer.Rows([("name", TdsType.Text)])
            : Is("SET LANGUAGE") || Is("BEGIN TRANSACTION") || Is("SELECT TOP (0) 1") ? TdsAnswer.Done
            : Read;
    }

    private TdsAnswer StateRow()
    {
        byte[] Flag(bool value) => TdsType.Number(value ? 1 : 0, 4);
        return TdsAnswer.Rows(
            [
                ("", TdsType.DateTime2), ("", TdsType.BigInt), ("", TdsType.Int), ("", TdsType.Int), ("", TdsType.Int), ("", TdsType.Text),
                ("", TdsType.Text), ("", TdsType.Int),
            ],
            [
                TdsType.Moment(new DateTime(2026, 3, 1, 5, 0, 0)), TdsType.Number(2001, 8), Flag(State.Snapshot), Flag(State.Statement),
                Flag(State.Writable), TdsType.Utf16("SRV/tinh/guid/fork"), TdsType.Utf16("16.0.4135.4"), Flag(State.SeesAll),
            ]);
    }

    private TdsAnswer Described() => TdsAnswer.Rows(
        [
            ("name", TdsType.Text), ("type", TdsType.Text), ("l", TdsType.Int), ("p", TdsType.Int), ("s", TdsType.Int), ("e", TdsType.Int),
            ("m", TdsType.Text),
        ],
        [
            .. Columns.Select(c => (byte[][])
            [
                TdsType.Utf16(c.Name), TdsType.Utf16(c.Type), TdsType.Number(c.MaxLength, 4), TdsType.Number(c.Precision, 4),
                TdsType.Number(c.Scale, 4), TdsType.Null, TdsType.WideNull,
            ]),
        ]);
}
