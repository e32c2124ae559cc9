using System.Reflection;
using System.Text.RegularExpressions;
using DataHub.TestKit;

namespace DataHub.Gateway.Tests.Documents;

/// <summary>The walls: which project may know which, and which package stands behind which wall.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] Inward = ["DataHub.Core", "DataHub.Storage", "DataHub.Ingestion", "DataHub.Gateway", "DataHub.Server"];

    [Fact]
    public void References_point_one_way()
    {
        for (var i = 0; i < Inward.Length; i++)
        {
            var outer = References(Inward[i]).Where(r => Array.IndexOf(Inward, r) >= i);
            Assert.Empty(outer);
        }
    }

    [Theory]
    [InlineData("Polly.Core", "DataHub.Ingestion")]
    [InlineData("FluentValidation", "DataHub.Gateway")]
    [InlineData("Npgsql.EntityFrameworkCore.PostgreSQL", "DataHub.Storage")]
    [InlineData("YamlDotNet", "DataHub.Core")]
    public void A_package_lives_behind_one_wall(string package, string project) =>
        Assert.Equal([project], Inward.Where(p => References(p).Contains(package)));

    [Fact]
    public void Core_does_no_input_or_output()
    {
        string[] doors = ["Npgsql", "System.Net.Http", "System.Net.Sockets", "System.Data.Common", "Microsoft.AspNetCore.Http", "System.IO.FileSystem.Watcher"];
        Assert.Empty(References("DataHub.Core").Intersect(doors));
    }

    [Fact]
    public void Program_is_a_table_of_contents()
    {
        var program = File.ReadAllLines(Repository.Path("src", "DataHub.Server", "Program.cs"));
        Assert.InRange(program.Length, 1, 70);
    }

    [Fact]
    public void Text_of_statements_against_records_stands_in_storage_alone()
    {
        var store = new Regex(@"\bstore\.d|row_hash|v_from", RegexOptions.None, TimeSpan.FromSeconds(10));
        var outside = Directory.GetFiles(Repository.Path("src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("DataHub.Storage", StringComparison.Ordinal)
                && !f.Contains("DataHub.Core", StringComparison.Ordinal))
            .Where(f => store.IsMatch(File.ReadAllText(f)));
        Assert.Empty(outside);
    }

    private static IReadOnlyList<string> References(string assembly) =>
        [.. Assembly.Load(assembly).GetReferencedAssemblies().Select(a => a.Name!)];
}
