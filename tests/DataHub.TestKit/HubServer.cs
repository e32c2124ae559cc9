using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace DataHub.TestKit;

/// <summary>What a test wants different from the hub's defaults.</summary>
public sealed record HubServerOptions
{
    /// <summary>Environment variables of the hub by name; they win over the fixture's own.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Services in place of the hub's own, for example another <see cref="TimeProvider"/>.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Listens on a loopback port of its own, for a browser; else calls stay in memory.</summary>
    public bool OnPort { get; init; }
}

/// <summary>The real program with gateway and worker, on a database, home and files folder of its own.</summary>
public sealed class HubServer : IAsyncDisposable
{
    public const string AdminId = "test-admin";

    public const string AdminSecret = "a-secret-of-tests-alone";
    private readonly HubServerOptions options;
    private readonly HubProgram program;
    private readonly HubServer? first;
    private readonly int port;
    private readonly ConcurrentDictionary<string, Task<string>> tokens = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task<(string Id, string Secret)>> clients = new(StringComparer.Ordinal);

    private HubServer(TestDatabase database, string home, string files, HubServerOptions options, HubServer? first)
    {
        (Database, Home, Files, this.options, this.first) = (database, home, files, options, first);
        port = options.OnPort ? FreePort() : 0;
        program = new HubProgram(this);
    }

    public TestDatabase Database { get; }

    /// <summary>The hub's own folder, where its keys lie.</summary>
    public string Home { get; }

    /// <summary>Root of the file sources.</summary>
    public string Files { get; }

    /// <summary>Where it listens; in memory always http://localhost.</summary>
    public Uri Address => program.ClientOptions.BaseAddress;

    public IServiceProvider Services => program.Services;

    public static async Task<HubServer> StartAsync(HubServerOptions? options = null, TestDatabase? database = null)
    {
        var server = new HubServer(database ?? await TestDatabase.CreateAsync(),
            Directory.CreateTempSubdirectory("hub-home-").FullName, Directory.CreateTempSubdirectory("hub-files-").FullName,
            options ?? new HubServerOptions(), null);
        server.Start();
        return server;
    }

    /// <summary>A second node on the same database, home and issuer; to be disposed before this one.</summary>
    public HubServer StartSecond(HubServerOptions? differently = null)
    {
        var second = new HubServer(Database, Home, Files, differently ?? options, this);
        second.Start();
        return second;
    }

    /// <inheritdoc cref="StartSecond"/>
    public Task<HubServer> StartSecondAsync(HubServerOptions? differently = null) => Task.Run(() => StartSecond(differently));

    /// <summary>A caller without a token. Redirects are not followed.</summary>
    public HttpClient CreateClient() => program.CreateClient(
        new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, BaseAddress = Address });

    public HttpClient CreateClient(string token)
    {
        var client = CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A caller with the administrator's token (both scopes).</summary>
    public async Task<HttpClient> AdminClientAsync() => CreateClient(await TokenAsync(AdminId, AdminSecret));

    /// <summary>A token by client credentials, fetched once for each id and scope; no scope asks for all of the client's.</summary>
    public Task<string> TokenAsync(string id, string secret, string? scope = null) =>
        tokens.GetOrAdd($"{id} {secret} {scope}", _ => FetchTokenAsync(id, secret, scope));

    /// <summary>The answer of the token server as it is.</summary>
    public async Task<HttpResponseMessage> AskForTokenAsync(string id, string secret, string? scope = null)
    {
        using var client = CreateClient();
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = id, ["client_secret"] = secret,
        };
        if (scope is not null)
        {
            form["scope"] = scope;
        }

        return await client.PostAsync("/connect/token", new FormUrlEncodedContent(form));
    }

    /// <summary>An agency, made if it is not there.</summary>
    public async Task AddAgencyAsync(string code)
    {
        using var admin = await AdminClientAsync();
        using var answer = await admin.PostAsJsonAsync("/api/v1/agencies", new { code, name = "Cơ quan " + code });
        if (answer.StatusCode != HttpStatusCode.Conflict)
        {
            await RequireAsync(answer);
        }
    }

    /// <summary>A client of an agency (made if not there) with its secret; one a agency.</summary>
    public Task<(string Id, string Secret)> ClientOfAsync(string agency) => clients.GetOrAdd(agency, async code =>
    {
        await AddAgencyAsync(code);
        using var admin = await AdminClientAsync();
        using var answer = await admin.PostAsJsonAsync("/api/v1/clients", new { agencyCode = code, name = "Phần mềm " + code });
        var made = await RequireAsync(answer);
        return (made.GetProperty("clientId").GetString()!, made.GetProperty("secret").GetString()!);
    });

    /// <summary>A caller of an agency, without any agreement.</summary>
    public async Task<HttpClient> CallerAsync(string agency)
    {
        var (id, secret) = await ClientOfAsync(agency);
        return CreateClient(await TokenAsync(id, secret));
    }

    /// <summary>A caller of an agency with an agreement on a dataset, in force for a year; no columns means all that are not personal.</summary>
    public async Task<HttpClient> RecipientAsync(string agency, string dataset, string purpose, params string[] columns)
    {
        var caller = await CallerAsync(agency);
        await AddAgreementAsync(agency, dataset, purpose, columns);
        return caller;
    }

    /// <summary>Number of a new agreement, in force from yesterday for a year.</summary>
    public async Task<long> AddAgreementAsync(string agency, string dataset, string purpose, params string[] columns)
    {
        using var admin = await AdminClientAsync();
        var now = Services.GetRequiredService<TimeProvider>().GetUtcNow();
        using var answer = await admin.PostAsJsonAsync("/api/v1/agreements", new
        {
            recipient = agency,
            dataset,
            purpose,
            columns = columns.Length == 0 ? null : columns,
            from = now.AddDays(-1).UtcDateTime,
            until = now.AddYears(1).UtcDateTime,
        });
        return (await RequireAsync(answer)).GetProperty("id").GetInt64();
    }

    public async ValueTask DisposeAsync()
    {
        await program.DisposeAsync();
        if (first is null)
        {
            await Database.DisposeAsync();
            Directory.Delete(Home, recursive: true);
            Directory.Delete(Files, recursive: true);
        }
    }

    private static async Task<JsonElement> RequireAsync(HttpResponseMessage answer)
    {
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonDocument.Parse(body).RootElement
            : throw new InvalidOperationException($"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {body}");
    }

    private async Task<string> FetchTokenAsync(string id, string secret, string? scope)
    {
        using var answer = await AskForTokenAsync(id, secret, scope);
        return (await RequireAsync(answer)).GetProperty("access_token").GetString()!;
    }

    private void Start()
    {
        if (options.OnPort)
        {
            program.UseKestrel(port);
        }

        program.StartServer();
    }

    // The issuer is configured before the server listens, so the port must be known; a taken one fails the start loudly.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>
        {
            ["DATAHUB_DATABASE"] = Database.ConnectionString,
            ["DATAHUB_HOME"] = Home,
            ["DATAHUB_FILES"] = Files,
            ["DATAHUB_PUBLIC_URL"] = options.OnPort ? $"http://127.0.0.1:{port}" : "http://localhost",
            ["DATAHUB_ADMIN_CLIENT_ID"] = AdminId,
            ["DATAHUB_ADMIN_CLIENT_SECRET"] = AdminSecret,
            ["Logging:LogLevel:Default"] = "Warning",
        };
        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>Starts the program's own entry point.</summary>
    private sealed class HubProgram(HubServer server) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            foreach (var (name, value) in server.Settings())
            {
                builder.UseSetting(name, value);
            }

            builder.UseEnvironment("Production");
            if (server.options.Services is { } services)
            {
                builder.ConfigureTestServices(services);
            }
        }
    }
}
