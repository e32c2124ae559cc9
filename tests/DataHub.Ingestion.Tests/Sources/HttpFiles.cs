using DataHub.Core.Sources;
using DataHub.Ingestion.Tests.Sources.Rest;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DataHub.Ingestion.Tests.Sources;

/// <summary>A file as a web server holds it.</summary>
/// <param name="Tag">Its ETag with quotes, weak or strong; null for none.</param>
/// <param name="Modified">Its Last-Modified, or null for none.</param>
internal sealed record HttpFile(byte[] Content, string? Tag = null, DateTimeOffset? Modified = null);

/// <summary>A real web server with files below <c>/tai</c>; parts and conditions are answered by ASP.NET's own code.</summary>
internal sealed class HttpFiles : IAsyncDisposable
{
    private readonly RestServer server;

    private HttpFiles(RestServer server) => this.server = server;

    public Dictionary<string, HttpFile> Files { get; } = [];

    /// <summary>Answers in place of a file where it returns a task.</summary>
    public Func<HttpContext, HttpFile?, Task?> Instead { get; set; } = (_, _) => null;

    public int Port => server.Address.Port;

    public IReadOnlyList<SeenRequest> Seen => [.. server.Seen];

    public static async Task<HttpFiles> StartAsync()
    {
        var files = new HttpFiles(await RestServer.StartAsync());
        files.server.Answer = files.AnswerAsync;
        return files;
    }

    public SourceSettings With(params (string Name, string Value)[] changes)
    {
        var settings = new Dictionary<string, string>
        {
            ["transport"] = "http", ["baseUrl"] = new Uri(server.Address, "/tai/").ToString(), ["files"] = string.Join(',', Files.Keys), ["retries"] = "2",
        };
        foreach (var (name, value) in changes)
        {
            settings[name] = value;
        }

        return new SourceSettings("web", "csv", settings, "nguoi", "s3cret");
    }

    public void Put(string name, string text, string? tag = null, DateTimeOffset? modified = null) =>
        Files[name] = new HttpFile(System.Text.Encoding.UTF8.GetBytes(text), tag, modified);

    /// <summary>Announces all of a file and breaks off in the middle.</summary>
    public static async Task BreakAsync(HttpContext context, HttpFile file, int after)
    {
        context.Response.ContentLength = file.Content.Length;
        context.Response.Headers.ETag = file.Tag;
        await context.Response.Body.WriteAsync(file.Content.AsMemory(0, after));
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        var file = Files.GetValueOrDefault(context.Request.Path.Value!["/tai/".Length..]);
        if (Instead(context, file) is { } other)
        {
            return other;
        }

        if (file is null)
        {
            context.Response.StatusCode = 404;
            return Task.CompletedTask;
        }

        var tag = file.Tag is null ? null : EntityTagHeaderValue.Parse(file.Tag);
        return Results.File(file.Content, "application/octet-stream", null, enableRangeProcessing: true, file.Modified, tag).ExecuteAsync(context);
    }
}
