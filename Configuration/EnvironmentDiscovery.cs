namespace BifrostLite.Configuration;

/// <summary>
/// Providers from the environment variables that the vendors' own SDKs read, for a start without any file. The demo provider is always
/// among them and is the default where no key is found.
/// </summary>
/// <remarks>
/// OPENAI_BASE_URL and ANTHROPIC_BASE_URL are not read: they are how clients are pointed at this gateway, and reading them here would
/// make it call itself.
/// </remarks>
internal static class EnvironmentDiscovery
{
    /// <summary>Provider and the variables that may hold its key; the first one set counts.</summary>
    private static readonly (string Provider, string[] Variables)[] Keys =
    [
        ("openai", ["OPENAI_API_KEY"]),
        ("anthropic", ["ANTHROPIC_API_KEY"]),
        ("gemini", ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
        ("mistral", ["MISTRAL_API_KEY"]),
        ("groq", ["GROQ_API_KEY"]),
        ("openrouter", ["OPENROUTER_API_KEY"]),
        ("deepseek", ["DEEPSEEK_API_KEY"]),
        ("xai", ["XAI_API_KEY"]),
        ("cohere", ["COHERE_API_KEY", "CO_API_KEY"]),
        ("cerebras", ["CEREBRAS_API_KEY"]),
        ("perplexity", ["PERPLEXITY_API_KEY", "PPLX_API_KEY"]),
        ("fireworks", ["FIREWORKS_API_KEY"]),
        ("together", ["TOGETHER_API_KEY"]),
        ("nebius", ["NEBIUS_API_KEY"]),
        ("huggingface", ["HF_TOKEN", "HUGGINGFACE_API_KEY"]),
    ];

    public static GatewayConfig Discover(Func<string, string?> environment)
    {
        var providers = new Dictionary<string, ProviderConfig>();
        foreach (var (provider, variables) in Keys)
        {
            if (First(environment, variables) is { } found)
            {
                providers[provider] = Keyed(provider, new KeyConfig { Id = found.Name, Name = found.Name, Value = new Secret(found.Value) });
            }
        }

        AddBedrock(providers, environment);
        AddAzure(providers, environment);
        var hasKey = providers.Count > 0;
        AddOllama(providers, environment);
        providers[KnownProviders.Demo] = Keyed(KnownProviders.Demo, new KeyConfig { Id = KnownProviders.Demo, Name = KnownProviders.Demo });
        return new GatewayConfig
        {
            Providers = providers,
            AreProvidersDiscovered = true,
            DefaultProvider = hasKey ? null : KnownProviders.Demo,
        };
    }

    /// <summary>AWS_BEARER_TOKEN_BEDROCK, a key pair, or a profile: in the order of the AWS SDKs, which prefer the Bedrock key.</summary>
    private static void AddBedrock(Dictionary<string, ProviderConfig> providers, Func<string, string?> environment)
    {
        var bearer = Value(environment, "AWS_BEARER_TOKEN_BEDROCK");
        var accessKey = Value(environment, "AWS_ACCESS_KEY_ID");
        var secretKey = Value(environment, "AWS_SECRET_ACCESS_KEY");
        var profile = Value(environment, "AWS_PROFILE");
        var hasPair = accessKey.Length > 0 && secretKey.Length > 0;
        if (bearer.Length == 0 && !hasPair && profile.Length == 0)
        {
            return;
        }

        var name = bearer.Length > 0 ? "AWS_BEARER_TOKEN_BEDROCK" : hasPair ? "AWS_ACCESS_KEY_ID" : "AWS_PROFILE";
        providers["bedrock"] = Keyed("bedrock", new KeyConfig
        {
            Id = name,
            Name = name,
            Value = new Secret(bearer),
            Bedrock = new BedrockKeyConfig
            {
                AccessKey = new Secret(hasPair ? accessKey : ""),
                SecretKey = new Secret(hasPair ? secretKey : ""),
                SessionToken = new Secret(hasPair ? Value(environment, "AWS_SESSION_TOKEN") : ""),
                Region = First(environment, ["AWS_REGION", "AWS_DEFAULT_REGION"])?.Value ?? "",
                Profile = profile,
            },
        });
    }

    private static void AddAzure(Dictionary<string, ProviderConfig> providers, Func<string, string?> environment)
    {
        var key = Value(environment, "AZURE_OPENAI_API_KEY");
        var endpoint = Value(environment, "AZURE_OPENAI_ENDPOINT");
        if (key.Length > 0 && Uri.TryCreate(endpoint, UriKind.Absolute, out _))
        {
            providers["azure"] = Keyed("azure", new KeyConfig
            {
                Id = "AZURE_OPENAI_API_KEY",
                Name = "AZURE_OPENAI_API_KEY",
                Value = new Secret(key),
                Azure = new AzureKeyConfig { Endpoint = endpoint, ApiVersion = Value(environment, "OPENAI_API_VERSION") },
            });
        }
    }

    /// <summary>A local Ollama needs no key, so it is always offered; whether one runs shows with the first call.</summary>
    private static void AddOllama(Dictionary<string, ProviderConfig> providers, Func<string, string?> environment) =>
        providers["ollama"] = Keyed("ollama", new KeyConfig { Id = "ollama", Name = "ollama" }) with
        {
            Network = new NetworkConfig { BaseUrl = OllamaAddress(Value(environment, "OLLAMA_HOST")) },
        };

    /// <summary>OLLAMA_HOST as Ollama itself reads it: host, host:port or URL; 0.0.0.0 is an address to listen on, not to call.</summary>
    internal static Uri OllamaAddress(string host)
    {
        const int Port = 11434;
        var text = host.Trim();
        if (text.Length == 0)
        {
            return new Uri($"http://127.0.0.1:{Port}");
        }

        var hasScheme = text.Contains("://", StringComparison.Ordinal);
        if (!Uri.TryCreate(hasScheme ? text : "http://" + (text[0] == ':' ? "127.0.0.1" + text : text), UriKind.Absolute, out var url))
        {
            return new Uri($"http://127.0.0.1:{Port}");
        }

        var builder = new UriBuilder(url);
        if (!hasScheme && url.IsDefaultPort && !text.EndsWith(":80", StringComparison.Ordinal))
        {
            builder.Port = Port;
        }

        builder.Host = builder.Host is "0.0.0.0" or "[::]" ? "127.0.0.1" : builder.Host;
        return builder.Uri;
    }

    private static ProviderConfig Keyed(string provider, KeyConfig key) => new() { Name = provider, Keys = [key] };

    private static (string Name, string Value)? First(Func<string, string?> environment, string[] variables)
    {
        foreach (var variable in variables)
        {
            if (Value(environment, variable) is { Length: > 0 } value)
            {
                return (variable, value);
            }
        }

        return null;
    }

    private static string Value(Func<string, string?> environment, string name) => environment(name)?.Trim() ?? "";
}
