using System.Text;
using System.Text.Json.Nodes;
using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>What reading a contract gave.</summary>
/// <param name="Contract">The contract; null when there is any error.</param>
/// <param name="Document">
/// The ODCS 3.1 document, JSON; also there when a well-formed document cannot be registered here. Null when it is not ODCS.
/// </param>
/// <param name="Errors">All problems that keep it from being registered, each with the pointer of its place.</param>
/// <param name="Warnings">What is kept in the document but has no effect.</param>
public sealed record ContractReading(
    DataContract? Contract, string? Document, IReadOnlyList<ErrorDetail> Errors, IReadOnlyList<ErrorDetail> Warnings);

/// <summary>
/// Reads a data contract, pure and without exceptions for any input: 1. text to tree, 2. structure, 3. normalise to 3.1,
/// 4. what the hub needs of it. Every step reports all it finds.
/// </summary>
public static class ContractReader
{
    /// <summary>At most this many columns.</summary>
    public const int MaxColumns = 500;

    /// <inheritdoc cref="Read(ReadOnlySpan{byte}, ContractFormat?)"/>
    public static ContractReading Read(string text, ContractFormat? format = null) =>
        Read(Encoding.UTF8.GetBytes(text), format);

    /// <summary>Reads UTF-8 text of at most 1 MiB; without a format, text that starts with { is JSON.</summary>
    public static ContractReading Read(ReadOnlySpan<byte> utf8, ContractFormat? format = null)
    {
        var problems = new ContractProblems();

        // 1. text
        var tree = ContractText.Parse(utf8, format, problems);
        if (tree is null)
        {
            return new ContractReading(null, null, problems.Errors, problems.Warnings);
        }

        // 2. structure
        var version = tree["apiVersion"].Spelling();
        if (version is not null && !ContractNormaliser.Readable.Contains(version))
        {
            problems.AddStructural(ContractCodes.ApiVersionUnsupported.At("/apiVersion", version) with
            { Allowed = ContractNormaliser.Readable });
        }

        var isOld = version?.StartsWith("v3.0.", StringComparison.Ordinal) == true;
        var root = new StructureReader(problems, movesUnknown: isOld).Read(tree);

        // 3. normalise
        ContractNormaliser.Normalise(root, isOld);
        var document = problems.Structural ? null : ContractWriter.Compact(StructureReader.InOrder(root));

        // 4. contract: read even when the structure is wrong, so that one answer names everything
        var contract = Contract(root, problems);
        return problems.Errors.Count > 0
            ? new ContractReading(null, document, problems.Errors, problems.Warnings)
            : new ContractReading(contract, contract!.Document, problems.Errors, problems.Warnings);
    }

    private static DataContract? Contract(JsonObject root, ContractProblems problems)
    {
        var dataset = DatasetReader.Id(root, problems);
        var version = DatasetReader.Version(root, problems);
        var item = DatasetReader.SingleObject(root, problems);
        var hub = DatasetReader.Properties(root, item, problems);
        var terms = DatasetReader.Terms(hub, problems);
        var columns = item is null ? [] : new ColumnReader(problems, hub).Read(item);
        var pull = new PullReader(hub, columns, problems);
        var (pullTerms, brake) = (pull.Read(), pull.ReadBrake());
        var quality = new QualityReader(problems, columns);
        var rules = quality.Read(item);
        if (problems.Errors.Count > 0)
        {
            return null;
        }

        DocumentTypes(item!, columns);
        return new DataContract
        {
            Dataset = dataset!,
            Id = root.Text("id")!,
            Version = version,
            Title = item!.Words("businessName") ?? dataset!,
            Description = item!.Words("description") ?? (root["description"] as JsonObject)?.Words("purpose"),
            Theme = root.Words("domain"),
            Tags = [.. DatasetReader.Tags(root).Concat(DatasetReader.Tags(item!)).Distinct(StringComparer.Ordinal)],
            Terms = terms!,
            Pull = pullTerms,
            Brake = brake,
            Columns = [.. quality.Columns],
            Rules = rules,
            Document = ContractWriter.Compact(StructureReader.InOrder(root)),
        };
    }

    /// <summary>The emitted document says each type in both ways, however it was declared.</summary>
    private static void DocumentTypes(JsonObject item, IReadOnlyList<ContractColumn> columns)
    {
        foreach (var (node, column) in item.Objects("properties").Zip(columns))
        {
            if (node["logicalType"] is null)
            {
                node["logicalType"] = ColumnTypes.LogicalType(column.Type.Kind);
            }

            var custom = node["customProperties"] as JsonArray ?? [];
            if (!custom.OfType<JsonObject>().Any(p => p.Text("property") == "hub.type"))
            {
                custom.Add(new JsonObject { ["property"] = "hub.type", ["value"] = column.Type.ToString() });
                node["customProperties"] = custom.Parent is null ? custom : custom.DeepClone();
            }
        }
    }
}
