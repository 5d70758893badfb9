using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Storage;
using BifrostLite.Storage.Sqlite;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional.Cache;

/// <summary>A gateway that keeps answers, on a clock that tests move.</summary>
public abstract class CacheTest : FunctionalTest, IAsyncLifetime
{
    private protected const string Chat = """{"model":"openai/gpt-4o","messages":[{"role":"user","content":"hi"}]}""";

    private protected static readonly (string, string) Key = ("x-bf-cache-key", "docs");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-cache");
    private IStore _store = null!;
    private int _served;

    private protected ManualTime Time { get; } = new();

    private protected RunningGateway Gateway { get; private set; } = null!;

    private protected CacheConfig Settings { get; init; } = new();

    private protected GovernanceConfig Governance { get; init; } = new();

    async Task IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        Time.Advance(TimeSpan.FromDays(20_000));
        _store = SqliteStore.Open(Path.Combine(_directory.FullName, "cache.db"), Time).Value!;
        Upstream.Always = AnswerAsync;
        Gateway = await RunningGateway.StartAsync(
            Upstream,
            config => config with { Cache = Settings, Governance = Governance },
            level: LogLevel.Information,
            replace: services => services.AddSingleton<TimeProvider>(Time),
            stores: new Stores(_store, _store));
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _store.DisposeAsync();
        await DisposeAsync();
        _directory.Delete(recursive: true);
    }

    /// <summary>How often a provider was asked for an answer.</summary>
    private protected int Asked => Upstream.Requests.Count(request => !request.Target.EndsWith("/embeddings", StringComparison.Ordinal));

    /// <summary>Asks, and waits until what came of it is kept.</summary>
    /// <returns>What the header says of the cache (empty where it says nothing) and the body.</returns>
    private protected async Task<(string Hit, byte[] Body)> AskAsync(string path, string body, params (string, string)[] headers)
    {
        var response = await Gateway.PostAsync(path, body, headers);
        var hit = response.Headers.TryGetValues("x-bf-cache", out var values) ? values.Single() : "";
        var bytes = await BytesAsync(response);
        await Gateway.LoggedAsync("bytesOut=", ++_served);
        return (hit, bytes);
    }

    private protected async Task<string> HitAsync(string body, params (string, string)[] headers) => (await AskAsync("/v1/chat/completions", body, headers)).Hit;

    /// <summary>What the next requests for an embedding get.</summary>
    private protected Queue<double[]> Vectors { get; } = new();

    /// <summary>Who answers unless a test says otherwise: each answer has a number of its own.</summary>
    private Task AnswerAsync(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        if (http.Request.Path.Value!.EndsWith("/embeddings", StringComparison.Ordinal))
        {
            return EmbedAsync(http);
        }

        return http.Response.WriteAsync(JsonSerializer.Serialize(new
        {
            id = "c" + Upstream.Requests.Count,
            @object = "chat.completion",
            choices = new[] { new { index = 0, message = new { role = "assistant", content = "answer " + Upstream.Requests.Count }, finish_reason = "stop" } },
            usage = new { prompt_tokens = 10, completion_tokens = 5, total_tokens = 15 },
        }));
    }

    private Task EmbedAsync(HttpContext http)
    {
        if (Vectors.TryDequeue(out var vector))
        {
            return http.Response.WriteAsync(JsonSerializer.Serialize(new
            {
                @object = "list",
                data = new[] { new { @object = "embedding", index = 0, embedding = vector } },
                usage = new { prompt_tokens = 4, total_tokens = 4 },
            }));
        }

        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        return http.Response.WriteAsync("""{"error":{"message":"no embeddings today"}}""");
    }
}
