namespace DataHub.Gateway.Answers;

/// <summary>The shape of every list of the hub's own entries.</summary>
/// <param name="Value">Entries in the order of their identifiers.</param>
public sealed record Listing<T>(IReadOnlyList<T> Value);
