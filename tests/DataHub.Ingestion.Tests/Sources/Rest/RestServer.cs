using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DataHub.Core.Sources;
using DataHub.Ingestion.Sources;
using DataHub.Ingestion.Sources.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DataHub.Ingestion.Tests.Sources.Rest;

/// <summary>A request as the server saw it.</summary>
internal sealed record SeenRequest(string Path, IQueryCollection Query, IHeaderDictionary Headers)
{
    public string this[string parameter] => Query[parameter].ToString();
}

/// <summary>A real HTTP server on a port of this machine that answers as a test says, and the adapter and settings that ask it.</summary>
internal sealed class RestServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private RestServer(WebApplication app) => this.app = app;

    /// <summary>Answers every request; set before the first.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = c => Json(c, "[]");

    /// <summary>In the order of arrival.</summary>
    public ConcurrentQueue<SeenRequest> Seen { get; } = new();

    public Uri Address => new(app.Urls.First().Replace("127.0.0.1", Host, StringComparison.Ordinal));

    public string Host { get; private init; } = "127.0.0.1";

    public ISourceAdapter Adapter { get; init; } = new RestSourceAdapter(new SourceNetworkPolicy(), TimeProvider.System);

    public static async Task<RestServer> StartAsync(X509Certificate2? certificate = null, string host = "127.0.0.1")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k =>
            k.Listen(System.Net.IPAddress.Loopback, 0, l => _ = certificate is null ? l : l.UseHttps(certificate)));
        builder.WebHost.UseKestrelHttpsConfiguration();
        var app = builder.Build();
        var server = new RestServer(app) { Host = host };
        app.Run(context =>
        {
            server.Seen.Enqueue(new SeenRequest(context.Request.Path.Value!, context.Request.Query, context.Request.Headers));
            return server.Answer(context);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Settings with the server's address, name=value; the credential is "user" and "s3cret".</summary>
    public SourceSettings With(params string[] settings)
    {
        var all = new Dictionary<string, string> { ["baseUrl"] = new Uri(Address, "/api").ToString() };
        foreach (var setting in settings.Select(s => s.Split('=', 2)))
        {
            all[setting[0]] = setting[1];
        }

        return new SourceSettings("ubnd", "rest", all, "user", "s3cret");
    }

    public static Task Json(HttpContext context, string body) => Bytes(context, Encoding.UTF8.GetBytes(body));

    public static async Task Bytes(HttpContext context, byte[] body, string type = "application/json")
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    }

    /// <summary>Gives rows 1 to <paramref name="rows"/> as <c>{"n":1,"t":"t1"}</c> by limit and offset, at most <paramref name="cap"/> a page.</summary>
    public static string Page(HttpContext context, int rows, int cap = int.MaxValue)
    {
        var limit = Math.Min(Parameter(context, "limit", 1000), cap);
        var from = Parameter(context, "offset", 0);
        return Rows(from + 1, Math.Min(rows, from + limit));
    }

    public static string Rows(int first, int last) =>
        "[" + string.Join(",", Enumerable.Range(first, Math.Max(last - first + 1, 0)).Select(n => $$"""{"n":{{n}},"t":"t{{n}}"}""")) + "]";

    public static int Parameter(HttpContext context, string name, int fallback) =>
        int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var value) ? value : fallback;

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
