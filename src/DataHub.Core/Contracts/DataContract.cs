namespace DataHub.Core.Contracts;

/// <summary>
/// A data contract after reading and normalising: what the rest of the hub works with. The ODCS document that it came
/// from is kept beside it as <see cref="Document"/> (always ODCS 3.1 JSON), so that nothing a provider wrote is lost.
/// </summary>
public sealed record DataContract
{
    /// <summary>Dataset id: the contract's <c>name</c>, <c>^[a-z][a-z0-9-]{1,62}$</c>.</summary>
    public required string Dataset { get; init; }

    /// <summary>The contract's own <c>id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Contract version, MAJOR.MINOR.PATCH.</summary>
    public required ContractVersion Version { get; init; }

    /// <summary>Human name: <c>schema[0].businessName</c>, else the dataset id.</summary>
    public required string Title { get; init; }

    public string? Description { get; init; }

    /// <summary>Theme for the catalogue: the contract's <c>domain</c>.</summary>
    public string? Theme { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public required DatasetTerms Terms { get; init; }

    public PullTerms Pull { get; init; } = new();

    public BrakeLimits Brake { get; init; } = BrakeLimits.Default;

    /// <summary>In the contract's order.</summary>
    public required IReadOnlyList<ContractColumn> Columns { get; init; }

    /// <summary>Rules over the whole, beside each column's own.</summary>
    public IReadOnlyList<QualityRule> Rules { get; init; } = [];

    /// <summary>Normalised ODCS 3.1 document, JSON.</summary>
    public required string Document { get; init; }

    /// <summary>Key columns in key order; empty when the dataset is keyless.</summary>
    public IReadOnlyList<ContractColumn> Key =>
        [.. Columns.Where(c => c.KeyPosition is not null).OrderBy(c => c.KeyPosition)];
}

/// <summary>MAJOR.MINOR.PATCH of a contract.</summary>
public readonly record struct ContractVersion(int Major, int Minor, int Patch) : IComparable<ContractVersion>
{
    /// <summary>Also reads <c>1</c>, <c>1.2</c> and a leading <c>v</c>.</summary>
    public static bool TryParse(string? text, out ContractVersion version)
    {
        version = default;
        var written = text ?? "";
        var parts = (written.StartsWith('v') ? written[1..] : written).Split('.');
        if (parts.Length is < 1 or > 3)
        {
            return false;
        }

        Span<int> numbers = [0, 0, 0];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!int.TryParse(parts[i], System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture, out numbers[i]))
            {
                return false;
            }
        }

        version = new ContractVersion(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    public int CompareTo(ContractVersion other) =>
        (Major, Minor, Patch).CompareTo((other.Major, other.Minor, other.Patch));

    public override string ToString() => $"{Major}.{Minor}.{Patch}";
}

/// <summary>Who may read a dataset without an agreement.</summary>
public enum AccessMode { Open, Shared }

/// <summary>What ODCS has no place for: the dataset's <c>hub.*</c> custom properties (contracts/custom-properties.json).</summary>
public sealed record DatasetTerms
{
    /// <summary>Agency code of the owner (Decision 20/2020: up to 35 of 0-9 A-Z in groups separated by dots).</summary>
    public required string Provider { get; init; }

    /// <summary>Id of the registered source.</summary>
    public required string Source { get; init; }

    /// <summary>Exactly one of table, query and file is set: the source's table or view ("schema.table").</summary>
    public string? Table { get; init; }

    /// <summary>An administrator's SELECT statement.</summary>
    public string? Query { get; init; }

    /// <summary>A path below the source's folder.</summary>
    public string? File { get; init; }

    public AccessMode Access { get; init; } = AccessMode.Shared;

    /// <summary>From a configurable list: sharing modes differ between decrees.</summary>
    public string? SharingMode { get; init; }

    public string? LegalBasis { get; init; }

    public string? Purpose { get; init; }

    public string? Contact { get; init; }

    /// <summary>True when a column that the source did not have before stops the run (<c>hub.newColumn: freeze</c>) instead of being reported.</summary>
    public bool FreezeNewColumns { get; init; }

    /// <summary>True when a missing optional column stops the run (<c>hub.missingColumn: freeze</c>) instead of giving null.</summary>
    public bool FreezeMissingColumns { get; init; }

    /// <summary>True when a column whose type no longer fits fails the run (<c>hub.changedType: fail</c>) instead of holding it with a proposal.</summary>
    public bool FailOnChangedTypes { get; init; }
}

/// <summary>One declared column.</summary>
public sealed record ContractColumn
{
    /// <summary>Exact name in every answer; <c>^[\p{L}_][\p{L}\p{Nd}_]{0,62}$</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Name in the source (<c>physicalName</c>), else <see cref="Name"/>.</summary>
    public required string SourceName { get; init; }

    public required ColumnType Type { get; init; }

    public string? Title { get; init; }

    public string? Description { get; init; }

    public bool Required { get; init; }

    /// <summary>Position in the primary key from 1, or null.</summary>
    public int? KeyPosition { get; init; }

    /// <summary>Personal data (Law 91/2025): never in a URL, never cached, absent from an agreement unless named.</summary>
    public bool Personal { get; init; }

    /// <summary>A filterable column: has an index on both store tables.</summary>
    public bool Indexed { get; init; }

    public ParseRules Parse { get; init; } = ParseRules.None;

    public ValueRules Rules { get; init; } = ValueRules.None;
}

/// <summary>How a source's spelling becomes a value. Every rule is declared; without one the strict form is required.</summary>
public sealed record ParseRules
{
    public static ParseRules None { get; } = new();

    /// <summary>IANA zone of timestamps that carry no offset (<c>hub.timeZone</c>).</summary>
    public string? TimeZone { get; init; }

    /// <summary>True when text is brought to NFC (<c>hub.normalize: NFC</c>).</summary>
    public bool Nfc { get; init; }

    /// <summary>Decimal character of numbers in text, '.' unless declared.</summary>
    public char DecimalChar { get; init; } = '.';

    /// <summary>Grouping character of numbers in text, none unless declared.</summary>
    public char? GroupChar { get; init; }

    /// <summary>How numbers in text must be spelled (<c>hub.numberPattern</c>), or null: in any way that the characters allow.</summary>
    public NumberPattern? Number { get; init; }

    /// <summary>Texts that mean "no value" (<c>hub.nullTexts</c>), or null.</summary>
    public TextSet? NullTexts { get; init; }

    /// <summary>True when blanks around a text are taken off before anything else (<c>hub.trim</c>); what is left empty is null.</summary>
    public bool Trim { get; init; }

    /// <summary>Texts of true (<c>hub.trueTexts</c>), or null for the word alone. Set together with <see cref="FalseTexts"/>.</summary>
    public TextSet? TrueTexts { get; init; }

    /// <summary>Texts of false (<c>hub.falseTexts</c>), or null for the word alone.</summary>
    public TextSet? FalseTexts { get; init; }

    /// <summary>True when a zero date (0000-00-00) means null (<c>hub.zeroDate: null</c>); otherwise it is a violation.</summary>
    public bool ZeroDateIsNull { get; init; }

    /// <summary>.NET exact format of dates, times and timestamps in text, translated from <c>logicalTypeOptions.format</c>; null = ISO 8601.</summary>
    public string? Format { get; init; }
}

/// <summary>Rules judged on one value after coercion.</summary>
public sealed record ValueRules
{
    public static ValueRules None { get; } = new();

    /// <summary>In Unicode code points.</summary>
    public int? MinLength { get; init; }

    /// <summary>In Unicode code points.</summary>
    public int? MaxLength { get; init; }

    /// <summary>.NET regular expression (non-backtracking), searched as ODCS/JSON Schema do: anchored only where it says so.</summary>
    public string? Pattern { get; init; }

    /// <summary>Bounds in the column's canonical text.</summary>
    public string? Minimum { get; init; }

    public string? Maximum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    /// <summary>Allowed values in the column's canonical text, or null.</summary>
    public IReadOnlyList<string>? Enum { get; init; }
}

/// <summary>ODCS 3.1 library metrics over the whole candidate version.</summary>
public enum QualityMetric { RowCount, NullValues, MissingValues, InvalidValues, DuplicateValues }

/// <summary>How a metric is compared.</summary>
public enum QualityOperator
{
    MustBe, MustNotBe, MustBeGreaterThan, MustBeGreaterOrEqualTo, MustBeLessThan, MustBeLessOrEqualTo, MustBeBetween, MustNotBeBetween,
}

/// <summary>One rule over the whole. Severity error holds the run; warning is reported.</summary>
public sealed record QualityRule
{
    public required string Name { get; init; }

    public required QualityMetric Metric { get; init; }

    /// <summary>The column, several for duplicateValues, none for rowCount.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    public required QualityOperator Operator { get; init; }

    /// <summary>One number, or two for the between operators (both ends inclusive).</summary>
    public required IReadOnlyList<decimal> Thresholds { get; init; }

    /// <summary>True when the metric is a share of all records in percent.</summary>
    public bool Percent { get; init; }

    /// <summary>missingValues: texts that count as missing, beside null.</summary>
    public IReadOnlyList<string> MissingValues { get; init; } = [];

    /// <summary>invalidValues: the allowed texts.</summary>
    public IReadOnlyList<string> ValidValues { get; init; } = [];

    /// <summary>invalidValues: the pattern that valid texts match.</summary>
    public string? Pattern { get; init; }

    /// <summary>False for severity warning or info.</summary>
    public bool Holds { get; init; } = true;
}
