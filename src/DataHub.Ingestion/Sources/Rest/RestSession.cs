using DataHub.Core.Sources;

namespace DataHub.Ingestion.Sources.Rest;

/// <summary>The session with an API that answers in JSON.</summary>
internal sealed class RestSession : HttpSession
{
    public RestSession(SourceSettings source, SourceNetworkPolicy network, TimeProvider time)
        : this(source, Read(source), network, time)
    {
    }

    private RestSession(SourceSettings source, RestSourceOptions options, SourceNetworkPolicy network, TimeProvider time)
        : base(source, options.Access, network, time)
    {
        Options = options;
        Defaults.AcceptEncoding.ParseAdd("gzip, br");
        Defaults.Accept.ParseAdd(options.IsLines ? "application/x-ndjson, application/json;q=0.5" : "application/json");
    }

    public RestSourceOptions Options { get; }

    private static RestSourceOptions Read(SourceSettings source)
    {
        var check = new SettingsCheck(source);
        var options = RestSourceOptions.Read(source, check);
        check.ThrowIfAny();
        return options;
    }
}
