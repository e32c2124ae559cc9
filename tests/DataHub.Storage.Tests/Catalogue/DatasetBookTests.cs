using DataHub.Storage.Catalogue;
using DataHub.Storage.Changes;
using DataHub.Storage.Tests.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace DataHub.Storage.Tests.Catalogue;

/// <summary>The datasets in memory, asked for by many callers at once.</summary>
public sealed class DatasetBookTests
{
    private const int Datasets = 32;
    private const int Rounds = 25;

    // A statement takes milliseconds: whoever still waits after this waits for an answer that another reader has thrown away.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Npgsql keeps one reader a connection and hands it to the next command: closing it twice closed the rows of whoever
    /// had the connection by then, and that caller waited for ever.
    /// </summary>
    [Fact]
    public async Task Callers_that_read_different_datasets_at_once_do_not_close_each_others_rows()
    {
        await using var lab = await StoreLab.StartAsync();
        var contract = StoreLab.Contract("1.0.0", "{name: id, logicalType: string, primaryKey: true}", "{name: ten, logicalType: string}");
        for (var i = 0; i < Datasets; i++)
        {
            await lab.AddAsync(contract);
        }

        for (var round = 0; round < Rounds; round++)
        {
            var book = new DatasetBook(lab.Connections, new HubChanges(lab.Connections, NullLogger<HubChanges>.Instance));
            var callers = Enumerable.Range(0, 4 * Datasets).Select(i => Task.Run(async () =>
                (Asked: $"lab-{(i % Datasets) + 1}", Entry: await book.FindAsync($"lab-{(i % Datasets) + 1}", CancellationToken.None))));

            var answers = await Task.WhenAll(callers).WaitAsync(Deadline);

            Assert.All(answers, a => Assert.Equal(a.Asked, a.Entry.Name));
            Assert.Equal(Datasets, answers.Select(a => a.Entry.Newest.Id).Distinct().Count());
        }
    }
}
