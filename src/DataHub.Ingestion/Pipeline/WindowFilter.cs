using DataHub.Core.Contracts;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Pipeline;

/// <summary>
/// Keeps a window exact whatever an adapter can leave to its source: a record outside it is passed over as if the source had not delivered it. Notes the highest watermark met.
/// </summary>
internal sealed class WindowFilter
{
    private readonly bool all;
    private readonly long from = long.MinValue;
    private readonly long to = long.MaxValue;
    private readonly ColumnKind kind;
    private long? high;

    public WindowFilter(PullPlan plan)
    {
        kind = plan.Request.Contract.Pull.Watermark?.Type.Kind ?? ColumnKind.Int64;
        all = plan.Request.Window is null;
        if (plan.Request.Window is { } window)
        {
            from = window.From is { } text && WatermarkText.TryParse(text, window.Column.Type, out var first) ? first : from;
            to = window.To is { } end && WatermarkText.TryParse(end, window.Column.Type, out var behind) ? behind : to;
        }
    }

    /// <summary>Highest watermark met, canonical text; null when none was.</summary>
    public string? High => high is { } value ? WatermarkText.Format(value, kind) : null;

    /// <summary>Whether a record with this watermark belongs to the pull; one without belongs to no window.</summary>
    public bool Takes(long? watermark)
    {
        if (!all && !(watermark >= from && watermark < to))
        {
            return false;
        }

        high = watermark > high || high is null ? watermark ?? high : high;
        return true;
    }
}
