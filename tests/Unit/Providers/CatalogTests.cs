using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas;

namespace BifrostLite.Tests.Unit.Providers;

public sealed class CatalogTests
{
    public static TheoryData<string> Names()
    {
        var data = new TheoryData<string>();
        foreach (var row in Catalog.Rows)
        {
            data.Add(row.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Row_EveryOne_IsWellFormed(string name)
    {
        var row = Catalog.Find(name)!;

        Assert.Equal(name.ToLowerInvariant(), row.Name);
        Assert.NotEmpty(row.Routes);
        Assert.Contains(row.Routes, route => route.Operation == Operation.Generate);
        Assert.Equal(row.Routes.Count, row.Routes.DistinctBy(route => (route.Dialect, route.Operation)).Count());
        Assert.All(row.Routes, route => Assert.StartsWith("/", route.Path, StringComparison.Ordinal));
        Assert.False(row.BaseUrl.EndsWith('/'));
        Assert.True(row.BaseUrl.Length == 0 || row.BaseUrl.StartsWith("https://", StringComparison.Ordinal) || row.BaseUrl.StartsWith("http://localhost:", StringComparison.Ordinal));
        Assert.Single(Catalog.Rows, other => other.Name == name);
    }

    /// <summary>The configuration and the catalogue must know the same names.</summary>
    [Fact]
    public void Rows_Names_AreThoseTheConfigurationTakes()
    {
        Assert.All(Catalog.Rows, row => Assert.Contains(row.Name, KnownProviders.Names));
        Assert.All(
            KnownProviders.Names.Where(name => name != KnownProviders.Demo),
            name => Assert.NotNull(ProviderKit.Make(name, ProviderKit.Key("k"), baseUrl: "http://h").Route(name == "bedrock" ? DialectNames.Converse
                : name is "gemini" or "vertex" ? DialectNames.GenerateContent
                : name == "anthropic" ? DialectNames.Messages
                : DialectNames.Chat, Operation.Generate)));
    }

    [Theory]
    [InlineData("openai", DialectNames.Chat, "http://h/openai", "http://h/openai/v1/chat/completions")]
    [InlineData("openai", DialectNames.Responses, null, "https://api.openai.com/v1/responses")]
    [InlineData("openai", DialectNames.Chat, "http://h:8/v1/", "http://h:8/v1/chat/completions")]
    [InlineData("anthropic", DialectNames.Messages, "http://h/anthropic", "http://h/anthropic/v1/messages")]
    [InlineData("bedrock", DialectNames.Converse, "http://h/bedrock", "http://h/bedrock/model/a.b-v1%3A0%2Fx/converse")]
    [InlineData("bedrock", DialectNames.Converse, null, "https://bedrock-runtime.eu-west-1.amazonaws.com/model/a.b-v1%3A0%2Fx/converse")]
    [InlineData("gemini", DialectNames.GenerateContent, "http://h/gemini", "http://h/gemini/v1beta/models/a.b-v1%3A0%2Fx:generateContent")]
    [InlineData("groq", DialectNames.Chat, null, "https://api.groq.com/openai/v1/chat/completions")]
    [InlineData("perplexity", DialectNames.Chat, null, "https://api.perplexity.ai/chat/completions")]
    public void Address_OfARoute_IsBaseAndPath(string name, string dialect, string? baseUrl, string expected)
    {
        var provider = ProviderKit.Make(name, ProviderKit.AwsKey("eu-west-1"), baseUrl: baseUrl);
        var call = ProviderKit.Call(provider, dialect, "a.b-v1:0/x");

        Assert.Equal(expected, provider.Addresses.Find(call)!.AbsoluteUri);
        Assert.Same(provider.Addresses.Find(call), provider.Addresses.Find(call));
    }

    [Theory]
    [InlineData(null, "http://gpu-1:8000/v1/chat/completions", "http://gpu-2:9000/v1/chat/completions")]
    [InlineData("http://front:80", "http://front/v1/chat/completions", "http://front/v1/chat/completions")]
    public void Address_OfKeysWithServersOfTheirOwn_IsTheKeysUnlessTheProviderHasOne(string? configured, string first, string second)
    {
        KeyConfig[] keys = [new() { Name = "a", ServerUrl = new Uri("http://gpu-1:8000") }, new() { Name = "b", ServerUrl = new Uri("http://gpu-2:9000") }];
        var config = new ProviderConfig
        {
            Name = "vllm",
            Keys = keys,
            Network = new NetworkConfig { BaseUrl = configured is null ? null : new Uri(configured) },
        };
        var provider = ProviderFactory.Create(TimeProvider.System).Create(config, new HttpMessageInvoker(new SocketsHttpHandler()))!;

        Assert.Equal([first, second], keys.Select(key => provider.Addresses.Find(ProviderKit.Call(provider, DialectNames.Chat, key: key))!.AbsoluteUri));
    }

    [Theory]
    [InlineData("", DialectNames.Chat, "https://r.openai.azure.com/openai/v1/chat/completions")]
    [InlineData("v1", DialectNames.Responses, "https://r.openai.azure.com/openai/v1/responses")]
    [InlineData("preview", DialectNames.Responses, "https://r.openai.azure.com/openai/v1/responses?api-version=preview")]
    [InlineData("2024-10-21", DialectNames.Chat, "https://r.openai.azure.com/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21")]
    [InlineData("2024-10-21", DialectNames.Responses, "https://r.openai.azure.com/openai/v1/responses")]
    public void Address_OfAzure_HangsOnTheVersion(string version, string dialect, string expected)
    {
        var key = new KeyConfig { Azure = new AzureKeyConfig { Endpoint = "https://r.openai.azure.com/", ApiVersion = version } };
        var provider = ProviderKit.Make("azure", key);

        Assert.Equal(expected, provider.Addresses.Find(ProviderKit.Call(provider, dialect, "my gpt"))!.AbsoluteUri);
    }

    [Theory]
    [InlineData("europe-west1", "https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/europe-west1/publishers/google/models/gemini-3-pro:generateContent")]
    [InlineData("", "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google/models/gemini-3-pro:generateContent")]
    public void Address_OfVertex_HangsOnProjectAndRegion(string region, string expected)
    {
        var key = new KeyConfig { Vertex = new VertexKeyConfig { ProjectId = "p", Region = region } };
        var provider = ProviderKit.Make("vertex", key);

        Assert.Equal(expected, provider.Addresses.Find(ProviderKit.Call(provider, DialectNames.GenerateContent, "gemini-3-pro"))!.AbsoluteUri);
        Assert.Null(provider.Route(DialectNames.GenerateContent, Operation.Generate, "claude-sonnet-4-5"));
    }

    [Fact]
    public void Address_OfClaudeOnVertex_IsItsPublishers()
    {
        var provider = ProviderKit.Make("vertex", new KeyConfig { Vertex = new VertexKeyConfig { ProjectId = "p", Region = "us-east5" } });
        var call = ProviderKit.Call(provider, DialectNames.Messages, "claude-sonnet-4-5@20250929", stream: true) with
        {
            Route = provider.Route(DialectNames.Messages, Operation.Generate, "claude-sonnet-4-5@20250929")!,
        };

        Assert.Equal(
            "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-sonnet-4-5%4020250929:streamRawPredict",
            provider.Addresses.Find(call)!.AbsoluteUri);
        Assert.Null(provider.Route(DialectNames.Messages, Operation.Generate, "gemini-3-pro"));
    }

    [Theory]
    [InlineData("claude-opus-5", DialectNames.Messages)]
    [InlineData("gpt-5.5", DialectNames.Responses)]
    [InlineData("glm-5.3", DialectNames.Chat)]
    public void Route_OfZen_IsTheMakersDialect(string model, string expected)
    {
        var provider = ProviderKit.Make("opencode-zen", ProviderKit.Key("k"));

        string[] all = [DialectNames.Chat, DialectNames.Responses, DialectNames.Messages];
        Assert.Equal([expected], all.Where(dialect => provider.Route(dialect, Operation.Generate, model) is not null));
    }

    [Theory]
    [InlineData("bedrock", DialectNames.Converse, "http://h/model/m/converse-stream")]
    [InlineData("gemini", DialectNames.GenerateContent, "http://h/v1beta/models/m:streamGenerateContent?alt=sse")]
    [InlineData("openai", DialectNames.Chat, "http://h/v1/chat/completions")]
    public void Address_OfAStream_TakesTheStreamPath(string name, string dialect, string expected)
    {
        var provider = ProviderKit.Make(name, ProviderKit.AwsKey(), baseUrl: "http://h");

        Assert.Equal(expected, provider.Addresses.Find(ProviderKit.Call(provider, dialect, stream: true))!.AbsoluteUri);
    }

    [Fact]
    public void Address_OfTwoKeys_HangsOnTheRegion()
    {
        var provider = ProviderKit.Make(new ProviderConfig { Name = "bedrock", Keys = [ProviderKit.AwsKey("us-east-1"), ProviderKit.AwsKey("us-west-2")] });
        var first = ProviderKit.Call(provider, DialectNames.Converse);

        Assert.Equal("bedrock-runtime.us-east-1.amazonaws.com", provider.Addresses.Find(first)!.Host);
        Assert.Equal("bedrock-runtime.us-west-2.amazonaws.com", provider.Addresses.Find(first with { Key = provider.Keys[1] })!.Host);
    }

    [Fact]
    public void Custom_AllowedRequests_LeavesOnlyThose()
    {
        var provider = ProviderKit.Make(Custom(new CustomProviderConfig
        {
            BaseProviderType = "openai",
            AllowedRequests = new HashSet<string> { "chat_completion", "chat_completion_stream" },
            DoesNotSendDoneMarker = true,
        }));

        var route = Assert.Single(provider.Routes);
        Assert.Equal((DialectNames.Chat, Operation.Generate), (route.Dialect, route.Operation));
        Assert.True(provider.OmitsDoneMarker);
        Assert.Equal("mine", provider.Describe("llama").Family);
        Assert.False(provider.Describe("llama").TakesMaxCompletionTokens);
        Assert.True(provider.Describe("gpt-5").TakesMaxCompletionTokens);
    }

    [Theory]
    [InlineData("/api/chat", "http://h/api/chat")]
    [InlineData("api/chat", "http://h/api/chat")]
    [InlineData("https://other/x", "https://other/x")]
    public void Custom_PathOverride_ReplacesThePath(string path, string expected)
    {
        var provider = ProviderKit.Make(Custom(new CustomProviderConfig
        {
            BaseProviderType = "openai",
            RequestPathOverrides = new Dictionary<string, string> { ["chat_completion"] = path },
        }));

        Assert.Equal(expected, provider.Addresses.Find(ProviderKit.Call(provider, DialectNames.Chat))!.AbsoluteUri);
    }

    [Fact]
    public void Set_Lookup_IgnoresCaseOnly()
    {
        var config = new GatewayConfig { Providers = new Dictionary<string, ProviderConfig> { ["openai"] = new() { Name = "openai" } } };
        var set = ProviderSet.Create(config, new HttpPools(), ProviderFactory.Create(TimeProvider.System));

        Assert.True(set.TryFind("OpenAI", out var found));
        Assert.Equal("openai", found.Name);
        Assert.False(set.TryFind("open", out _));
        Assert.False(set.TryFind(new string('x', 100), out _));
    }

    private static ProviderConfig Custom(CustomProviderConfig custom) => new()
    {
        Name = "mine",
        Custom = custom,
        Network = new NetworkConfig { BaseUrl = new Uri("http://h") },
    };
}
