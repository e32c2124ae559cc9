using System.Text.Json;
using CsCheck;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using Xunit;

namespace DataHub.Core.Tests.Contracts;

/// <summary>Contracts that tests start from, and the official ODCS files.</summary>
internal static class Samples
{
    public const string Column = "- {name: ma_ho_so, logicalType: string, primaryKey: true}";

    /// <summary>A contract that can be registered; parts of it are replaced by what a test is about.</summary>
    public static string Contract(
        string columns = Column, string version = "1.0.0", string name = "ho-so-mot-cua", string apiVersion = "v3.1.0",
        string hub = "", string root = "", string item = "") => $"""
        apiVersion: {apiVersion}
        kind: DataContract
        id: hop-dong-1
        name: {name}
        version: {version}
        status: active
        customProperties:
        - {"{"}property: hub.provider, value: H08.12{"}"}
        - {"{"}property: hub.source, value: motcua-pg{"}"}
        - {"{"}property: hub.table, value: public.ho_so{"}"}
        {hub}
        {root}
        schema:
        - name: ho_so
          {item}
          properties:
          {string.Join("\n  ", columns.ReplaceLineEndings("\n").Split('\n'))}
        """;

    public static ContractReading ReadColumns(string columns) => ContractReader.Read(Contract(columns));

    public static DataContract Valid(string text)
    {
        var reading = ContractReader.Read(text);
        Assert.True(reading.Contract is not null, Describe(reading.Errors));
        return reading.Contract!;
    }

    /// <summary>The one error, with its place.</summary>
    public static ErrorDetail Error(string text, string code, string pointer)
    {
        var reading = ContractReader.Read(text);
        Assert.Null(reading.Contract);
        var error = Assert.Single(reading.Errors);
        Assert.Equal((code, pointer), (error.Code, error.Pointer));
        return error;
    }

    public static ErrorDetail ColumnError(string columns, string code, string below) =>
        Error(Contract(columns), code, $"/schema/0/properties/{below}");

    public static string Describe(IEnumerable<ErrorDetail> errors) =>
        string.Join('\n', errors.Select(e => $"{e.Pointer} {e.Code} {e.Message.En}"));

    public static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>Records hold lists, so contracts are compared by what they say.</summary>
    public static string Content(DataContract contract) => JsonSerializer.Serialize(contract);

    public static string Root { get; } = FindRoot();

    public static string Odcs => Path.Combine(
        Environment.GetEnvironmentVariable("DATAHUB_SHARED_DATA") ?? Path.Combine(Root, "..", "shared", "data"),
        "standards", "odcs");

    public static void SkipWithoutOdcs() => Assert.SkipUnless(
        Directory.Exists(Odcs), "The official ODCS files are not there (../shared/data/standards/odcs)");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DataHub.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
