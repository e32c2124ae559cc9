namespace DataHub.Gateway.OpenApi;

/// <summary>The form of a text that the hub reads by itself, so that a wrong one is reported together with all other problems.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class FormatAttribute(string format) : Attribute
{
    public string Format { get; } = format;
}
