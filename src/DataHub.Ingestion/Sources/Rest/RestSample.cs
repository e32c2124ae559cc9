using System.Globalization;
using System.Text.Json;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>What a property's values were in the sample.</summary>
[Flags]
internal enum RestShapes { None = 0, Null = 1, Text = 2, Whole = 4, Number = 8, Boolean = 16, Object = 32, Array = 64 }

/// <summary>
/// The first records of a pull, kept until it is known whether they are what the contract expects: names and JSON kinds, for the match of
/// columns and for proposals. Bounded by number and size.
/// </summary>
internal sealed class RestSample
{
    private const int MostRecords = 1000;
    private const int MostBytes = 1 << 20;
    private const int MostNames = 2000;

    private readonly Dictionary<string, RestShapes> shapes = new(StringComparer.Ordinal);
    private readonly HashSet<string> found = new(StringComparer.Ordinal);

    /// <summary>The records as they were written.</summary>
    public Queue<byte[]> Records { get; } = new();

    /// <summary>Kinds by property of the record itself, in the order in which they came.</summary>
    public IReadOnlyDictionary<string, RestShapes> Shapes => shapes;

    /// <summary>Names of properties, and those of the asked pointers that led somewhere.</summary>
    public IReadOnlyList<string> Present => [.. shapes.Keys, .. found];

    /// <summary>Reads until it is enough, or the first page is at its end.</summary>
    /// <param name="pull">At its beginning.</param>
    /// <param name="pointers">Columns' places below a property.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<RestSample> ReadAsync(RestPull pull, IReadOnlyList<string> pointers, CancellationToken cancellation)
    {
        var (sample, bytes) = (new RestSample(), 0L);
        var places = pointers.Where(p => p.StartsWith('/')).Distinct().Select(p => (p, RestPointer.OfColumn(p))).ToList();
        // The first record of the second page is taken too: to know that the first is over it has to be read.
        while (sample.Records.Count < MostRecords && bytes < MostBytes && !pull.IsBehindFirst && await pull.NextAsync(cancellation))
        {
            var record = pull.Record.ToArray();
            bytes += record.Length;
            sample.Records.Enqueue(record);
            sample.Look(record, places);
        }

        return sample;
    }

    private void Look(byte[] json, IReadOnlyList<(string Name, string[] Place)> places)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = RestLimits.MostDepth });
            var root = document.RootElement;
            foreach (var (name, value) in Members(root))
            {
                if (shapes.Count < MostNames || shapes.ContainsKey(name))
                {
                    shapes[name] = shapes.GetValueOrDefault(name) | Shape(value);
                }
            }

            foreach (var (name, place) in places)
            {
                if (!found.Contains(name) && Leads(root, place))
                {
                    found.Add(name);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A record that breaks says nothing of its columns; it is judged when it is taken.
        }
    }

    private static IEnumerable<(string Name, JsonElement Value)> Members(JsonElement root) => root.ValueKind switch
    {
        JsonValueKind.Object => root.EnumerateObject().Select(p => (p.Name, p.Value)),
        JsonValueKind.Array => root.EnumerateArray().Select((v, i) => (i.ToString(CultureInfo.InvariantCulture), v)),
        _ => [],
    };

    private static bool Leads(JsonElement at, string[] place)
    {
        foreach (var part in place)
        {
            var next = Members(at).FirstOrDefault(m => m.Name == part);
            if (next.Name is null)
            {
                return false;
            }

            at = next.Value;
        }

        return true;
    }

    private static RestShapes Shape(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => RestShapes.Text,
        JsonValueKind.Number => value.TryGetInt64(out _) ? RestShapes.Whole : RestShapes.Number,
        JsonValueKind.True or JsonValueKind.False => RestShapes.Boolean,
        JsonValueKind.Object => RestShapes.Object,
        JsonValueKind.Array => RestShapes.Array,
        _ => RestShapes.Null,
    };
}
