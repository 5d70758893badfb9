using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional;

/// <summary>Paths under which the doors are known to frameworks and to Azure's clients.</summary>
public sealed class OtherDoorsTests : FunctionalTest
{
    [Theory]
    [InlineData("/litellm/v1/chat/completions", "chat", "/v1/chat/completions")]
    [InlineData("/litellm/chat/completions", "chat", "/v1/chat/completions")]
    [InlineData("/langchain/v1/responses", "responses", "/v1/responses")]
    [InlineData("/langchain/anthropic/v1/messages", "messages", "/v1/messages")]
    [InlineData("/pydanticai/bedrock/model/bedrock%2Fm/converse", "converse", "/model/m/converse")]
    [InlineData("/pydanticai/genai/v1beta/models/gemini%2Fm:generateContent", "genai", "/v1beta/models/m:generateContent")]
    public async Task Framework_FindsEveryApiBelowItsPrefix(string path, string dialect, string target)
    {
        Upstream.NextJson(200, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        await gateway.PostAsync(path, Scene.Of(dialect).Body);

        Assert.Equal(target, Seen().Target);
    }

    [Theory]
    [InlineData("/litellm")]
    [InlineData("/litellmx/v1/chat/completions")]
    [InlineData("/passthrough/v1/chat/completions")]
    public async Task OtherPrefix_LeadsNowhere(string path)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        Assert.Equal(404, (int)(await gateway.PostAsync(path, Scene.Of("chat").Body)).StatusCode);
    }

    [Theory]
    [InlineData("/openai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", """{"model":"ignored","messages":[]}""", "/openai/v1/chat/completions", """{"model":"gpt-4o","messages":[]}""")]
    [InlineData("/openai/openai/deployments/gpt-4o/chat/completions", """{"messages":[]}""", "/openai/v1/chat/completions", """{"model":"gpt-4o","messages":[]}""")]
    [InlineData("/openai/openai/deployments/openai%2Fe/embeddings", """{"input":"hi","model":"e"}""", "/v1/embeddings", """{"model":"e","input":"hi"}""")]
    [InlineData("/openai/openai/responses?api-version=preview", """{"model":"gpt-4o","input":"hi"}""", "/openai/v1/responses", """{"model":"gpt-4o","input":"hi"}""")]
    public async Task AzuresClient_NamesTheDeploymentInThePath(string path, string body, string target, string sent)
    {
        Upstream.NextJson(200, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithAzure);

        await gateway.PostAsync(path, body);

        Assert.Equal((target, sent), (Seen().Target, Seen().Text));
    }

    [Fact]
    public async Task OtherOperationOfADeployment_LeadsNowhere()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream, WithAzure);

        Assert.Equal(404, (int)(await gateway.PostAsync("/openai/openai/deployments/gpt-4o/images/generations", "{}")).StatusCode);
    }

    private static GatewayConfig WithAzure(GatewayConfig config)
    {
        var openai = config.Providers["openai"];
        var azure = openai with
        {
            Name = "azure",
            Keys = [openai.Keys[0] with { Name = "azure-key", Azure = new AzureKeyConfig { Endpoint = openai.Network.BaseUrl!.AbsoluteUri } }],
        };
        return config with { Providers = new Dictionary<string, ProviderConfig>(config.Providers) { ["azure"] = azure } };
    }
}
