using System.Text;
using System.Text.Json.Nodes;
using DataHub.Core.Sources;

namespace DataHub.Core.Contracts;

/// <summary>
/// Writes the contract that an administrator starts from: everything the source says of a table, and safe values for what
/// only a person can know. <see cref="ContractReader"/> accepts it whenever one column can be published.
/// </summary>
public static class ContractProposal
{
    private const string Zone = "Asia/Ho_Chi_Minh";

    /// <summary>ODCS 3.1, YAML. Columns that cannot be published are named in comments at its head, each with the reason.</summary>
    /// <param name="table">As the adapter lists it.</param>
    /// <param name="sourceId">Id of the registered source.</param>
    /// <param name="provider">Agency code of the owner.</param>
    /// <param name="dataset">Id for the dataset; <see cref="DatasetId"/> makes one of a table's name.</param>
    public static string For(SourceTable table, string sourceId, string provider, string dataset)
    {
        var comments = new StringBuilder();
        var published = Published(table, comments);
        var entity = table.EntityKind == "file" ? "hub.file" : "hub.table";
        var item = new JsonObject
        {
            ["name"] = dataset,
            ["physicalName"] = Clean(table.Name),
            ["physicalType"] = table.EntityKind,
            ["description"] = table.Comment is { Length: > 0 } comment ? Clean(comment) : null,
            ["properties"] = new JsonArray([.. published]),
        };
        if (item["description"] is null)
        {
            item.Remove("description");
        }

        var root = new JsonObject
        {
            ["apiVersion"] = ContractNormaliser.Emitted,
            ["kind"] = "DataContract",
            ["id"] = $"{provider}.{dataset}",
            ["name"] = dataset,
            ["version"] = "1.0.0",
            ["status"] = "draft",
            ["schema"] = new JsonArray(item),
            ["customProperties"] = new JsonArray(
                Custom("hub.provider", provider), Custom("hub.source", sourceId), Custom(entity, table.Name),
                Custom("hub.mode", "full"), Custom("hub.access", "shared")),
        };
        return comments + ContractWriter.ToYaml(root);
    }

    /// <summary>A dataset id made of a table's name, without its schema or folder.</summary>
    public static string DatasetId(SourceTable table)
    {
        var name = table.Name[(table.Name.LastIndexOf('/') + 1)..];
        var dot = name.LastIndexOf('.');
        return DatasetReader.Propose(dot < 0 ? name : table.EntityKind == "file" ? name[..dot] : name[(dot + 1)..]);
    }

    private static List<JsonNode> Published(SourceTable table, StringBuilder comments)
    {
        var key = table.Key.ToList();
        var unpublished = table.Columns.Where(c => c.Proposed is null).Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var known = table.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        if (key.Any(k => unpublished.Contains(k) || !known.Contains(k)))
        {
            Comment(comments, "Khóa chính có cột không công bố được nên tập dữ liệu không có khóa.",
                "The primary key has a column that cannot be published: the dataset has no key.");
            key.Clear();
        }

        // Key columns first in the queue, so that a very wide table keeps them; the order in the contract is the source's.
        var kept = table.Columns.Where(c => c.Proposed is not null)
            .OrderByDescending(c => key.Contains(c.Name)).Take(ContractReader.MaxColumns).ToHashSet();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var columns = new List<JsonNode>();
        foreach (var column in table.Columns)
        {
            if (kept.Contains(column))
            {
                columns.Add(Column(column, Name(column.Name, names), key.IndexOf(column.Name), comments));
                continue;
            }

            var full = column.Proposed is not null;
            Comment(comments,
                $"Bỏ cột {column.Name} ({column.NativeType}): {(full ? "quá 500 cột" : column.Note?.Vi ?? "kiểu không hỗ trợ")}",
                $"Left out {column.Name} ({column.NativeType}): "
                + (full ? "more than 500 columns" : column.Note?.En ?? "its type is not supported"));
        }

        return columns;
    }

    private static string Name(string sourceName, HashSet<string> taken)
    {
        var name = ColumnNames.Problem(sourceName) is null ? sourceName : ColumnNames.Propose(sourceName);
        var free = name;
        for (var n = 2; !taken.Add(free); n++)
        {
            free = $"{(name.Length > 58 ? name[..58] : name)}_{n}";
        }

        return free;
    }

    private static JsonObject Column(SourceTableColumn column, string name, int keyIndex, StringBuilder comments)
    {
        var type = column.Proposed!.Value;
        var node = new JsonObject { ["name"] = name };
        if (name != column.Name)
        {
            node["physicalName"] = column.Name;
        }

        node["physicalType"] = Clean(column.NativeType);
        if (!string.IsNullOrWhiteSpace(column.Comment))
        {
            node["description"] = Clean(column.Comment);
        }

        node["logicalType"] = ColumnTypes.LogicalType(type.Kind);
        if (type.Kind == ColumnKind.Text && column.MaxLength is { } length and > 0)
        {
            node["logicalTypeOptions"] = new JsonObject { ["maxLength"] = length };
        }

        if (keyIndex >= 0)
        {
            node["primaryKey"] = true;
            node["primaryKeyPosition"] = keyIndex + 1;
        }

        node["required"] = !column.Nullable || keyIndex >= 0;
        var custom = new JsonArray(Custom("hub.type", type.ToString()));
        if (column.NeedsTimeZone && type.Kind == ColumnKind.Timestamp)
        {
            custom.Add(Custom("hub.timeZone", Zone));
        }

        node["customProperties"] = custom;
        if (column.Note is { } note)
        {
            Comment(comments, $"Kiểm tra cột {name}: {note.Vi}", $"Check column {name}: {note.En}");
        }

        return node;
    }

    private static JsonObject Custom(string property, string value) => new()
    {
        ["property"] = property,
        ["value"] = value,
    };

    private static void Comment(StringBuilder comments, string vi, string en)
    {
        comments.Append("# ").Append(Clean(vi)).Append('\n');
        comments.Append("#   ").Append(Clean(en)).Append('\n');
    }

    /// <summary>One line without controls: a source's comment must not end one of ours.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(r =>
        Rune.IsControl(r) || r.Value is 0x2028 or 0x2029 or 0xFEFF or 0xFFFE or 0xFFFF ? " " : r.ToString())).Trim();
}
