using BifrostLite.Configuration;

namespace BifrostLite.Tests.Unit.Configuration;

public sealed class ConfigLoaderTests
{
    [Fact]
    public void Parse_KeyedProvider_BindsEveryPart()
    {
        var config = Load.Valid(
            """
            {
              "$schema": "https://www.getbifrost.ai/schema",
              "version": 2,
              "providers": {
                "openai": {
                  "keys": [
                    {"id": "k1", "name": "main", "value": "env.MY_KEY", "models": ["gpt-5", "gpt-5-mini"], "blacklisted_models": ["gpt-4"],
                     "weight": 0.25, "aliases": {"fast": "gpt-5-mini", "slow": {"model_id": "gpt-5-pro"}}}
                  ],
                  "network_config": {"base_url": "https://eu.api.openai.com", "extra_headers": {"OpenAI-Project": "env.PROJECT"},
                    "default_request_timeout_in_seconds": 120, "stream_idle_timeout_in_seconds": 90, "max_retries": 3,
                    "retry_backoff_initial": 250, "retry_backoff_max": "4s", "ca_cert_pem": "PEM", "max_conns_per_host": 77, "enforce_http2": true},
                  "proxy_config": {"type": "http", "url": "http://proxy:3128", "username": "me", "password": "env.PROXY_PASSWORD"},
                  "concurrency_and_buffer_size": {"concurrency": 10, "buffer_size": 20},
                  "send_back_raw_request": true,
                  "send_back_raw_response": true
                }
              },
              "client": {"max_request_body_size_mb": 5, "allowed_origins": ["https://a.example"], "allowed_headers": ["X-A"],
                "enforce_auth_on_inference": true, "allow_direct_keys": true, "required_headers": ["x-team"], "strict_translation": true}
            }
            """,
            ("MY_KEY", "sk-1"), ("PROJECT", "proj"), ("PROXY_PASSWORD", "pw"));

        var provider = config.Providers["openai"];
        var key = Assert.Single(provider.Keys);
        Assert.Equal(("k1", "main", "sk-1", 0.25), (key.Id, key.Name, key.Value.Reveal(), key.Weight));
        Assert.Equal(["gpt-5", "gpt-5-mini"], key.Models);
        Assert.Equal(["gpt-4"], key.BlacklistedModels);
        Assert.Equal("gpt-5-mini", key.Aliases["fast"]);
        Assert.Equal("gpt-5-pro", key.Aliases["slow"]);
        Assert.Equal("proj", provider.Network.ExtraHeaders["OpenAI-Project"]);
        Assert.Equal(
            new NetworkConfig
            {
                BaseUrl = new Uri("https://eu.api.openai.com"),
                ExtraHeaders = provider.Network.ExtraHeaders,
                RequestTimeout = TimeSpan.FromSeconds(120),
                StreamIdleTimeout = TimeSpan.FromSeconds(90),
                MaxRetries = 3,
                RetryBackoffInitial = TimeSpan.FromMilliseconds(250),
                RetryBackoffMax = TimeSpan.FromSeconds(4),
                CaCertPem = "PEM",
                MaxConnectionsPerHost = 77,
                EnforceHttp2 = true,
            },
            provider.Network);
        Assert.Equal(("http", "http://proxy:3128", "me", "pw"),
            (provider.Proxy!.Type, provider.Proxy.Url, provider.Proxy.Username, provider.Proxy.Password.Reveal()));
        Assert.Equal(new ConcurrencyConfig(10, 20), provider.Concurrency);
        Assert.True(provider.SendBackRawRequest && provider.SendBackRawResponse);
        Assert.Null(provider.Custom);
        Assert.Equal((5, true, true, true),
            (config.Client.MaxRequestBodySizeMb, config.Client.EnforceAuthOnInference, config.Client.AllowDirectKeys, config.Client.StrictTranslation));
        Assert.Equal(["https://a.example"], config.Client.AllowedOrigins);
        Assert.Equal(["X-A"], config.Client.AllowedHeaders);
        Assert.Equal(["x-team"], config.Client.RequiredHeaders);
        Assert.Equal("config.json", config.Source);
    }

    [Fact]
    public void Parse_EmptySections_HaveTheRecordsDefaults()
    {
        var config = Load.Valid("""{"providers": {"openai": {"keys": [{"value": "sk-1"}]}}, "client": {}}""");

        var provider = config.Providers["openai"];
        Assert.Equal(new NetworkConfig() with { ExtraHeaders = provider.Network.ExtraHeaders }, provider.Network);
        Assert.Null(provider.Concurrency);
        var key = provider.Keys[0];
        Assert.Equal(new KeyConfig { Id = "openai-1", Name = "openai-1", Value = key.Value, Models = key.Models, BlacklistedModels = key.BlacklistedModels, Aliases = key.Aliases }, key);
        Assert.Empty(key.Models);
        var client = new ClientConfig();
        Assert.Equal(client with { AllowedOrigins = config.Client.AllowedOrigins, AllowedHeaders = config.Client.AllowedHeaders, RequiredHeaders = config.Client.RequiredHeaders, AsyncWebhooks = config.Client.AsyncWebhooks,
            LoggingHeaders = config.Client.LoggingHeaders, PrometheusLabels = config.Client.PrometheusLabels }, config.Client);
        Assert.Equal(client.AllowedOrigins, config.Client.AllowedOrigins);
    }

    [Fact]
    public void Parse_CloudKeys_BindTheirConfigs()
    {
        var config = Load.Valid(
            """
            {"providers": {
              "bedrock": {"keys": [{"name": "b", "models": ["*"], "weight": 1, "bedrock_key_config":
                {"access_key": "env.AK", "secret_key": "env.SK", "session_token": "st", "region": "eu-west-1", "arn": "arn:x", "role_arn": "r",
                 "external_id": "e", "session_name": "s", "profile": "p", "deployments": {"sonnet": "eu.anthropic.sonnet"}}}]},
              "azure": {"keys": [{"name": "a", "value": "k", "azure_key_config":
                {"endpoint": "https://x.openai.azure.com/", "api_version": "2026-01-01", "deployments": {"gpt-5": "five"},
                 "client_id": "c", "client_secret": "env.SK", "tenant_id": "t", "scopes": ["s"]}}]},
              "vertex": {"keys": [{"name": "v", "vertex_key_config": {"project_id": "p1", "region": "global", "auth_credentials": "env.JSON"}}]}
            }}
            """,
            ("AK", "AKIA"), ("SK", "secret"), ("JSON", "{}"));

        var bedrock = config.Providers["bedrock"].Keys[0];
        Assert.Equal(("AKIA", "secret", "st"), (bedrock.Bedrock!.AccessKey.Reveal(), bedrock.Bedrock.SecretKey.Reveal(), bedrock.Bedrock.SessionToken.Reveal()));
        Assert.Equal(("eu-west-1", "arn:x", "r", "e", "s", "p"),
            (bedrock.Bedrock.Region, bedrock.Bedrock.Arn, bedrock.Bedrock.RoleArn, bedrock.Bedrock.ExternalId, bedrock.Bedrock.RoleSessionName, bedrock.Bedrock.Profile));
        Assert.Equal("eu.anthropic.sonnet", bedrock.Aliases["sonnet"]);
        var azure = config.Providers["azure"].Keys[0].Azure!;
        Assert.Equal(("https://x.openai.azure.com/", "2026-01-01", "five"), (azure.Endpoint, azure.ApiVersion, azure.Deployments["gpt-5"]));
        Assert.Equal(("c", "secret", "t", "s"), (azure.ClientId, azure.ClientSecret.Reveal(), azure.TenantId, azure.Scopes[0]));
        var vertex = config.Providers["vertex"].Keys[0].Vertex!;
        Assert.Equal(("p1", "global", "{}"), (vertex.ProjectId, vertex.Region, vertex.AuthCredentials.Reveal()));
    }

    [Fact]
    public void Parse_CustomProvider_TakesOnlyRequestsThatAreTrue()
    {
        var custom = Load.Valid(
            """
            {"providers": {"mine": {"keys": [{"value": "k"}], "network_config": {"base_url": "http://127.0.0.1:9000"},
              "custom_provider_config": {"base_provider_type": "openai", "allowed_requests": {"chat_completion": true, "responses": false},
                "request_path_overrides": {"chat_completion": "/chat"}, "does_not_send_done_marker": true}}}}
            """).Providers["mine"].Custom!;

        Assert.Equal("openai", custom.BaseProviderType);
        Assert.Equal(["chat_completion"], custom.AllowedRequests!);
        Assert.Equal("/chat", custom.RequestPathOverrides["chat_completion"]);
        Assert.True(custom.DoesNotSendDoneMarker);
    }

    [Theory]
    [InlineData(1, ", \"models\": [\"*\"]", "*", null)]
    [InlineData(1, ", \"models\": []", "*", null)]
    [InlineData(1, "", "*", null)]
    [InlineData(2, ", \"models\": [\"a\"]", "a", null)]
    [InlineData(2, ", \"models\": []", "", "has an empty list of \"models\"")]
    [InlineData(2, "", "", "has no \"models\"")]
    public void Parse_EmptyOrMissingModelList_MeansAllOnlyInVersion1(int version, string models, string expected, string? notice)
    {
        var config = Load.Valid("{\"version\": " + version + ", \"providers\": {\"openai\": {\"keys\": [{\"value\": \"k\"" + models + "}]}}}");

        Assert.Equal(expected, string.Join(",", config.Providers["openai"].Keys[0].Models));
        string[] told = notice is null ? [] : [$"$.providers.openai.keys[0] (line 1) {notice} and serves none; write \"models\": [\"*\"] for all"];
        Assert.Equal(told, config.Notices);
    }

    [Theory]
    [InlineData("[\"*\"]", "qwen")]
    [InlineData("[\"qwen\", \"other\"]", "qwen")]
    [InlineData("[\"other\"]", "")]
    public void Parse_VllmKey_ServesItsOneModelWhereThatIsAllowed(string models, string expected)
    {
        var key = Load.Valid("{\"providers\": {\"vllm\": {\"keys\": [{\"models\": " + models + ", \"vllm_key_config\": {\"url\": \"http://a\", \"model_name\": \"qwen\"}}]}}}")
            .Providers["vllm"].Keys[0];

        Assert.Equal(expected, string.Join(",", key.Models));
    }

    [Theory]
    [InlineData("ollama", "{}", null)]
    [InlineData("demo", "{}", null)]
    [InlineData("ollama", """{"keys": [{"name": "o", "ollama_key_config": {"url": "http://gpu:11434"}}]}""", "http://gpu:11434/")]
    [InlineData("vllm", """{"keys": [{"name": "v", "vllm_key_config": {"url": "http://gpu:8000", "model_name": "qwen"}}]}""", "http://gpu:8000/")]
    public void Parse_ProviderWithoutCredential_HasOneKeyEntry(string name, string provider, string? url)
    {
        var bound = Load.Valid("{\"providers\": {\"" + name + "\": " + provider + "}}").Providers[name];

        Assert.True(Assert.Single(bound.Keys).Value.IsEmpty);
        Assert.Equal(url, bound.Keys[0].ServerUrl?.AbsoluteUri);
    }

    [Fact]
    public void Parse_DisabledKey_IsLeftOut()
    {
        var keys = Load.Valid("""{"providers": {"openai": {"keys": [{"name": "a", "value": "1", "enabled": false}, {"name": "b", "value": "2"}]}}}""").Providers["openai"].Keys;

        Assert.Equal("b", Assert.Single(keys).Name);
    }

    [Fact]
    public void Parse_GovernancePluginOfOlderFiles_ForcesVirtualKeys()
    {
        var client = Load.Valid("""{"plugins": [{"name": "governance", "enabled": true, "config": {"is_vk_mandatory": true, "required_headers": ["x-a"]}}]}""").Client;

        Assert.True(client.EnforceAuthOnInference);
        Assert.Equal(["x-a"], client.RequiredHeaders);
    }

    [Theory]
    [InlineData("semantic_cache", "\"5m\"", 300)]
    [InlineData("local_cache", "90", 90)]
    [InlineData("local_cache", "0", 300)]
    public void Parse_CachePlugin_SetsTheCache(string name, string ttl, int seconds)
    {
        var json = $$$"""{"plugins": [{"name": "{{{name}}}", "enabled": true, "config": {"ttl": {{{ttl}}}, "default_cache_key": "k", "cache_by_model": false, "dimension": 1}}]}""";

        Assert.Equal(
            new CacheConfig { Lifetime = TimeSpan.FromSeconds(seconds), DefaultKey = "k", ByModel = false },
            Load.Valid(json).Cache);
    }

    [Fact]
    public void Parse_CachePluginSwitchedOff_IsNoCache() =>
        Assert.Null(Load.Valid("""{"plugins": [{"name": "semantic_cache", "enabled": false, "config": {"dimension": 1}}]}""").Cache);

    [Theory]
    [InlineData("""{"name": "semantic_cache", "enabled": true, "config": {"ttl": "5m"}}""", 0)]
    [InlineData("""{"name": "telemetry", "enabled": true, "config": {"custom_labels": ["a"]}}""", 0)]
    [InlineData("""{"name": "maxim", "enabled": true, "config": {"api_key": "a"}}""", 1)]
    [InlineData("""{"name": "mine", "enabled": true, "path": "/mine.so"}""", 1)]
    public void Parse_Plugin_SaysWhereItHasNoEffect(string plugin, int notices) =>
        Assert.Equal(notices, Load.Valid($$"""{"plugins": [{{plugin}}]}""").Notices.Count);

    [Fact]
    public void Parse_NoProviders_TakesThemFromTheEnvironment()
    {
        var config = Load.Valid("""{"client": {"allow_direct_keys": true}}""", ("GROQ_API_KEY", "gsk"));

        Assert.True(config.AreProvidersDiscovered);
        Assert.Equal("gsk", config.Providers["groq"].Keys[0].Value.Reveal());
        Assert.True(config.Client.AllowDirectKeys);
    }

    [Fact]
    public void Parse_SectionsWithoutEffect_AreNoticed()
    {
        var notices = Load.Valid(
            """
            {
              "providers": {"demo": {}},
              "client": {"initial_pool_size": 500, "log_retention_days": 365, "drop_excess_requests": false},
              "vector_store": {"enabled": false, "type": "redis"},
              "alerting": {"history_retention_days": 1}
            }
            """).Notices;

        Assert.Equal(
            [
                "$.client.initial_pool_size (line 3) is not needed by this gateway and has no effect",
                "$.alerting (line 5) is read and checked, but has no effect in this version",
            ],
            notices);
    }

    [Fact]
    public void Load_NoFile_DiscoversFromTheEnvironment()
    {
        var directory = Directory.CreateTempSubdirectory();
        try
        {
            var result = new ConfigLoader(Load.Environment()).Load(directory.FullName);

            Assert.Null(result.Config!.Source);
            Assert.True(result.Config.AreProvidersDiscovered);
        }
        finally
        {
            directory.Delete(true);
        }
    }
}
