using DataHub.Gateway;
using DataHub.Ingestion;
using DataHub.Ingestion.Scheduling;
using DataHub.Server;
using DataHub.Storage;

var builder = WebApplication.CreateBuilder(args);
ServerSettings.AddDefaults(builder.Configuration);
var problems = new List<string>();
if (ServerSettings.Read(builder.Configuration, problems) is not { } settings)
{
    problems.ForEach(Console.Error.WriteLine);
    return ServerSettings.ExitCode;
}

builder.WebHost.UseUrls(ServerSettings.Addresses(builder.Configuration).Split(';'));
builder.WebHost.ConfigureKestrel(k => (k.AddServerHeader, k.Limits.MaxRequestBodySize, k.Limits.MaxRequestLineSize) = (false, 2 << 20, 64 << 10));
builder.Host.UseDefaultServiceProvider(p => (p.ValidateScopes, p.ValidateOnBuild) = (true, true));
builder.Logging.AddSimpleConsole(c => c.SingleLine = true);
builder.Services.AddStorage(settings.Storage);
builder.Services.AddIngestion(settings.Files, settings.Worker);
_ = settings.Worker ? builder.Services.AddScheduling(settings.Storage, new SchedulingOptions()) : builder.Services;
_ = settings.Serves
    ? builder.Services.AddGateway(settings.Gateway)
    : builder.Services.AddGatewayKeys(settings.Gateway);

var app = builder.Build();
if (await StoreStart.MigrateAsync(settings.Storage, settings.Patience, CancellationToken.None) is { } refusal)
{
    await Console.Error.WriteLineAsync(refusal);
    return ServerSettings.ExitCode;
}

if (settings.Serves)
{
    await app.Services.PrepareGatewayAsync(CancellationToken.None);
    app.MapGateway();
}
else
{
    app.MapHealthOnly();
}

await app.RunAsync();
return 0;

/// <summary>The hub's one executable: a table of contents.</summary>
public partial class Program;
