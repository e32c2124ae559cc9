using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Validation;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Goldens;

/// <summary>contracts/errors.json: every code a caller can meet, with its words.</summary>
public sealed partial class ErrorCatalogueTests
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    [Fact]
    public void The_catalogue_is_the_committed_one() =>
        Golden.Check("contracts/errors.json", JsonSerializer.Serialize(
            new
            {
                errors = HubErrors.Kinds.Select(k => new
                {
                    k.Code, k.Status, Origin = k.Origin.ToString().ToLowerInvariant(), Transient = k.IsTransient, k.Title, k.Detail, k.Hint,
                }),
                request = RequestCodes.All.Select(c => new { c.Code, c.Message }),
                contract = ContractCodes.All.Select(c => new { c.Code, c.Message }),
                violation = Violations(),
            },
            Readable) + "\n");

    [Fact]
    public void Codes_are_snake_case_and_each_is_there_once()
    {
        foreach (var codes in new[]
        {
            HubErrors.Kinds.Select(k => k.Code), RequestCodes.All.Select(c => c.Code), ContractCodes.All.Select(c => c.Code), Violations(),
        })
        {
            Assert.All(codes, code => Assert.Matches(SnakeCase(), code));
            Assert.Equal(codes.Distinct(), codes);
        }
    }

    [Fact]
    public void Texts_of_both_languages_take_equally_many_arguments()
    {
        var texts = HubErrors.Kinds.SelectMany(k => new[] { k.Title, k.Detail, k.Hint })
            .Concat(RequestCodes.All.Select(c => c.Message)).Concat(ContractCodes.All.Select(c => c.Message));

        Assert.All(texts, text => Assert.Equal(Places(text.Vi).Count(), Places(text.En).Count()));
    }

    [Fact]
    public void Every_code_written_in_the_sources_is_in_the_catalogue()
    {
        var known = HubErrors.Kinds.Select(k => k.Code).Concat(RequestCodes.All.Select(c => c.Code))
            .Concat(ContractCodes.All.Select(c => c.Code)).Concat(Violations()).ToHashSet(StringComparer.Ordinal);
        var written = Directory.EnumerateFiles(Path.Combine(Golden.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Written().Matches(File.ReadAllText(file)).Select(m => (Path.GetFileName(file), Code: m.Groups[1].Value)));

        Assert.Empty(written.Where(w => !known.Contains(w.Code)).Distinct());
    }

    private static string[] Violations() =>
    [
        .. typeof(ViolationCodes).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(f => (string)f.GetValue(null)!).Order(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Places(string text) => Place().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex("^[a-z][a-z0-9_]*$")]
    private static partial Regex SnakeCase();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Place();

    [GeneratedRegex("""(?:new ErrorDetail\(|WithErrorCode\(|\bAdd\([A-Za-z"]+, )"([a-z]+_[a-z_]+|required)",?""")]
    private static partial Regex Written();
}
