namespace BifrostLite.Configuration;

/// <summary>
/// One validated snapshot of config.json with every "env.NAME" resolved. Immutable; a request sees one snapshot from
/// beginning to end, a reload swaps the whole.
/// </summary>
internal sealed record GatewayConfig
{
    public IReadOnlyDictionary<string, ProviderConfig> Providers { get; init; } = new Dictionary<string, ProviderConfig>();

    public ClientConfig Client { get; init; } = new();
}

/// <summary>The "client" section: how the gateway treats its callers.</summary>
internal sealed record ClientConfig
{
    public int MaxRequestBodySizeMb { get; init; } = 100;

    public IReadOnlyList<string> AllowedOrigins { get; init; } = ["*"];

    public IReadOnlyList<string> AllowedHeaders { get; init; } = [];

    public bool EnforceAuthOnInference { get; init; }

    public bool AllowDirectKeys { get; init; }

    public IReadOnlyList<string> RequiredHeaders { get; init; } = [];

    /// <summary>Gateway's own: a request that cannot be translated without loss is refused with 400.</summary>
    public bool StrictTranslation { get; init; }
}

/// <summary>One entry of "providers".</summary>
internal sealed record ProviderConfig
{
    public required string Name { get; init; }

    public IReadOnlyList<KeyConfig> Keys { get; init; } = [];

    public NetworkConfig Network { get; init; } = new();

    public ProxyConfig? Proxy { get; init; }

    public ConcurrencyConfig Concurrency { get; init; } = new();

    /// <summary>Set for providers that are not built in.</summary>
    public CustomProviderConfig? Custom { get; init; }

    public bool SendBackRawRequest { get; init; }

    public bool SendBackRawResponse { get; init; }
}

/// <summary>One credential of a provider.</summary>
internal sealed record KeyConfig
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public Secret Value { get; init; } = new("");

    /// <summary>Models this key may serve; "*" for all, empty for none (version 2).</summary>
    public IReadOnlyList<string> Models { get; init; } = ["*"];

    public IReadOnlyList<string> BlacklistedModels { get; init; } = [];

    public double Weight { get; init; } = 1;

    /// <summary>Caller's model name to the provider's.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    public BedrockKeyConfig? Bedrock { get; init; }

    public AzureKeyConfig? Azure { get; init; }

    public VertexKeyConfig? Vertex { get; init; }
}

internal sealed record BedrockKeyConfig
{
    public Secret AccessKey { get; init; } = new("");

    public Secret SecretKey { get; init; } = new("");

    public Secret SessionToken { get; init; } = new("");

    public string Region { get; init; } = "";

    /// <summary>Inference profile ARN prefix put before model ids, as Bifrost's "arn".</summary>
    public string Arn { get; init; } = "";

    /// <summary>Name of a profile in ~/.aws; empty for the environment's.</summary>
    public string Profile { get; init; } = "";

    public string RoleArn { get; init; } = "";

    public string ExternalId { get; init; } = "";

    public string RoleSessionName { get; init; } = "";
}

internal sealed record AzureKeyConfig
{
    public string Endpoint { get; init; } = "";

    public string ApiVersion { get; init; } = "";

    /// <summary>Caller's model name to the deployment's.</summary>
    public IReadOnlyDictionary<string, string> Deployments { get; init; } = new Dictionary<string, string>();
}

internal sealed record VertexKeyConfig
{
    public string ProjectId { get; init; } = "";

    public string Region { get; init; } = "";

    public Secret AuthCredentials { get; init; } = new("");
}

/// <summary>How a provider is reached. Times are whole units as in config.json, turned into TimeSpans here.</summary>
internal sealed record NetworkConfig
{
    public Uri? BaseUrl { get; init; }

    public IReadOnlyDictionary<string, string> ExtraHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>Longest wait for response headers.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest silence between two reads of a streamed answer.</summary>
    public TimeSpan StreamIdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public int MaxRetries { get; init; }

    public TimeSpan RetryBackoffInitial { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan RetryBackoffMax { get; init; } = TimeSpan.FromMilliseconds(5000);

    public bool InsecureSkipVerify { get; init; }

    public string CaCertPem { get; init; } = "";

    public int? MaxConnectionsPerHost { get; init; }

    public bool EnforceHttp2 { get; init; }
}

internal sealed record ProxyConfig(string Type, string Url, string Username, Secret Password);

internal sealed record ConcurrencyConfig(int Concurrency = 1000, int BufferSize = 5000);

/// <summary>A provider that speaks a built-in provider's wire at another address.</summary>
internal sealed record CustomProviderConfig
{
    /// <summary>openai, anthropic, bedrock, gemini, cohere, replicate.</summary>
    public required string BaseProviderType { get; init; }

    /// <summary>Request types that may be sent (chat_completion, responses, ...); null for all.</summary>
    public IReadOnlySet<string>? AllowedRequests { get; init; }

    /// <summary>Request type to path or full URL.</summary>
    public IReadOnlyDictionary<string, string> RequestPathOverrides { get; init; } = new Dictionary<string, string>();

    public bool DoesNotSendDoneMarker { get; init; }
}
