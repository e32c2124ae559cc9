using System.Text;

namespace DataHub.TestKit;

/// <summary>A committed file that must equal what the code says; DATAHUB_UPDATE_GOLDENS=1 writes it anew.</summary>
public static class Golden
{
    private const int Shown = 20;

    /// <summary>Folder of the checkout.</summary>
    public static string Root { get; } = Find();

    public static void Check(string path, string text)
    {
        var file = Path.Combine(Root, path);
        if (Environment.GetEnvironmentVariable("DATAHUB_UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            return;
        }

        var committed = File.Exists(file) ? File.ReadAllText(file) : "";
        if (committed != text)
        {
            throw new InvalidOperationException($"{path} differs from the code. If the change is meant: DATAHUB_UPDATE_GOLDENS=1 ./hub test, "
                + $"then read the difference before committing it.\n{Difference(committed.Split('\n'), text.Split('\n'))}");
        }
    }

    // Equal beginnings and ends are left out; what is between is shown as it was and as it is.
    private static string Difference(string[] before, string[] after)
    {
        var shortest = Math.Min(before.Length, after.Length);
        var head = 0;
        while (head < shortest && before[head] == after[head])
        {
            head++;
        }

        var tail = 0;
        while (tail < shortest - head && before[^(tail + 1)] == after[^(tail + 1)])
        {
            tail++;
        }

        var text = new StringBuilder().Append("from line ").Append(head + 1).Append(":\n");
        Append(text, "- ", before[head..^tail]);
        Append(text, "+ ", after[head..^tail]);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string sign, string[] lines)
    {
        foreach (var line in lines.Take(Shown))
        {
            text.Append(sign).Append(line).Append('\n');
        }

        if (lines.Length > Shown)
        {
            text.Append(sign).Append("... ").Append(lines.Length - Shown).Append(" more\n");
        }
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DataHub.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("the checkout of DataHub was not found above the tests");
    }
}
