using System.Net;
using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Providers;

public sealed class UpstreamTests
{
    [Fact]
    public async Task Send_Chat_IsAPostOverHttp11WithTheBodyAsItIs()
    {
        var handler = ScriptedHandler.Ok("{\"id\":1}");
        var result = await Upstream.SendAsync(Chat(handler), CancellationToken.None);

        var sent = Assert.Single(handler.Requests);
        Assert.Equal(HttpMethod.Post, sent.Method);
        Assert.Equal(HttpVersion.Version11, sent.Version);
        Assert.Equal("{\"model\":\"m\"}", handler.Bodies[0]);
        Assert.Equal("application/json", sent.Content!.Headers.ContentType!.ToString());
        Assert.Equal("application/json", handler.Header("Accept"));
        Assert.Equal("{\"id\":1}", await result.Response!.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("openai", DialectNames.Chat, "text/event-stream")]
    [InlineData("bedrock", DialectNames.Converse, "application/vnd.amazon.eventstream")]
    public async Task Send_Stream_AcceptsTheDialectsFraming(string name, string dialect, string expected)
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make(name, ProviderKit.Key("k"), handler);

        await Upstream.SendAsync(ProviderKit.Call(provider, dialect, stream: true), CancellationToken.None);

        Assert.Equal(expected, handler.Header("Accept"));
    }

    [Fact]
    public async Task Send_ListModels_IsAGetWithoutBody()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make("openai", ProviderKit.Key("k"), handler);

        await Upstream.SendAsync(ProviderKit.Call(provider, DialectNames.Chat, operation: Operation.ListModels), CancellationToken.None);

        Assert.Equal(HttpMethod.Get, handler.Requests[0].Method);
        Assert.Null(handler.Requests[0].Content);
    }

    [Fact]
    public async Task Send_DefaultHeader_GivesWayToTheCallers()
    {
        var handler = ScriptedHandler.Ok();
        var call = ProviderKit.Call(ProviderKit.Make("opencode-go", ProviderKit.Key("k"), handler), DialectNames.Chat);

        await Upstream.SendAsync(call, CancellationToken.None);
        Assert.NotEqual("", handler.Header("x-opencode-session"));

        await Upstream.SendAsync(call with { Headers = [new("x-opencode-session", "mine")] }, CancellationToken.None);
        Assert.Equal("mine", handler.Header("x-opencode-session"));
    }

    [Fact]
    public async Task Send_ConfiguredHeader_ReplacesTheCallers()
    {
        var handler = ScriptedHandler.Ok();
        var config = new ProviderConfig
        {
            Name = "openai",
            Keys = [ProviderKit.Key("k")],
            Network = new NetworkConfig { ExtraHeaders = new Dictionary<string, string> { ["x-team"] = "ours" } },
        };

        await Upstream.SendAsync(ProviderKit.Call(ProviderKit.Make(config, handler), DialectNames.Chat) with { Headers = [new("x-team", "mine")] }, CancellationToken.None);

        Assert.Equal("ours", handler.Header("x-team"));
    }

    /// <summary>What the configuration must mend no second try does.</summary>
    [Theory]
    [InlineData(HttpRequestError.SecureConnectionError, FailureCause.Address)]
    [InlineData(HttpRequestError.VersionNegotiationError, FailureCause.Address)]
    [InlineData(HttpRequestError.ConnectionError, FailureCause.Network)]
    [InlineData(HttpRequestError.ResponseEnded, FailureCause.Network)]
    public async Task Send_NoConnection_TellsWhetherATryMayDoBetter(HttpRequestError kind, object expected)
    {
        var handler = new ScriptedHandler((_, _) => throw new HttpRequestException(kind));

        Assert.Equal(expected, (await Upstream.SendAsync(Chat(handler), CancellationToken.None)).Cause);
    }

    [Theory]
    [InlineData(HttpRequestError.NameResolutionError, "could not be resolved")]
    [InlineData(HttpRequestError.ConnectionError, "nothing accepts connections at h:81")]
    [InlineData(HttpRequestError.SecureConnectionError, "TLS")]
    [InlineData(HttpRequestError.ResponseEnded, "closed the connection")]
    public async Task Send_NoConnection_IsABadGatewayThatSaysWhatToCheck(HttpRequestError kind, string expected)
    {
        var handler = new ScriptedHandler((_, _) => throw new HttpRequestException(kind, "secret detail"));
        var result = await Upstream.SendAsync(Chat(handler, "http://user:pw@h:81/x?key=secret"), CancellationToken.None);

        Assert.Equal((502, ErrorKind.BadGateway, "openai"), (result.Error!.Status, result.Error.Kind, result.Error.Provider));
        Assert.Contains(expected, result.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_HeadersTooLate_IsATimeout()
    {
        var handler = new ScriptedHandler(NeverAsync);
        var provider = ProviderKit.Make(
            new ProviderConfig { Name = "openai", Network = new NetworkConfig { RequestTimeout = TimeSpan.FromMilliseconds(1) } },
            handler);

        var result = await Upstream.SendAsync(ProviderKit.Call(provider, DialectNames.Chat), CancellationToken.None);

        Assert.Equal((504, ErrorKind.Timeout), (result.Error!.Status, result.Error.Kind));
        Assert.Contains("\"openai\" sent no response headers within 0.001 s", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_CallerGone_ThrowsCancellation()
    {
        using var caller = new CancellationTokenSource();
        var handler = new ScriptedHandler((request, token) =>
        {
            caller.Cancel();
            return NeverAsync(request, token);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Upstream.SendAsync(Chat(handler), caller.Token));
    }

    [Fact]
    public async Task Send_Redirect_IsAnErrorAndNotFollowed()
    {
        var handler = new ScriptedHandler((_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.Redirect)
        {
            Headers = { Location = new Uri("https://elsewhere/login?token=1") },
        }));

        var result = await Upstream.SendAsync(Chat(handler), CancellationToken.None);

        Assert.Equal(502, result.Error!.Status);
        Assert.Contains("redirect to elsewhere", result.Error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("token", result.Error.Message, StringComparison.Ordinal);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Send_NoAddress_NamesTheSetting()
    {
        var provider = ProviderKit.Make(new ProviderConfig { Name = "databricks" });
        var result = await Upstream.SendAsync(ProviderKit.Call(provider, DialectNames.Chat), CancellationToken.None);

        Assert.Contains("network_config.base_url", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anthropic-beta", DialectNames.Messages, "anthropic-beta")]
    [InlineData("anthropic-beta", DialectNames.Chat, null)]
    [InlineData("OpenAI-Beta", DialectNames.Responses, "OpenAI-Beta")]
    [InlineData("x-bf-eh-X-Trace", DialectNames.Converse, "x-trace")]
    [InlineData("x-bf-eh-Authorization", DialectNames.Chat, null)]
    [InlineData("x-bf-eh-x-api-key", DialectNames.Chat, null)]
    [InlineData("x-bf-eh-cookie", DialectNames.Chat, null)]
    [InlineData("x-bf-eh-x-bf-vk", DialectNames.Chat, null)]
    [InlineData("x-bf-eh-", DialectNames.Chat, null)]
    [InlineData("authorization", DialectNames.Chat, null)]
    [InlineData("x-bf-vk", DialectNames.Chat, null)]
    public void TryForward_CallersHeader_PassesOnlyWhatMay(string name, string dialect, string? expected)
    {
        Assert.Equal(expected is not null, UpstreamHeaders.TryForward(name, dialect, HeaderFilterConfig.None, out var upstream));
        Assert.True(expected is null || expected == upstream);
    }

    [Theory]
    [InlineData("Request-Id", true)]
    [InlineData("x-ratelimit-remaining-tokens", true)]
    [InlineData("anthropic-ratelimit-tokens-limit", true)]
    [InlineData("openai-processing-ms", true)]
    [InlineData("retry-after", true)]
    [InlineData("set-cookie", false)]
    [InlineData("transfer-encoding", false)]
    [InlineData("cf-ray", false)]
    [InlineData("server", false)]
    public void PassesOn_ProvidersHeader_OnlyOfUse(string name, bool expected) => Assert.Equal(expected, UpstreamHeaders.PassesOn(name));

    private static UpstreamCall Chat(ScriptedHandler handler, string? baseUrl = null) =>
        ProviderKit.Call(ProviderKit.Make("openai", ProviderKit.Key("k"), handler, baseUrl), DialectNames.Chat);

    private static async Task<HttpResponseMessage> NeverAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return new HttpResponseMessage();
    }

    [Theory]
    [InlineData("anthropic-beta", "files-api-2025-04-14, redact-thinking-2026-02-12", "files-api-2025-04-14")]
    [InlineData("Anthropic-Beta", "redact-thinking-2026-02-12", null)]
    [InlineData("x-other", "redact-thinking-2026-02-12", "redact-thinking-2026-02-12")]
    public void Accepted_BetasTheProviderDoesNotTake_StayBehind(string name, string value, string? expected)
    {
        Assert.Equal(expected, UpstreamHeaders.Accepted(name, value, ["redact-thinking-"]));
        Assert.Same(value, UpstreamHeaders.Accepted(name, value, null));
    }
}
