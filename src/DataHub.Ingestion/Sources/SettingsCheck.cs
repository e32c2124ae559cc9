using System.Globalization;
using DataHub.Core.Errors;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources;

/// <summary>
/// Reads a source's settings one by one and collects every problem with the pointer of its setting, so that an
/// administrator corrects them all in one go. Each kind's options record is built through it.
/// </summary>
internal sealed class SettingsCheck(SourceSettings source)
{
    private readonly HashSet<string> known = new(StringComparer.Ordinal);

    public List<ErrorDetail> Errors { get; } = [];

    public string Required(string name)
    {
        var value = Optional(name);
        if (value is null)
        {
            Add(name, "setting_required", $"Thiếu thiết lập {name}.", $"The setting {name} is required.");
        }

        return value ?? "";
    }

    public string? Optional(string name)
    {
        known.Add(name);
        return string.IsNullOrWhiteSpace(source[name]) ? null : source[name];
    }

    public int Number(string name, int fallback, int least, int most)
    {
        var text = Optional(name);
        if (text is null)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }

        Add(name, "setting_out_of_range",
            $"{name} phải là số nguyên từ {least} đến {most}.", $"{name} must be a whole number from {least} to {most}.");
        return fallback;
    }

    public T Choice<T>(string name, T fallback, IReadOnlyDictionary<string, T> choices)
    {
        // Not Optional: a tab is a choice of the delimiter, and blank to it.
        known.Add(name);
        var text = source[name];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (choices.TryGetValue(text, out var value))
        {
            return value;
        }

        Add(name, "setting_not_allowed",
            $"Giá trị của {name} không được hỗ trợ.", $"This value of {name} is not supported.", [.. choices.Keys]);
        return fallback;
    }

    /// <summary>One ASCII character that is neither letter, digit nor line end, by itself or by a name.</summary>
    public int Character(string name, int fallback, IReadOnlyDictionary<string, int> names)
    {
        // Not Optional: a tab and a blank are characters too.
        known.Add(name);
        var text = source[name];
        if (string.IsNullOrEmpty(text))
        {
            return fallback;
        }

        if (names.TryGetValue(text, out var named))
        {
            return named;
        }

        if (text is [var c] && (c == '\t' || (c is >= ' ' and <= '~' && !char.IsAsciiLetterOrDigit(c))))
        {
            return c;
        }

        Add(name, "setting_not_allowed",
            $"{name} phải là một ký tự ASCII không phải chữ hay số, hoặc một trong các tên.",
            $"{name} must be one ASCII character, neither letter nor digit, or one of the names.", [.. names.Keys]);
        return fallback;
    }

    public void Add(string name, string code, string vi, string en, IReadOnlyList<string>? allowed = null) =>
        Errors.Add(new ErrorDetail(code, new Text(vi, en))
        {
            Pointer = "/settings/" + name.Replace("~", "~0", StringComparison.Ordinal)
                .Replace("/", "~1", StringComparison.Ordinal),
            Allowed = allowed,
        });

    /// <summary>A misspelt setting would be ignored in silence: refuse it instead.</summary>
    public void RefuseUnknown()
    {
        foreach (var name in source.Settings.Keys.Where(k => !known.Contains(k)).Order(StringComparer.Ordinal))
        {
            Add(name, "setting_unknown", $"Không có thiết lập {name}.", $"There is no setting {name}.",
                [.. known.Order(StringComparer.Ordinal)]);
        }
    }

    public void ThrowIfAny()
    {
        if (Errors.Count > 0)
        {
            throw HubErrors.SourceSettingsInvalid(source.Id, Errors).ToException();
        }
    }
}
