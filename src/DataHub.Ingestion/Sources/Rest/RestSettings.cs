using System.Buffers;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>Reads the forms that only REST settings have: addresses, pointers, parameters, lists.</summary>
internal static class RestSettings
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly Uri Nowhere = new("https://invalid/");

    /// <summary>An absolute address without account, query and fragment.</summary>
    public static Uri Address(SettingsCheck check, string name, string text)
    {
        if (text.Length == 0)
        {
            return Nowhere;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https")
            && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0 && address.Host.Length > 0)
        {
            return address;
        }

        check.Add(name, "setting_not_allowed",
            $"{name} phải là địa chỉ https đầy đủ, không có tài khoản, tham số hay phần #; tài khoản để ở thông tin đăng nhập của nguồn.",
            $"{name} must be a complete https address without account, query or fragment; the account belongs in the source's credential.");
        return Nowhere;
    }

    /// <summary>A JSON pointer, or null when the setting is not there.</summary>
    public static IReadOnlyList<string>? Pointer(SettingsCheck check, string name)
    {
        if (check.Optional(name) is not { } text)
        {
            return null;
        }

        if (!RestPointer.TryParse(text, out var parts))
        {
            check.Add(name, "setting_not_allowed",
                $"{name} phải là JSON pointer, ví dụ /data/items (~1 thay cho “/”, ~0 thay cho “~”).",
                $"{name} must be a JSON pointer, for example /data/items (~1 stands for \"/\", ~0 for \"~\").");
        }

        return parts;
    }

    public static IReadOnlyList<string> List(SettingsCheck check, string name) => (check.Optional(name) ?? "").Split(
        ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Resources below the base address, each as a contract writes it in <c>hub.table</c>.</summary>
    public static IReadOnlyList<string> Resources(SettingsCheck check, string name)
    {
        var resources = List(check, name);
        foreach (var wrong in resources.Where(r => !IsResource(r)))
        {
            check.Add(name, "setting_not_allowed",
                $"“{wrong}” không phải là đường dẫn tương đối dưới baseUrl.", $"\"{wrong}\" is no relative path below baseUrl.");
        }

        return resources;
    }

    /// <summary>True for a path that stays below the base address, whatever a server makes of it.</summary>
    public static bool IsResource(string text) =>
        text.Length is > 0 and <= 500 && !text.AsSpan().ContainsAny("\\?#%") && !text.Any(char.IsControl)
        && text.Split('/').All(p => p is not ("" or "." or ".."));

    public static IReadOnlyList<(string Name, string Value)> Query(SettingsCheck check, string name)
    {
        var pairs = new List<(string, string)>();
        foreach (var pair in (check.Optional(name) ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            pairs.Add((Uri.UnescapeDataString(parts[0]), parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : ""));
        }

        return pairs;
    }

    /// <summary>True for a header's name.</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(TokenCharacters);
}
