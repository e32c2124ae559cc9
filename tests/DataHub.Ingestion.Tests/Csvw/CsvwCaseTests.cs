using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Validation;
using DataHub.Core.Versioning;
using DataHub.Ingestion.Pipeline;
using DataHub.Ingestion.Sources;
using DataHub.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DataHub.Ingestion.Tests.Csvw;

/// <summary>
/// The cases of CSV on the Web that a contract can express, held against the hub: read by the CSV adapter, judged by the trial that a contract is
/// put to, or record by record where a case has no key (which a dataset must have). What a contract cannot express is listed with its reason.
/// </summary>
public sealed class CsvwCaseTests(ITestOutputHelper output)
{
    /// <summary>Cases whose values are of a kind that the hub's rules refuse, whatever a contract says.</summary>
    private static readonly Dictionary<string, string> ByRule = new()
    {
        ["test155"] = "NaN and INF are no values of the hub's numbers",
        ["test171"] = "the hub reads no per-mille sign",
        ["test187"] = "the hub's date and time have no zone",
    };

    [Fact]
    public async Task Every_case_that_a_contract_can_express_ends_as_it_says()
    {
        Assert.SkipWhen(SharedData.Root is null, SharedData.Missing);
        await using var hub = await TestHub.StartAsync();
        await hub.AddSourceAsync("csvw", "csv", null, null, "folder=.");
        var (lines, right, not) = (new List<string>(), 0, 0);
        foreach (var of in CsvwCase.Read(SharedData.Path("standards", "csvw", "contract-cases.json")))
        {
            var verdict = of.Valid ? "valid" : "invalid";
            try
            {
                var contract = CsvwContract.Translate(of);
                var reasons = await JudgeAsync(hub, of, contract);
                var agrees = reasons.Count == 0 == of.Valid;
                if (ByRule.TryGetValue(of.Id, out var rule))
                {
                    Assert.False(agrees, $"{of.Id} is supported: take it off the list");
                    throw new NotExpressibleException(rule);
                }

                Assert.True(agrees, $"{of.Id} ({of.Name}) is {verdict}; the hub says: {string.Join(", ", reasons)}\n{contract}");
                lines.Add($"{of.Id} {verdict}: {(of.Valid ? "accepted" : string.Join(", ", reasons))}");
                right++;
            }
            catch (NotExpressibleException e)
            {
                lines.Add($"{of.Id} {verdict}, NOT SUPPORTED: {e.Message}");
                not++;
            }
        }

        output.WriteLine($"{right} supported and right, {not} not supported");
        Golden.Check("tests/DataHub.Ingestion.Tests/Csvw/CsvwCases.golden.txt",
            $"{right} supported and right, {not} not supported\n{string.Join('\n', lines)}\n");
    }

    /// <summary>Why the contract, the file or its records are refused; empty when every record is accepted.</summary>
    private static async Task<IReadOnlyList<string>> JudgeAsync(TestHub hub, CsvwCase of, string contract)
    {
        var reading = ContractReader.Read(contract, ContractFormat.Json);
        if (reading.Contract is null)
        {
            return [.. reading.Errors.Select(e => $"contract refused, {e.Code} {e.Pointer?["/schema/0/properties".Length..]}")];
        }

        var file = Path.Combine(hub.Files, of.File);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Copy(SharedData.Path("standards", "csvw", of.File), file, overwrite: true);
        try
        {
            return reading.Contract.Key.Count > 0
                ? await TryAsync(hub, reading.Contract) : await EncodeAsync(hub, reading.Contract);
        }
        catch (HubErrorException e)
        {
            return [$"file refused, {e.Error.Code}"];
        }
    }

    private static async Task<IReadOnlyList<string>> TryAsync(TestHub hub, DataContract contract)
    {
        var trial = await hub.Services.GetRequiredService<ContractTrial>().RunAsync(contract, CancellationToken.None);
        return [.. trial.Rules.OrderBy(r => r.FirstPosition).Select(r => $"line {r.FirstPosition} {r.First.Column} {r.First.Code}")];
    }

    private static async Task<IReadOnlyList<string>> EncodeAsync(TestHub hub, DataContract contract)
    {
        var source = await hub.Services.GetRequiredService<SourceRegistry>().FindAsync("csvw", CancellationToken.None);
        await using var reader = await hub.Services.GetRequiredService<SourceGateway>().OpenAsync(source, contract, CancellationToken.None);
        var encoder = new RecordEncoder(contract, new StoreLayout(0, 1, []).With(contract), reader.Fields);
        var batch = new RecordBatch(reader.Fields);
        var reasons = new List<string>();
        while (await reader.ReadAsync(batch, CancellationToken.None))
        {
            reasons.AddRange(batch.Broken.Select(b => $"line {b.Position} {b.Code}"));
            for (var row = 0; row < batch.Count; row++)
            {
                encoder.Encode(batch, row);
                reasons.AddRange(encoder.Violations.Select(v => $"line {batch.Positions[row]} {v.Column} {v.Code}"));
            }
        }

        return reasons;
    }
}
