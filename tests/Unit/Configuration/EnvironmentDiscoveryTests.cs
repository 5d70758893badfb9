using BifrostLite.Configuration;

namespace BifrostLite.Tests.Unit.Configuration;

public sealed class EnvironmentDiscoveryTests
{
    [Fact]
    public void Discover_NothingSet_OffersOllamaAndTheDemoAsDefault()
    {
        var config = EnvironmentDiscovery.Discover(Load.Environment());

        Assert.Equal(["demo", "ollama"], config.Providers.Keys.Order());
        Assert.Equal("demo", config.DefaultProvider);
        Assert.Equal("http://127.0.0.1:11434/", config.Providers["ollama"].Network.BaseUrl!.AbsoluteUri);
        Assert.Single(config.Providers["demo"].Keys);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", "openai")]
    [InlineData("ANTHROPIC_API_KEY", "anthropic")]
    [InlineData("GEMINI_API_KEY", "gemini")]
    [InlineData("GOOGLE_API_KEY", "gemini")]
    [InlineData("MISTRAL_API_KEY", "mistral")]
    [InlineData("GROQ_API_KEY", "groq")]
    [InlineData("OPENROUTER_API_KEY", "openrouter")]
    [InlineData("DEEPSEEK_API_KEY", "deepseek")]
    [InlineData("XAI_API_KEY", "xai")]
    [InlineData("COHERE_API_KEY", "cohere")]
    [InlineData("CEREBRAS_API_KEY", "cerebras")]
    [InlineData("PERPLEXITY_API_KEY", "perplexity")]
    [InlineData("FIREWORKS_API_KEY", "fireworks")]
    [InlineData("TOGETHER_API_KEY", "together")]
    [InlineData("NEBIUS_API_KEY", "nebius")]
    [InlineData("HF_TOKEN", "huggingface")]
    [InlineData("HUGGINGFACE_API_KEY", "huggingface")]
    public void Discover_KeyVariable_GivesTheProvider(string variable, string provider)
    {
        var config = EnvironmentDiscovery.Discover(Load.Environment((variable, "secret")));

        var key = Assert.Single(config.Providers[provider].Keys);
        Assert.Equal((variable, "secret"), (key.Name, key.Value.Reveal()));
        Assert.Null(config.DefaultProvider);
        Assert.Contains(provider, KnownProviders.Names);
    }

    [Fact]
    public void Discover_AwsKeyPair_GivesBedrockWithRegion()
    {
        var key = EnvironmentDiscovery.Discover(Load.Environment(
            ("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SECRET_ACCESS_KEY", "s"), ("AWS_SESSION_TOKEN", "t"), ("AWS_REGION", "eu-central-1"))).Providers["bedrock"].Keys[0];

        Assert.Equal(("AKIA", "s", "t", "eu-central-1"),
            (key.Bedrock!.AccessKey.Reveal(), key.Bedrock.SecretKey.Reveal(), key.Bedrock.SessionToken.Reveal(), key.Bedrock.Region));
    }

    [Theory]
    [InlineData("AWS_BEARER_TOKEN_BEDROCK", "b", "")]
    [InlineData("AWS_PROFILE", "", "b")]
    public void Discover_OtherAwsCredential_GivesBedrock(string variable, string value, string profile)
    {
        var key = EnvironmentDiscovery.Discover(Load.Environment((variable, "b"))).Providers["bedrock"].Keys[0];

        Assert.Equal((value, profile), (key.Value.Reveal(), key.Bedrock!.Profile));
    }

    [Fact]
    public void Discover_RegionAlone_GivesNoBedrock() =>
        Assert.DoesNotContain("bedrock", EnvironmentDiscovery.Discover(Load.Environment(("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "A"))).Providers.Keys);

    [Fact]
    public void Discover_AzureKeyAndEndpoint_GivesAzure()
    {
        var key = EnvironmentDiscovery.Discover(Load.Environment(
            ("AZURE_OPENAI_API_KEY", "k"), ("AZURE_OPENAI_ENDPOINT", "https://x.openai.azure.com"), ("OPENAI_API_VERSION", "2026-01-01"))).Providers["azure"].Keys[0];

        Assert.Equal(("k", "https://x.openai.azure.com", "2026-01-01"), (key.Value.Reveal(), key.Azure!.Endpoint, key.Azure.ApiVersion));
    }

    [Theory]
    [InlineData("", "http://127.0.0.1:11434/")]
    [InlineData("0.0.0.0", "http://127.0.0.1:11434/")]
    [InlineData("0.0.0.0:5000", "http://127.0.0.1:5000/")]
    [InlineData(":5000", "http://127.0.0.1:5000/")]
    [InlineData("gpu", "http://gpu:11434/")]
    [InlineData("gpu:80", "http://gpu/")]
    [InlineData("https://gpu.example", "https://gpu.example/")]
    [InlineData("not a host", "http://127.0.0.1:11434/")]
    public void OllamaAddress_Value_IsReadAsOllamaDoes(string host, string expected) =>
        Assert.Equal(expected, EnvironmentDiscovery.OllamaAddress(host).AbsoluteUri);
}
