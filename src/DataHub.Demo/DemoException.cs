namespace DataHub.Demo;

/// <summary>An expected reason to stop, told to the person at the terminal without a stack trace.</summary>
public sealed class DemoException(string vietnamese, string english) : Exception($"{vietnamese}\n  {english}");
