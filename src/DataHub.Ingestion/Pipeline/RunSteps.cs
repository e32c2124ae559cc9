using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DataHub.Core.Errors;
using DataHub.Core.Quality;
using DataHub.Core.Versioning;
using DataHub.Storage.Loads;

namespace DataHub.Ingestion.Pipeline;

/// <summary>Names of the steps: what <c>GET /runs/{id}</c> shows while a run is running.</summary>
public static class RunSteps
{
    public const string Extract = "extract";
    public const string Validate = "validate";
    public const string Stage = "stage";
    public const string Check = "check";
    public const string Publish = "publish";
    public const string Report = "report";
}

/// <summary>The counts of a run while it is under way, read by the lease's renewals.</summary>
public sealed class RunProgress
{
    private RecordLoad? load;

    public RunCounts Counts => load?.Counts ?? new RunCounts();

    /// <summary>Records that the source expects to deliver, or null.</summary>
    public long? Estimated { get; private set; }

    public void Watch(RecordLoad current, long? estimated) => (load, Estimated) = (current, estimated);

    /// <summary>Lets go of the load, whose map of keys may be large.</summary>
    public void Forget() => load = null;
}

/// <summary>Turns findings and errors into what a run keeps of them: both languages, so that a reader later chooses.</summary>
public static class RunWords
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>JSON array of {code, vi, en}, or null when there are none.</summary>
    public static string? Findings(IEnumerable<Finding> findings)
    {
        var list = findings.Select(f => new { code = f.Code, vi = f.Message.Vi, en = f.Message.En }).ToList();
        return list.Count == 0 ? null : JsonSerializer.Serialize(list, Plain);
    }

    /// <summary>JSON {code, origin, vi, en, hintVi, hintEn, errors}.</summary>
    public static string Error(HubError error)
    {
        var words = new JsonObject
        {
            ["code"] = error.Code,
            ["origin"] = error.Kind.Origin.ToString().ToLowerInvariant(),
            ["vi"] = error.Detail("vi"),
            ["en"] = error.Detail("en"),
            ["hintVi"] = error.Hint("vi"),
            ["hintEn"] = error.Hint("en"),
            ["errors"] = new JsonArray([.. error.Errors.Select(e => new JsonObject
            {
                ["code"] = e.Code, ["vi"] = e.Message.Vi, ["en"] = e.Message.En,
            })]),
        };
        return words.ToJsonString(Plain);
    }
}
