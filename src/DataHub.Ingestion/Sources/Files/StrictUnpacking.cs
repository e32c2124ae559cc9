using System.Runtime.CompilerServices;

namespace DataHub.Ingestion.Sources.Files;

/// <summary>
/// .NET ends a gzip file that was cut off in silence unless it is told otherwise, once, before the first unpacking in the process.
/// </summary>
internal static class StrictUnpacking
{
#pragma warning disable CA2255 // The switch is read at the first use anywhere, and no service of ours is sure to come before it.
    [ModuleInitializer]
    internal static void Demand() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);
#pragma warning restore CA2255
}
