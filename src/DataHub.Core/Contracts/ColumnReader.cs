using System.Text.Json.Nodes;

namespace DataHub.Core.Contracts;

/// <summary>Reads the columns of the contract's one object: names, types, key, parse rules and rules on one value.</summary>
internal sealed class ColumnReader(ContractProblems problems, HubProperties dataset)
{
    private const string Columns = "/schema/0/properties";

    public IReadOnlyList<ContractColumn> Read(JsonObject item)
    {
        var nodes = item.Objects("properties").ToArray();
        if (nodes.Length == 0)
        {
            problems.Add(ContractCodes.NoColumns.At(Columns));
        }

        if (nodes.Length > ContractReader.MaxColumns)
        {
            problems.Add(ContractCodes.TooManyColumns.At(Columns, nodes.Length, ContractReader.MaxColumns));
            return [];
        }

        CheckNames(nodes);
        var positions = KeyPositions(nodes);
        return [.. nodes.Select((node, i) => Column(node, positions[i], JsonPointer.Below(Columns, i)))];
    }

    private void CheckNames(JsonObject[] nodes)
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < nodes.Length; i++)
        {
            // A missing name is a matter of structure, reported there.
            if (nodes[i].Text("name") is not { } name)
            {
                continue;
            }

            var pointer = JsonPointer.Below(JsonPointer.Below(Columns, i), "name");
            if (ColumnNames.Problem(name) is { } problem)
            {
                problems.Add(ContractCodes.ColumnNameInvalid.At(
                    pointer, JsonValue.Create(name).Shown(), problem, ColumnNames.Propose(name)));
            }
            else if (!seen.TryAdd(name, name))
            {
                problems.Add(ContractCodes.ColumnNameDuplicate.At(pointer, name, seen[name]));
            }
        }
    }

    /// <summary>Positions from 1. Declared ones count only when every key column has one; else the document's order does.</summary>
    private int?[] KeyPositions(JsonObject[] nodes)
    {
        var key = Enumerable.Range(0, nodes.Length).Where(i => nodes[i].Flag("primaryKey")).ToArray();
        var declared = key.ToDictionary(i => i, i => nodes[i]["primaryKeyPosition"]?.GetValue<int>() ?? 0);
        var taken = new HashSet<int>();
        foreach (var i in key.Where(i => declared[i] > 0 && !taken.Add(declared[i])))
        {
            var pointer = JsonPointer.Below(JsonPointer.Below(Columns, i), "primaryKeyPosition");
            problems.Add(ContractCodes.KeyPositionDuplicate.At(pointer, nodes[i].Text("name"), declared[i]));
        }

        var ordered = declared.Values.All(p => p > 0) ? [.. key.OrderBy(i => declared[i])] : key;
        var positions = new int?[nodes.Length];
        for (var position = 0; position < ordered.Length; position++)
        {
            positions[ordered[position]] = position + 1;
        }

        return positions;
    }

    private ContractColumn Column(JsonObject node, int? keyPosition, string pointer)
    {
        var name = node.Text("name") ?? "?";
        var hub = new HubProperties(problems, CustomPropertyLevel.Column).Add(node, pointer);
        var type = ColumnTypes.Read(node, name, pointer, hub, problems);
        var column = new ContractColumn
        {
            Name = name,
            SourceName = node.Text("physicalName") is { Length: > 0 } physical ? physical : name,
            Type = type ?? new ColumnType(ColumnKind.Text),
            Title = node.Words("businessName"),
            Description = node.Words("description"),
            // A null in the key is a violation whatever the contract says.
            Required = node.Flag("required") || keyPosition is not null,
            KeyPosition = keyPosition,
            Personal = hub.Flag("hub.personal"),
            Indexed = hub.Flag("hub.indexed"),
        };

        // Without a type nothing more can be judged; with a wrong one every option would look wrong.
        if (type is null)
        {
            return column;
        }

        hub.Inherit(dataset, type.Value.Kind);
        return new OptionsReader(problems, column, node, pointer).Read(hub);
    }
}
