using System.Net;
using System.Text.Json;

namespace DataHub.Gateway.Tests;

/// <summary>Reads answers as a strict caller would.</summary>
internal static class AnswerExtensions
{
    private static readonly string[] Leaks =
        ["Npgsql", "SELECT ", "   at ", "Exception", "DataHub.Gateway", "Host=", "/tmp/", "Password", ".cs:line", "pg_"];

    /// <summary>A whole problem document with this status and code, that gives nothing of the hub's inside away.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, int status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode} instead of {status}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal("urn:datahub:error:" + code, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        foreach (var member in new[] { "title", "detail", "instance", "origin", "hint", "traceId" })
        {
            Assert.NotEqual("", problem.GetProperty(member).GetString());
        }

        Assert.Equal(JsonValueKind.Array, problem.GetProperty("errors").ValueKind);
        Assert.All(Leaks, leak => Assert.DoesNotContain(leak, text, StringComparison.Ordinal));
        return problem;
    }

    /// <summary>"pointer code" or "parameter code" of every problem, in order.</summary>
    public static string[] Places(this JsonElement problem) =>
    [
        .. problem.GetProperty("errors").EnumerateArray().Select(e =>
            (e.TryGetProperty("pointer", out var pointer) ? pointer : e.GetProperty("parameter")).GetString()
            + " " + e.GetProperty("code").GetString()),
    ];

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
