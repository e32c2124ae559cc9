using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Versioning;

namespace DataHub.Core.Queries;

/// <summary>A question whose every name and value is checked.</summary>
/// <param name="Question">Which records, in which order.</param>
/// <param name="Columns">Columns of the answer.</param>
public sealed record PlannedQuestion(RecordQuestion Question, IReadOnlyList<StoreColumn> Columns);

/// <summary>
/// Step Plan of the read path: a question's names become columns, its texts values; everything that is wrong is found at once.
/// </summary>
/// <param name="layout">Tells the key.</param>
/// <param name="columns">What the caller may name.</param>
/// <param name="personal">Names of personal columns, whose values no URL may hold.</param>
public sealed class QuestionPlanner(StoreLayout layout, QueryColumns columns, IReadOnlySet<string> personal)
{
    /// <summary>The plan, or null with at least one problem.</summary>
    public PlannedQuestion? Plan(AskedQuestion asked, QueryProblems problems)
    {
        var before = problems.Found.Count;
        var parts = new List<RecordFilter>();
        if (asked.Filter is var (text, place) && FilterParser.Parse(text, columns, place, problems) is { } filter)
        {
            parts.AddRange(filter is AllOf all ? all.Parts : [filter]);
            KeepPersonalOut(asked, filter.ColumnsWithValues(), place, problems);
        }

        parts.AddRange(Where(asked, problems));
        var selected = Select(asked, problems);
        var order = Order(asked, problems);
        return problems.Found.Count > before ? null : new PlannedQuestion(
            new RecordQuestion(parts.Count switch { 0 => null, 1 => parts[0], _ => new AllOf(parts) },
                RecordQuestion.Complete(order, layout)), selected);
    }

    private List<RecordFilter> Where(AskedQuestion asked, QueryProblems problems)
    {
        var filters = new List<RecordFilter>();
        foreach (var group in asked.Where.GroupBy(w => w.Column, StringComparer.Ordinal))
        {
            var place = asked.InBody ? new QueryPlace("where", InBody: true).Below(group.Key) : group.First().Place;
            if (columns.Find(group.Key, place, problems) is not { } column)
            {
                continue;
            }

            if (group.Count() > FilterLimits.Items)
            {
                problems.Add(place.Report(RequestCodes.ItemsTooMany, FilterLimits.Items));
                continue;
            }

            var values = new List<object>();
            foreach (var value in group.Where(v => v.Text is not null))
            {
                Add(value, column, values, problems);
            }

            filters.Add(new OneOf(new ColumnOperand(column), values, group.Any(v => v.Text is null)));
            KeepPersonalOut(asked, [column], place, problems);
        }

        return filters;
    }

    private static void Add(AskedValue asked, StoreColumn column, List<object> values, QueryProblems problems)
    {
        if ((!asked.Bare || column.Type.Kind != ColumnKind.Text) && TryRead(asked.Text!, column.Type, out var value))
        {
            values.Add(value);
            return;
        }

        var shown = asked.Text!.Length <= 100 ? asked.Text : asked.Text[..100] + "…";
        problems.Add(asked.Place.Report(RequestCodes.ValueInvalid, shown, column.Name, column.Type, Example(column.Type.Kind)));
    }

    // Answers write 1.50 where the canonical text is 1.5: both are the same decimal, and neither is rounded.
    private static bool TryRead(string text, ColumnType type, out object value)
    {
        if (type.Kind == ColumnKind.Decimal)
        {
            var exact = FilterLiteral.TryDecimal(text, out var number);
            value = number;
            return exact;
        }

        return KeyText.TryRead(text, type, out value)
            && (type.Kind == ColumnKind.Text
                ? FilterLiteral.IsStorable(text)
                : type.Kind == ColumnKind.Float64 || KeyText.Canonical(value) == text);
    }

    private IReadOnlyList<StoreColumn> Select(AskedQuestion asked, QueryProblems problems)
    {
        if (asked.Select is null)
        {
            return columns.Granted;
        }

        var place = new QueryPlace("select", asked.InBody);
        var selected = new List<StoreColumn>();
        foreach (var name in asked.Select)
        {
            if (columns.Find(name, place, problems) is { } column)
            {
                AddOnce(selected, column, place, problems);
            }
        }

        return selected;
    }

    private List<RecordOrder> Order(AskedQuestion asked, QueryProblems problems)
    {
        var place = new QueryPlace("orderby", asked.InBody);
        var order = new List<RecordOrder>();
        var named = new List<StoreColumn>();
        foreach (var step in asked.OrderBy ?? [])
        {
            var words = step.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length is 0 or > 2 || (words.Length == 2 && words[1] is not ("asc" or "desc")))
            {
                problems.AddOnce("order\n" + step, () =>
                    place.Report(RequestCodes.OrderInvalid, step.Length <= 100 ? step : step[..100] + "…"));
            }
            else if (columns.Find(words[0], place, problems) is { } column && AddOnce(named, column, place, problems))
            {
                order.Add(new RecordOrder(column, words.Length == 2 && words[1] == "desc"));
            }
        }

        return order;
    }

    private static bool AddOnce(List<StoreColumn> list, StoreColumn column, QueryPlace place, QueryProblems problems)
    {
        if (list.Exists(c => c.Id == column.Id))
        {
            problems.AddOnce("twice\n" + column.Name + "\n" + place.Name, () => place.Report(RequestCodes.ColumnRepeated, column.Name));
            return false;
        }

        list.Add(column);
        return true;
    }

    private void KeepPersonalOut(AskedQuestion asked, IEnumerable<StoreColumn> named, QueryPlace place, QueryProblems problems)
    {
        foreach (var column in asked.InBody ? [] : named.Where(c => personal.Contains(c.Name)))
        {
            problems.AddOnce("personal\n" + column.Name + "\n" + place.Name, () =>
                place.Report(RequestCodes.PersonalValueInUrl, column.Name));
        }
    }

    private static string Example(ColumnKind kind) => kind switch
    {
        ColumnKind.Text => "Trà Vinh",
        ColumnKind.Int32 or ColumnKind.Int64 => "12",
        ColumnKind.Decimal => "1234.5",
        ColumnKind.Float64 => "1.5",
        ColumnKind.Boolean => "true",
        ColumnKind.Date => "2026-03-01",
        ColumnKind.Time => "07:30:00",
        ColumnKind.Timestamp => "2026-03-01T00:00:00Z",
        _ => "AQID",
    };
}
