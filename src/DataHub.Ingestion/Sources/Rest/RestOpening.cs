using System.Security.Cryptography;
using System.Text;
using DataHub.Core.Contracts;
using DataHub.Core.Errors;
using DataHub.Core.Records;
using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>The steps from a session to a reader: find the resource, ask for its first page, look at the first records, match the contract's columns.</summary>
internal sealed class RestOpening(RestSession session, TimeProvider time)
{
    /// <summary>A pull of a resource; the session belongs to it from here on.</summary>
    public RestPull Start(string resource, PullWindow? window)
    {
        if (!RestSettings.IsResource(resource))
        {
            throw HubErrors.SourceTableMissing(session.Source, resource, Similar(resource)).ToException();
        }

        var pager = new RestPager(session, resource, [.. session.Options.Window.Parameters(window)]);
        return new RestPull(session, pager, resource);
    }

    public async Task<IRecordReader> OpenAsync(PullRequest request, CancellationToken cancellation)
    {
        var (contract, resource) = (request.Contract, request.Contract.Terms.Table!);
        var pull = Start(resource, request.Window);
        try
        {
            var sample = await RestSample.ReadAsync(pull, [.. contract.Columns.Select(c => c.SourceName)], cancellation);
            pull.IsOpening = false;
            var columns = Match(request, resource, sample);
            var parser = new RestRecordParser(contract.Columns, session.Options.Limits.Depth + 1);
            var taken = pull.Clock ?? time.GetUtcNow();
            return new RestRecordReader(pull, sample, parser)
            {
                Fields = [.. contract.Columns.Select((c, i) => new SourceField(c.SourceName, parser.Cells[i].Kind, "JSON"))],
                Drift = columns.Drift,
                Columns = columns.Present,
                AsOf = taken,
                Position = new SourcePosition(taken) { Identity = Identity(session.Options.BaseUrl, resource) },
            };
        }
        catch (HubErrorException e) when (e.Error.Code == "source_table_missing")
        {
            await pull.DisposeAsync();
            throw HubErrors.SourceTableMissing(session.Source, resource, Similar(resource)).ToException(e);
        }
        catch
        {
            await pull.DisposeAsync();
            throw;
        }
    }

    /// <summary>Without a record there is nothing to judge columns by.</summary>
    private SourceColumns Match(PullRequest request, string resource, RestSample sample)
    {
        if (sample.Shapes.Count == 0)
        {
            return new SourceColumns([], []) { Present = System.Collections.Frozen.FrozenSet<string>.Empty };
        }

        var contract = request.Contract;
        var present = sample.Present;
        var borne = session.Options.AbsentIsNull
            ? contract.Columns.Where(c => !SourceColumnMatch.IsNeeded(contract, c)).Select(c => c.SourceName).Except(present)
            : [];
        return SourceColumnMatch.Match(session.Source, resource, request, [.. present, .. borne]);
    }

    private IReadOnlyList<string> Similar(string resource) => [.. SourceColumnMatch.Similar(resource, session.Options.Resources)];

    private static string Identity(Uri address, string resource)
    {
        var place = $"{address.Scheme}://{address.IdnHost}:{address.Port}{address.AbsolutePath.TrimEnd('/')}/{resource}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(place)));
    }
}
