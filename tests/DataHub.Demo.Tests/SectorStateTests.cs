using Xunit;
using System.Text;
using DataHub.Demo.Generation;
using DataHub.Demo.Hub;
using DataHub.Demo.Sectors;

namespace DataHub.Demo.Tests;

/// <summary>The two states of each sector, judged by the shipped contracts, are what the constants say.</summary>
public sealed class SectorStateTests
{
    [Fact]
    public void Dossiers_have_the_documented_flaws_and_differences()
    {
        var sector = new DossierSector();
        var pulls = Pulls.Count(Pulls.Of(sector.First()), Pulls.Of(sector.Second()));
        Assert.Equal((DossierSector.FirstPull, DossierSector.SecondPull), pulls);
    }

    [Fact]
    public void Payments_have_the_documented_flaws_and_differences()
    {
        var sector = new PaymentSector();
        var pulls = Pulls.Count(Pulls.Of(sector.First()), Pulls.Of(sector.Second()));
        Assert.Equal((PaymentSector.FirstPull, PaymentSector.SecondPull), pulls);
    }

    [Fact]
    public void Enterprises_have_the_documented_flaws_and_differences()
    {
        var sector = new EnterpriseSector();
        var pulls = Pulls.Count(
            Pulls.Enterprises(sector.First()), Pulls.Enterprises(sector.Second()));
        Assert.Equal((EnterpriseSector.FirstPull, EnterpriseSector.SecondPull), pulls);
    }

    [Fact]
    public void Units_have_the_documented_flaws_and_differences()
    {
        var sector = new UnitSector();
        var pulls = Pulls.Count(
            Pulls.Lines("administrative-units", sector.First(), ',', 7),
            Pulls.Lines("administrative-units", sector.Second(), ',', 7));
        Assert.Equal((UnitSector.FirstPull, UnitSector.SecondPull), pulls);
        Assert.Equal(UnitSector.Decomposed, sector.First().Count(line => !line.IsNormalized(NormalizationForm.FormC)));
    }

    [Fact]
    public void Column_names_are_the_contracts_source_names()
    {
        Assert.Equal(EnterpriseSector.Columns, new ContractRules("enterprises").SourceNames);
        Assert.Equal(UnitSector.Header.Split(','), new ContractRules("administrative-units").SourceNames);
    }

    [Fact]
    public void Every_first_pull_stays_below_the_brakes()
    {
        foreach (var dataset in DemoDataset.All)
        {
            Assert.True(dataset.First.Rejected * 100 < dataset.First.Read, dataset.Id);
            Assert.True(dataset.Second.Rejected * 100 < dataset.Second.Read, dataset.Id);
            Assert.True(dataset.Second.Removed * 10 < dataset.First.New, dataset.Id);
        }

        Assert.InRange(DemoDataset.All.Sum(d => d.Second.Differences), 200, 999);
    }

    [Fact]
    public void Units_name_only_parents_that_exist()
    {
        var cells = new UnitSector().First().Select(line => line.Split(',')).ToList();
        var codes = cells.Select(c => c[0]).ToHashSet();
        Assert.Equal(cells.Count, codes.Count);
        Assert.All(cells, c => Assert.True(c[4].Length == 0 || codes.Contains(c[4]), c[0]));
    }
}
