using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Gateway.Runs;

/// <summary>Reads what a run is asked to do against what its dataset's contract allows; all problems at once.</summary>
internal static class RunRequests
{
    /// <summary>Mode and, for a backfill, the bounds in canonical text.</summary>
    /// <exception cref="HubErrorException">run_mode_unsupported, request_invalid.</exception>
    public static (string Mode, string? From, string? To) Read(NewRun request, DataContract contract)
    {
        var pull = contract.Pull;
        var allowed = Modes(pull, contract.Key.Count > 0);
        var mode = request.Mode ?? (pull.Mode == PullMode.Full ? "full" : "incremental");
        if (!allowed.Contains(mode))
        {
            throw HubErrors.RunModeUnsupported(mode, allowed).ToException();
        }

        var errors = new List<ErrorDetail>();
        var from = Bound(request.From, "/from", mode, pull, errors);
        var to = Bound(request.To, "/to", mode, pull, errors);
        if (mode == "backfill" && errors.Count == 0 && !(from < to))
        {
            errors.Add(Problem("/from", "window_empty", "Cần from nhỏ hơn to, và có cả hai.", "Both are needed, from below to."));
        }

        if (request.AcceptSource && mode != "full")
        {
            errors.Add(Problem("/acceptSource", "not_applicable", "Chỉ dùng với chế độ full.", "Only mode full takes it."));
        }

        if (request.ExpectRemoved < 0)
        {
            errors.Add(Problem("/expectRemoved", "number_out_of_range", "Số bản ghi dự kiến biến mất không được âm.",
                "The number of expected removals cannot be negative."));
        }

        return errors.Count == 0 ? (mode, Text(from, pull), Text(to, pull)) : throw HubErrors.RequestInvalid(errors).ToException();
    }

    /// <summary>Modes that a dataset of these terms can run.</summary>
    public static IReadOnlyList<string> Modes(PullTerms pull, bool hasKey)
    {
        List<string> modes = ["full"];
        modes.AddRange(pull.Mode != PullMode.Full ? ["incremental"] : []);
        modes.AddRange(pull.Mode != PullMode.Append && hasKey ? ["reconcile"] : []);
        modes.AddRange(pull.Watermark is not null && hasKey ? ["backfill"] : []);
        return modes;
    }

    private static long? Bound(string? text, string pointer, string mode, PullTerms pull, List<ErrorDetail> errors)
    {
        if (text is null)
        {
            return null;
        }

        if (mode != "backfill")
        {
            errors.Add(Problem(pointer, "not_applicable", "Chỉ dùng với chế độ backfill.", "Only mode backfill takes it."));
            return null;
        }

        if (!WatermarkText.TryParse(text, pull.Watermark!.Type, out var value))
        {
            errors.Add(NotAWatermark(pointer, pull.Watermark));
            return null;
        }

        return value;
    }

    /// <summary>A text that is no value of the watermark's column.</summary>
    public static ErrorDetail NotAWatermark(string pointer, ContractColumn column) => Problem(pointer, "watermark_invalid",
        $"Không phải giá trị kiểu {column.Type} của cột {column.Name}; ví dụ 2026-03-01T00:00:00Z, 2026-03-01 hoặc 1200.",
        $"No {column.Type} of column {column.Name}; for example 2026-03-01T00:00:00Z, 2026-03-01 or 1200.");

    private static string? Text(long? value, PullTerms pull) =>
        value is { } number ? WatermarkText.Format(number, pull.Watermark!.Type.Kind) : null;

    private static ErrorDetail Problem(string pointer, string code, string vi, string en) => new(code, new(vi, en)) { Pointer = pointer };
}
