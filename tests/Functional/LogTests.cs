using System.Text;
using BifrostLite.Configuration;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Functional;

/// <summary>One log line for each request, and neither a secret nor content in any line or in any error of the gateway's own.</summary>
public class LogTests : FunctionalTest
{
    private const string Canary = "CANARY";

    /// <summary>The line that <c>GatewayLog</c> writes for each request.</summary>
    private const string Line = "BifrostLite.Pipeline.Gateway[2]";

    [Fact]
    public async Task Request_LeavesOneLineWithItsFacts()
    {
        var scene = Scene.Of("messages");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await using var gateway = await RunningGateway.StartAsync(Upstream, level: LogLevel.Debug);

        var answer = await BytesAsync(await gateway.PostAsync(scene.StreamPath, scene.StreamBody, ("x-request-id", "mine-1")));
        await gateway.LoggedAsync(Line, 1);

        var line = Assert.Single(gateway.Logs, l => l.Contains(Line, StringComparison.Ordinal));
        foreach (var fact in new[] { "mine-1", "POST", scene.StreamPath, "messages", "anthropic", "Model=m", "Status=200", "Stream=True", "InputTokens=3", "OutputTokens=5", $"BytesOut={answer.Length}" })
        {
            Assert.Contains(fact, line);
        }

        Assert.StartsWith("Information ", line);
    }

    [Theory]
    [InlineData("chat", "openai")]
    [InlineData("messages", "anthropic")]
    [InlineData("messages", "chatonly")]
    [InlineData("converse", "bedrock")]
    [InlineData("responses", "anthropic")]
    public async Task Logs_AndOwnErrors_HoldNoSecretAndNoContent(string dialect, string provider)
    {
        var scene = Scene.Of(dialect, provider);
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithCanaryKeys, level: LogLevel.Debug);
        var upstream = Scene.Of(provider switch { "anthropic" => "messages", "bedrock" => "converse", "openai" => dialect, _ => "chat" });
        var said = Encoding.UTF8.GetBytes($"\ndata: {Canary}\n\n");
        Action[] scripts =
        [
            () => Upstream.NextBytes(upstream.ContentType, upstream.Frames),
            () => Upstream.NextCutStream(upstream, 2),
            () => Upstream.NextBytes(upstream.ContentType, upstream.Frames[0], said),
            () => Upstream.NextBytes("text/html", said),
            () => Upstream.NextJson(200, $$"""{"{{Canary}}":"""),
        ];

        var own = new List<string>();
        foreach (var script in scripts)
        {
            script();
            own.Add(await TextAsync(await gateway.PostAsync(scene.StreamPath, WithCanaryText(scene.StreamBody), CanaryHeaders)));
        }

        Upstream.NextJson(401, """{"message":"CANARY","type":"error","error":{"type":"authentication_error","message":"wrong key CANARY"}}""");
        using var refused = await gateway.PostAsync(scene.Path, WithCanaryText(scene.Body), CanaryHeaders);
        own.Add(await TextAsync(await gateway.PostAsync(scene.Path, $$"""{"{{Canary}}":{{Canary}}""", CanaryHeaders)));
        own.Add(await TextAsync(await gateway.PostAsync("/nowhere?key=" + Canary, WithCanaryText(scene.Body), CanaryHeaders)));
        using var zipped = new StringContent(Canary);
        zipped.Headers.ContentEncoding.Add("gzip");
        own.Add(await TextAsync(await gateway.PostAsync(scene.Path, zipped, CanaryHeaders)));
        await gateway.LoggedAsync(Line, scripts.Length + 3);

        Assert.Equal(scripts.Length + 3, gateway.Logs.Count(l => l.Contains(Line, StringComparison.Ordinal)));
        Assert.DoesNotContain(gateway.Logs, line => line.Contains(Canary, StringComparison.Ordinal));
        Assert.DoesNotContain(own.Skip(3), text => text.Contains(Canary, StringComparison.Ordinal));
        Assert.DoesNotContain(own, text => text.Contains(Canary + "-KEY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task UnreachableProvider_ErrorAndLog_HoldNoKeyAndNoPath()
    {
        await using var gateway = await RunningGateway.StartAsync(
            Upstream,
            config => RunningGateway.Network(n => n with { BaseUrl = new Uri($"http://user:{Canary}@127.0.0.1:1/{Canary}") })(WithCanaryKeys(config)),
            level: LogLevel.Debug);
        var scene = Scene.Of("chat");

        var answer = await TextAsync(await gateway.PostAsync(scene.Path, scene.Body));
        await gateway.LoggedAsync(Line, 1);

        Assert.DoesNotContain(Canary, answer);
        Assert.DoesNotContain(gateway.Logs, line => line.Contains(Canary, StringComparison.Ordinal));
    }

    [Fact]
    public async Task CallerThatHangsUp_IsLoggedAs499AndNotAsAnError()
    {
        var scene = Scene.Of("chat");
        Upstream.NextSilentStream(scene, 3);
        await using var gateway = await RunningGateway.StartAsync(Upstream, level: LogLevel.Debug);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);
        response.Dispose();
        await gateway.LoggedAsync(Line, 1);

        var line = Assert.Single(gateway.Logs, l => l.Contains(Line, StringComparison.Ordinal));
        Assert.Contains("Status=499", line);
        Assert.DoesNotContain(gateway.Logs, l => l.StartsWith("Error ", StringComparison.Ordinal) || l.StartsWith("Warning ", StringComparison.Ordinal));
    }

    private static readonly (string Name, string Value)[] CanaryHeaders =
    [
        ("Authorization", "Bearer " + Canary),
        ("x-api-key", Canary),
        ("Cookie", Canary),
        ("x-bf-vk", Canary),
        ("x-bf-eh-x-tenant", Canary),
        ("anthropic-beta", Canary),
        ("User-Agent", Canary),
    ];

    private static string WithCanaryText(string body) => body.Replace("\"hi\"", $"\"{Canary}\"");

    private static GatewayConfig WithCanaryKeys(GatewayConfig config) => config with
    {
        Providers = config.Providers.ToDictionary(
            p => p.Key,
            p => p.Value with { Keys = [.. p.Value.Keys.Select(k => k with { Value = new Secret(Canary + "-KEY") })] }),
    };
}
