namespace DataHub.Ingestion.Tests.Sources;

/// <summary>Tests that count the allocations of the whole process: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuresMemory
{
    public const string Name = "measures memory";
}
