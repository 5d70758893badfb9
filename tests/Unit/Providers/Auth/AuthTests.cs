using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas;

namespace BifrostLite.Tests.Unit.Providers.Auth;

public sealed class AuthTests
{
    [Theory]
    [InlineData("openai", DialectNames.Chat, "Authorization", "Bearer key-1")]
    [InlineData("anthropic", DialectNames.Messages, "x-api-key", "key-1")]
    [InlineData("gemini", DialectNames.GenerateContent, "x-goog-api-key", "key-1")]
    [InlineData("bedrock", DialectNames.Converse, "Authorization", "Bearer key-1")]
    public async Task Apply_KeyWithValue_SetsTheHeader(string name, string dialect, string header, string expected)
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make(name, ProviderKit.Key("key-1"), handler);

        await Send(ProviderKit.Call(provider, dialect));

        Assert.Equal(expected, handler.Header(header));
    }

    [Fact]
    public async Task Apply_GeminiCompatiblePath_SendsABearerToken()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make("gemini", ProviderKit.Key("key-1"), handler);

        await Send(ProviderKit.Call(provider, DialectNames.Chat, operation: Operation.Embeddings));

        Assert.Equal("Bearer key-1", handler.Header("Authorization"));
        Assert.Equal("", handler.Header("x-goog-api-key"));
    }

    [Fact]
    public async Task Apply_KeyWithoutValue_SendsNoCredential()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make(new ProviderConfig { Name = "ollama" }, handler);

        await Send(ProviderKit.Call(provider, DialectNames.Chat));

        Assert.Equal("", handler.Header("Authorization"));
    }

    [Fact]
    public async Task Apply_Anthropic_AddsTheVersionOnlyWhereTheCallerSentNone()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make("anthropic", ProviderKit.Key("key-1"), handler);
        var call = ProviderKit.Call(provider, DialectNames.Messages);

        await Send(call);
        Assert.Equal("2023-06-01", handler.Header("anthropic-version"));

        await Send(call with { Headers = [new("anthropic-version", "2026-10-21")] });
        Assert.Equal("2026-10-21", handler.Header("anthropic-version"));
    }

    [Fact]
    public async Task Apply_AnthropicOAuthToken_IsABearerToken()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make("anthropic", ProviderKit.Key("sk-ant-oat01-x"), handler);

        await Send(ProviderKit.Call(provider, DialectNames.Messages));

        Assert.Equal("Bearer sk-ant-oat01-x", handler.Header("Authorization"));
        Assert.Equal("", handler.Header("x-api-key"));
    }

    [Fact]
    public async Task Apply_ForwardedCredential_NeverWins()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make(
            new ProviderConfig
            {
                Name = "openai",
                Keys = [ProviderKit.Key("key-1")],
                Network = new NetworkConfig { ExtraHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer extra", ["X-Team"] = "a" } },
            },
            handler);

        await Send(ProviderKit.Call(provider, DialectNames.Chat) with { Headers = [new("authorization", "Bearer caller")] });

        Assert.Equal("Bearer key-1", handler.Header("Authorization"));
        Assert.Equal("a", handler.Header("X-Team"));
    }

    /// <summary>The expected signature was made by an independent implementation; the model's colon is signed as %253A.</summary>
    [Fact]
    public async Task Apply_AwsKey_SignsTheRequest()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make("bedrock", ProviderKit.AwsKey(token: "TOKEN"), handler);

        await Send(ProviderKit.Call(provider, DialectNames.Converse, "anthropic.claude-3-5-sonnet-20241022-v2:0"));

        Assert.Equal("20261121T093000Z", handler.Header("x-amz-date"));
        Assert.Equal("TOKEN", handler.Header("x-amz-security-token"));
        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/us-east-1/bedrock/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, "
            + "Signature=d83848375ecef68f93b6b13d0332ce776d01c816a3d686e2f4221f74977e915f",
            string.Join(',', handler.Requests[0].Headers.NonValidated["Authorization"]));
    }

    [Theory]
    [InlineData("0123abcd", "api-key", "0123abcd")]
    [InlineData("eyJhbGciOi.x.y", "Authorization", "Bearer eyJhbGciOi.x.y")]
    public async Task Apply_Azure_TellsKeysFromTokens(string value, string header, string expected)
    {
        var handler = ScriptedHandler.Ok();
        var key = ProviderKit.Key(value) with { Azure = new AzureKeyConfig { Endpoint = "https://r.openai.azure.com" } };

        await Send(ProviderKit.Call(ProviderKit.Make("azure", key, handler), DialectNames.Chat));

        Assert.Equal(expected, handler.Header(header));
    }

    [Fact]
    public async Task Apply_VendorThatSpeaksMessages_GetsBothHeadersThere()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make("deepseek", ProviderKit.Key("k"), handler);

        await Send(ProviderKit.Call(provider, DialectNames.Messages));
        Assert.Equal(("k", "Bearer k", "2023-06-01"), (handler.Header("x-api-key"), handler.Header("Authorization"), handler.Header("anthropic-version")));

        await Send(ProviderKit.Call(provider, DialectNames.Chat));
        Assert.Equal("", handler.Header("x-api-key"));
    }

    [Fact]
    public async Task Apply_Mantle_SignsForItsOwnService()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make("bedrock_mantle", ProviderKit.AwsKey(), handler);

        await Send(ProviderKit.Call(provider, DialectNames.Responses));

        Assert.Contains("/us-east-1/bedrock-mantle/aws4_request", string.Join(',', handler.Requests[0].Headers.NonValidated["Authorization"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_AwsBearerVariable_ServesKeysWithoutCredentials()
    {
        var handler = ScriptedHandler.Ok();
        var provider = ProviderKit.Make(
            new ProviderConfig { Name = "bedrock" },
            handler,
            name => name == "AWS_BEARER_TOKEN_BEDROCK" ? "from-environment" : null);

        await Send(ProviderKit.Call(provider, DialectNames.Converse));

        Assert.Equal("Bearer from-environment", handler.Header("Authorization"));
    }

    private static async Task Send(UpstreamCall call)
    {
        var result = await Upstream.SendAsync(call, CancellationToken.None);
        Assert.Null(result.Error);
        result.Response!.Dispose();
    }
}
