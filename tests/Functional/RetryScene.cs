using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional;

/// <summary>A gateway whose openai provider has the keys a test names, and which waits for nothing but notes how long it would have.</summary>
public abstract class RetryScene : FunctionalTest
{
    protected const string Answer = """{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}]}""";
    protected const string Request = """{"model":"openai/m","messages":[{"role":"user","content":"hi"}]}""";
    protected const string WithFallback = """{"model":"openai/m","fallbacks":["chatonly/m2"],"messages":[{"role":"user","content":"hi"}]}""";

    private protected NoWaiting Pacing { get; } = new();

    private protected static string Key(UpstreamRequest request) => request.Headers["Authorization"];

    protected static string TrailOf(HttpResponseMessage response) => string.Join(", ", response.Headers.GetValues("x-bf-trail"));

    private protected Task<RunningGateway> StartAsync(int retries, params string[] keys) => RunningGateway.StartAsync(
        Upstream,
        config => config with
        {
            Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
            {
                Keys = p.Key == "openai" ? [.. keys.Select(key => new KeyConfig { Id = key, Name = key, Value = new Secret("sk-" + key) })] : p.Value.Keys,
                Network = p.Value.Network with { MaxRetries = retries, RetryBackoffInitial = TimeSpan.FromMilliseconds(100), RetryBackoffMax = TimeSpan.FromSeconds(5) },
            }),
        },
        level: Microsoft.Extensions.Logging.LogLevel.Information,
        replace: Pacing.Install);
}
