namespace DataHub.Core.Errors;

/// <summary>Who has to act on an error: the caller, the operators of the hub, or the sector office that owns the source.</summary>
public enum ErrorOrigin { Client, Hub, Source }

/// <summary>One text in both languages of the hub. Arguments are placed with <c>{0}</c>, <c>{1}</c>…</summary>
/// <param name="Vi">Vietnamese, the default.</param>
/// <param name="En">English.</param>
public sealed record Text(string Vi, string En)
{
    /// <summary>The text in <paramref name="language"/> ("vi" or "en"; anything else is Vietnamese) with its arguments placed.</summary>
    public string In(string language, IReadOnlyList<object?> arguments)
    {
        var format = language == "en" ? En : Vi;
        return arguments.Count == 0 ? format : string.Format(System.Globalization.CultureInfo.InvariantCulture, format, [.. arguments]);
    }

    /// <inheritdoc cref="In(string, IReadOnlyList{object?})"/>
    public string In(string language) => In(language, []);
}

/// <summary>What stays the same for every occurrence of an error; listed in <c>contracts/errors.json</c>.</summary>
/// <param name="Code">Stable, snake_case, never translated.</param>
/// <param name="Status">HTTP status when the error is the answer to a call.</param>
/// <param name="Origin">Who must act.</param>
/// <param name="Title">Short, without arguments.</param>
/// <param name="Detail">What happened and where; takes the occurrence's arguments.</param>
/// <param name="Hint">What to do; takes the same arguments.</param>
public sealed record ErrorKind(string Code, int Status, ErrorOrigin Origin, Text Title, Text Detail, Text Hint)
{
    /// <summary>True when the same attempt may succeed later without anybody acting; only these are retried.</summary>
    public bool IsTransient { get; init; }
}

/// <summary>One problem among all problems of a request: where it is and what is wrong there.</summary>
/// <param name="Code">Stable, snake_case.</param>
/// <param name="Message">In both languages, arguments already placed.</param>
public sealed record ErrorDetail(string Code, Text Message)
{
    /// <summary>JSON pointer into the request body, or null.</summary>
    public string? Pointer { get; init; }

    /// <summary>Name of the query parameter or header, or null.</summary>
    public string? Parameter { get; init; }

    /// <summary>Values that would have been accepted, when they can be listed.</summary>
    public IReadOnlyList<string>? Allowed { get; init; }
}

/// <summary>An expected refusal: a value made by one factory of <see cref="HubErrors"/>, answered as problem+json.</summary>
public sealed record HubError(ErrorKind Kind, IReadOnlyList<object?> Arguments)
{
    /// <summary>All problems found, not the first.</summary>
    public IReadOnlyList<ErrorDetail> Errors { get; init; } = [];

    /// <summary>Seconds after which a retry makes sense, or null.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>Where the conflicting or gone thing stands, for the <c>Location</c> header, or null.</summary>
    public string? Location { get; init; }

    public string Code => Kind.Code;

    /// <inheritdoc cref="ErrorKind.IsTransient"/>
    public bool IsTransient => Kind.IsTransient;

    public string Detail(string language) => Kind.Detail.In(language, Arguments);

    public string Hint(string language) => Kind.Hint.In(language, Arguments);

    /// <summary>The carrier that leaves the depth in which the refusal was found.</summary>
    public HubErrorException ToException(Exception? cause = null) => new(this, cause);
}

/// <summary>
/// Carries a <see cref="HubError"/> up to the one place that answers it (the problem writer, or the run that failed).
/// It is the only exception type of the hub's own; the status comes from the value, never from the type.
/// </summary>
public sealed class HubErrorException(HubError error, Exception? cause = null)
    : Exception($"{error.Code}: {error.Detail("en")}", cause)
{
    public HubError Error { get; } = error;
}
