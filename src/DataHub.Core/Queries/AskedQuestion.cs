using System.Text.Json;

namespace DataHub.Core.Queries;

/// <summary>Whether and how the records of a filtered question are counted.</summary>
public enum CountMode { None, Exact, Estimated }

/// <summary>A value that a column shall have, as it was written.</summary>
/// <param name="Column">The column's name, not yet checked.</param>
/// <param name="Text">The value's text, or null for no value at all.</param>
/// <param name="Place">Where it stands.</param>
public sealed record AskedValue(string Column, string? Text, QueryPlace Place)
{
    /// <summary>True for a JSON number or boolean: what a text column does not take.</summary>
    public bool Bare { get; init; }
}

/// <summary>A question as it was asked, before anything of it is checked against a contract.</summary>
/// <param name="InBody">True for a body, false for a URL.</param>
public sealed record AskedQuestion(bool InBody)
{
    /// <summary>The filter's text and its place, which may be <c>$filter</c>.</summary>
    public (string Text, QueryPlace Place)? Filter { get; init; }

    /// <summary>Values of columns; those of one column are alternatives.</summary>
    public IReadOnlyList<AskedValue> Where { get; init; } = [];

    /// <summary>Names of the columns to answer with, or null for all.</summary>
    public IReadOnlyList<string>? Select { get; init; }

    /// <summary>Steps of the order, each <c>name</c>, <c>name asc</c> or <c>name desc</c>; null for the key's.</summary>
    public IReadOnlyList<string>? OrderBy { get; init; }

    public CountMode Count { get; init; }

    /// <summary>Records of a page.</summary>
    public int Limit { get; init; } = QueryLimits.DefaultLimit;

    /// <summary>Where to go on, or null for the first page.</summary>
    public string? Cursor { get; init; }

    /// <summary>True when all records in key order are asked for, as most readers do.</summary>
    public bool IsPlain => Filter is null && Where.Count == 0 && Select is null && OrderBy is null;

    /// <summary>The question without its page: equal texts are the same question, wherever they were asked.</summary>
    public string Identity => IsPlain && Count == CountMode.None ? "" : JsonSerializer.Serialize(new[]
    {
        [Filter?.Text, Count.ToString()], Select?.ToArray(), OrderBy?.ToArray(),
            Where.SelectMany(w => new[] { w.Column, w.Text, w.Bare ? "bare" : "" }).ToArray(),
    });
}
