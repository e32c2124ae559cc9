namespace DataHub.Gateway.OpenApi;

/// <summary>A whole number that the hub reads by itself, so that a wrong one is named; the document still calls it an integer.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
internal sealed class WholeNumberAttribute(long least, long most) : Attribute
{
    public long Least { get; } = least;

    public long Most { get; } = most;
}
