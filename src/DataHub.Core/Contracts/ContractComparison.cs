using DataHub.Core.Errors;

namespace DataHub.Core.Contracts;

/// <summary>Works out a <see cref="ContractChange"/>, column by column; a column is found again by its name.</summary>
internal sealed class ContractComparison(DataContract old, DataContract @new)
{
    private const string Columns = "/schema/0/properties";

    private readonly List<ErrorDetail> breaking = [];

    public IReadOnlyList<ErrorDetail> Breaking => breaking;

    public ContractBump Bump { get; private set; }

    public void Compare()
    {
        if (old.Document != @new.Document)
        {
            AtLeast(ContractBump.Patch);
        }

        Dataset();
        Key();
        var before = old.Columns.ToDictionary(c => c.Name, StringComparer.Ordinal);
        var after = @new.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var column in old.Columns.Where(c => !after.Contains(c.Name)))
        {
            Removed(column, before);
        }

        for (var i = 0; i < @new.Columns.Count; i++)
        {
            var pointer = JsonPointer.Below(Columns, i);
            if (before.TryGetValue(@new.Columns[i].Name, out var was))
            {
                Column(was, @new.Columns[i], pointer);
            }
            else
            {
                Added(@new.Columns[i], pointer);
            }
        }

        Uniqueness();
        Rules();
    }

    private void Dataset()
    {
        if (old.Dataset != @new.Dataset)
        {
            Break("/name", $"mã tập dữ liệu đổi từ {old.Dataset} thành {@new.Dataset}",
                $"the dataset id changes from {old.Dataset} to {@new.Dataset}");
        }

        if (old.Terms.Provider != @new.Terms.Provider)
        {
            Break("/customProperties", $"cơ quan cung cấp đổi từ {old.Terms.Provider} thành {@new.Terms.Provider}",
                $"the provider changes from {old.Terms.Provider} to {@new.Terms.Provider}");
        }

        if (old.Terms.Access == AccessMode.Open && @new.Terms.Access != AccessMode.Open)
        {
            Break("/customProperties", "dữ liệu mở trở thành dữ liệu chỉ đọc theo thỏa thuận",
                "open data comes under agreements");
        }
        else if (old.Terms.Access != @new.Terms.Access)
        {
            AtLeast(ContractBump.Minor);
        }
    }

    private void Key()
    {
        var before = string.Join(", ", old.Key.Select(c => c.Name));
        var after = string.Join(", ", @new.Key.Select(c => c.Name));
        if (before != after)
        {
            Break(Columns, $"khóa chính đổi từ ({before}) thành ({after})",
                $"the primary key changes from ({before}) to ({after})");
        }
    }

    private void Removed(ContractColumn column, Dictionary<string, ContractColumn> before)
    {
        var renamed = @new.Columns.FirstOrDefault(
            c => c.SourceName == column.SourceName && !before.ContainsKey(c.Name));
        if (renamed is null)
        {
            Break(Columns, $"cột {column.Name} bị bỏ", $"column {column.Name} is removed");
        }
        else
        {
            Break(Columns, $"cột {column.Name} đổi tên thành {renamed.Name}",
                $"column {column.Name} is renamed to {renamed.Name}");
        }
    }

    private void Added(ContractColumn column, string pointer)
    {
        AtLeast(ContractBump.Minor);
        if (column.Required)
        {
            // Records of the versions before it have no value for it.
            Break(pointer, $"cột mới {column.Name} là bắt buộc, cột mới phải cho phép trống",
                $"the new column {column.Name} is required; a new column must allow nulls");
        }
    }

    private void Column(ContractColumn was, ContractColumn now, string pointer)
    {
        if (was.Type != now.Type)
        {
            Break(pointer, $"kiểu của cột {now.Name} đổi từ {was.Type} thành {now.Type}",
                $"the type of column {now.Name} changes from {was.Type} to {now.Type}");
        }

        if (was.Required && !now.Required)
        {
            Break(pointer, $"cột {now.Name} từ bắt buộc thành cho phép trống",
                $"column {now.Name} is no longer required");
        }

        if (was.Personal && !now.Personal)
        {
            Break(pointer, $"cột {now.Name} không còn được đánh dấu là dữ liệu cá nhân",
                $"column {now.Name} is no longer marked as personal data");
        }

        if (was.Parse != now.Parse)
        {
            Break(pointer, $"cách đọc giá trị của cột {now.Name} (múi giờ, định dạng, dấu số) thay đổi",
                $"how values of column {now.Name} are read (time zone, format, number characters) changes");
        }

        Enum(was, now, pointer);
        var rules = (was.Rules with { Enum = null }) != (now.Rules with { Enum = null });
        if (rules || was.Required != now.Required || was.Personal != now.Personal)
        {
            AtLeast(ContractBump.Minor);
        }
    }

    private void Enum(ContractColumn was, ContractColumn now, string pointer)
    {
        if (was.Rules.Enum is not { } before)
        {
            AtLeast(now.Rules.Enum is null ? ContractBump.None : ContractBump.Minor);
            return;
        }

        var added = now.Rules.Enum?.Except(before, StringComparer.Ordinal).ToArray();
        if (added is null)
        {
            Break(pointer, $"cột {now.Name} không còn danh sách giá trị cho phép",
                $"column {now.Name} loses its list of allowed values");
        }
        else if (added.Length > 0)
        {
            var list = string.Join(", ", added.Take(20));
            Break(pointer, $"cột {now.Name} có thêm giá trị cho phép: {list}",
                $"column {now.Name} allows more values: {list}");
        }
        else if (now.Rules.Enum!.Count < before.Count)
        {
            AtLeast(ContractBump.Minor);
        }
    }

    private void Uniqueness()
    {
        // A changed key has been reported as such.
        var after = Unique(@new).Append(KeyColumns(old)).ToHashSet(StringComparer.Ordinal);
        foreach (var columns in Unique(old).Where(columns => !after.Contains(columns)))
        {
            Break("/schema/0", $"giá trị của {columns} không còn là duy nhất",
                $"values of {columns} are no longer unique");
        }
    }

    private static HashSet<string> Unique(DataContract contract)
    {
        var unique = contract.Rules
            .Where(r => r is { Metric: QualityMetric.DuplicateValues, Holds: true, Operator: QualityOperator.MustBe }
                && r.Thresholds[0] == 0)
            .Select(r => string.Join(", ", r.Columns.Order(StringComparer.Ordinal)))
            .ToHashSet(StringComparer.Ordinal);
        // The key is unique without a rule.
        unique.Add(KeyColumns(contract));
        return unique;
    }

    private static string KeyColumns(DataContract contract) =>
        string.Join(", ", contract.Key.Select(c => c.Name).Order(StringComparer.Ordinal));

    private void Rules()
    {
        var after = @new.Rules.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        if (old.Rules.Any(r => !after.Contains(r.Name)))
        {
            AtLeast(ContractBump.Minor);
        }
    }

    private void Break(string pointer, string vi, string en)
    {
        breaking.Add(ContractCodes.ChangeBreaks.At(pointer, new Text(vi, en)));
        AtLeast(ContractBump.Major);
    }

    private void AtLeast(ContractBump bump) => Bump = bump > Bump ? bump : Bump;
}
