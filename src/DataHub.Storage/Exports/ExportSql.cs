using System.Globalization;
using DataHub.Core.Contracts;
using DataHub.Core.Versioning;
using DataHub.Storage.Queries;
using DataHub.Storage.Versions;

namespace DataHub.Storage.Exports;

/// <summary>
/// Texts of the statements that read a version range by range; pure. COPY takes no parameters: the key before a range is set for
/// its transaction by
/// <see cref="SetKey"/>, whose values are parameters, and compared as <c>current_setting(…)</c>, which the planner uses for the
/// key's index like one. The only numbers
/// in a text are the hub's own: version and size of the range.
/// </summary>
internal sealed class ExportSql
{
    private readonly PairTables pair;
    private readonly string select;
    private readonly string head;
    private readonly string key;
    private readonly string keyPositions;
    private readonly string bound;
    private readonly int seq;

    public ExportSql(RecordQuery query)
    {
        var layout = query.Line.Layout;
        pair = query.Line.Pair!;
        seq = query.Version.Seq;
        select = string.Join(", ", query.Columns.Concat(layout.Key).Select(StoreSql.Name));
        key = string.Join(", ", layout.Key.Select(StoreSql.Name));
        keyPositions = string.Join(", ", Enumerable.Range(query.Columns.Count + 1, layout.Key.Count));
        head = string.Create(CultureInfo.InvariantCulture,
            $"(SELECT seq FROM hub.heads WHERE dataset_id = {layout.DatasetId} AND major = {layout.Major})");
        bound = string.Join(", ", layout.Key.Select((k, i) => $"current_setting('{Setting(i)}'){Cast(k.Type)}"));
        SetKey = "SELECT " + string.Join(", ", layout.Key.Select((_, i) =>
            string.Create(CultureInfo.InvariantCulture, $"set_config('{Setting(i)}', ${i + 1}, true)")));
    }

    /// <summary>Sets the key that the next range begins behind, until the transaction ends; its parameters are texts.</summary>
    public string SetKey { get; }

    /// <summary>A range of the newest version: the current table alone, and nothing at all when the head has moved on.</summary>
    public string Latest(bool after, int limit) =>
        Copy($"SELECT {select} FROM {pair.Current} WHERE {head} = {seq}{After(after)} ORDER BY {key} LIMIT {limit}");

    /// <summary>A range of any version, through both arms as <see cref="RecordSql"/> has them.</summary>
    public string AsOf(bool after, int limit) => Copy($"""
        (SELECT {select} FROM {pair.Current} WHERE v_from <= {seq}{After(after)} ORDER BY {key} LIMIT {limit})
        UNION ALL
        (SELECT {select} FROM {pair.History} WHERE v_from <= {seq} AND v_to > {seq} AND {head} > {seq}{After(after)} ORDER BY {key} LIMIT {limit})
        ORDER BY {keyPositions} LIMIT {limit}
        """);

    private static string Copy(FormattableString query) => $"COPY ({query.ToString(CultureInfo.InvariantCulture)}) TO STDOUT (FORMAT BINARY)";

    private string After(bool after) => after ? $" AND ({key}) > ({bound})" : "";

    private static string Setting(int part) => string.Create(CultureInfo.InvariantCulture, $"datahub.after{part}");

    // Without precision: a value of the column has it already.
    private static string Cast(ColumnType type) => type.Kind switch
    {
        ColumnKind.Text => "::text",
        ColumnKind.Decimal => "::numeric",
        _ => "::" + StoreSql.TypeOf(type),
    };
}
