using System.Globalization;
using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration.Reading;

/// <summary>Turns a checked tree into the records the gateway works with. Nothing can fail here any more.</summary>
internal static class ConfigBinding
{
    private static readonly IReadOnlyList<string> All = ["*"];

    public static GatewayConfig Bind(Node root)
    {
        var section = new Section(root, RootShape.Value);
        var version = section.Whole("version");
        var providers = new Dictionary<string, ProviderConfig>();
        foreach (var member in root.MembersOf("providers"))
        {
            providers[member.Name] = BindProvider(member.Name, new Section(member.Value, ProviderShape.Value), version);
        }

        return new GatewayConfig
        {
            Providers = providers,
            Client = WithPlugins(BindClient(section.Child("client")) with { AsyncWebhooks = WebhookBinding.Bind(root) }, root),
            MostHeaderBytes = section.Child("server").Whole("read_buffer_size"),
            EncryptionKey = section.Secret("encryption_key"),
            ConfigStore = StoreBinding.Bind(section.Child("config_store")),
            LogsStore = StoreBinding.BindLogs(section.Child("logs_store")),
            Cache = CacheBinding.Bind(root),
            Governance = GovernanceBinding.Bind(root, version),
            Pricing = PricingBinding.Bind(section.Child("framework")),
            PriceOverrides = PricingBinding.BindOverrides(root["governance"]),
        };
    }

    /// <summary>A wait before a retry: milliseconds, or a duration; the shape's default where absent.</summary>
    public static TimeSpan Backoff(Node network, string name) => network[name] switch
    {
        { Kind: NodeKind.Text } text when TextForms.TryDuration(text.Text, out var duration) => duration,
        { Kind: NodeKind.Number } number when long.TryParse(number.Text, out var milliseconds) && milliseconds <= int.MaxValue => TimeSpan.FromMilliseconds(milliseconds),
        _ => TimeSpan.FromMilliseconds(long.Parse(NetworkShape.Network.Find(name)!.Default!, CultureInfo.InvariantCulture)),
    };

    private static ClientConfig BindClient(Section client) => new()
    {
        MaxRequestBodySizeMb = client.Whole("max_request_body_size_mb"),
        ResponseRetentionDays = client.Whole("response_retention_days"),
        AllowedOrigins = client.Texts("allowed_origins") ?? All,
        AllowedHeaders = client.Texts("allowed_headers") ?? [],
        OpenRoutes = client.Texts("whitelisted_routes") ?? [],
        RequiredHeaders = client.Texts("required_headers") ?? [],
        EnforceAuthOnInference = client.Flag("enforce_auth_on_inference") || client.Flag("enforce_governance_header")
            || client.Flag("enforce_scim_auth"),
        DropExcessRequests = client.Flag("drop_excess_requests"),
        RequestDeadline = client.Has("request_deadline_in_seconds") ? TimeSpan.FromSeconds(client.Whole("request_deadline_in_seconds")) : null,
        RoutingChainMaxDepth = client.Whole("routing_chain_max_depth"),
        AllowDirectKeys = client.Flag("allow_direct_keys"),
        AllowRawOverride = client.Flag("allow_per_request_raw_override"),
        HeaderFilter = BindHeaderFilter(client.Child("header_filter_config")),
        AsyncJobResultTtl = client.Whole("async_job_result_ttl"),
        AsyncWorkers = client.Whole("async_workers"),
        RerunsJobs = client.Text("async_on_restart") == "rerun",
        EnableLogging = client.Flag("enable_logging"),
        DisableContentLogging = client.Flag("disable_content_logging"),
        AllowContentLoggingOverride = client.Flag("allow_per_request_content_storage_override"),
        DisableDbPingsInHealth = client.Flag("disable_db_pings_in_health"),
        LogRetentionDays = client.Whole("log_retention_days"),
        LoggingHeaders = client.Texts("logging_headers") ?? [],
        PrometheusLabels = client.Texts("prometheus_labels") ?? [],
        StrictTranslation = client.Flag("strict_translation"),
    };

    private static HeaderFilterConfig BindHeaderFilter(Section filter) => new(filter.Texts("allowlist") ?? [], filter.Texts("denylist") ?? []);

    /// <summary>Older files say in the plugins' configs what newer ones say under "client".</summary>
    private static ClientConfig WithPlugins(ClientConfig client, Node root)
    {
        var (governance, logging) = (Plugin(root, "governance"), Plugin(root, "logging"));
        return client with
        {
            RequiredHeaders = [.. client.RequiredHeaders, .. governance.ItemsOf("required_headers").Select(item => item.Text)],
            EnforceAuthOnInference = client.EnforceAuthOnInference || governance.IsTrue("is_vk_mandatory"),
            DisableContentLogging = client.DisableContentLogging || logging.IsTrue("disable_content_logging"),
            AllowContentLoggingOverride = client.AllowContentLoggingOverride || logging.IsTrue("allow_per_request_content_storage_override"),
            LoggingHeaders = [.. client.LoggingHeaders, .. logging.ItemsOf("logging_headers").Select(item => item.Text)],
            PrometheusLabels = [.. client.PrometheusLabels, .. Plugin(root, "telemetry").ItemsOf("custom_labels").Select(item => item.Text)],
        };
    }

    /// <summary>The config of a plugin that is on.</summary>
    private static Node Plugin(Node root, string name)
    {
        foreach (var plugin in root.ItemsOf("plugins"))
        {
            if (plugin.TextOf("name") == name && plugin.IsTrue("enabled"))
            {
                return plugin["config"] ?? Node.Absent;
            }
        }

        return Node.Absent;
    }

    private static ProviderConfig BindProvider(string name, Section provider, int version)
    {
        var keys = new List<KeyConfig>();
        foreach (var node in provider.Raw("keys")?.Items ?? [])
        {
            var key = new Section(node, KeyShape.Value);
            if (key.Flag("enabled"))
            {
                keys.Add(KeyBinding.Bind(key, name, keys.Count, version));
            }
        }

        if (keys.Count == 0 && (provider.Raw("keys")?.Items.Count ?? 0) == 0)
        {
            // A provider without credentials still has one entry, so that choosing a key needs no special case.
            keys.Add(new KeyConfig { Id = name, Name = name });
        }

        return new ProviderConfig
        {
            Name = name,
            Keys = keys,
            Network = BindNetwork(provider.Child("network_config"), provider.Raw("network_config")),
            Proxy = BindProxy(provider.Child("proxy_config")),
            Concurrency = BindConcurrency(provider.Child("concurrency_and_buffer_size")),
            Custom = BindCustom(provider.Child("custom_provider_config")),
            SendBackRawRequest = provider.Flag("send_back_raw_request"),
            SendBackRawResponse = provider.Flag("send_back_raw_response"),
        };
    }

    private static NetworkConfig BindNetwork(Section network, Node? node) => new()
    {
        BaseUrl = network.Has("base_url") ? new Uri(network.Text("base_url")) : null,
        ExtraHeaders = network.TextMap("extra_headers"),
        RequestTimeout = TimeSpan.FromSeconds(network.Whole("default_request_timeout_in_seconds")),
        StreamIdleTimeout = TimeSpan.FromSeconds(network.Whole("stream_idle_timeout_in_seconds")),
        ConnectTimeout = TimeSpan.FromSeconds(network.Whole("connect_timeout_in_seconds")),
        FirstTokenTimeout = network.Has("first_token_timeout_in_seconds") ? TimeSpan.FromSeconds(network.Whole("first_token_timeout_in_seconds")) : null,
        StreamHoldBackBytes = network.Whole("stream_hold_back_in_kilobytes") * 1024,
        MaxRetries = network.Whole("max_retries"),
        HedgeDelay = network.Has("hedge_delay_in_milliseconds") ? TimeSpan.FromMilliseconds(network.Whole("hedge_delay_in_milliseconds")) : null,
        HedgePercentile = network.Has("hedge_delay_percentile") ? network.Real("hedge_delay_percentile") : null,
        RetryBackoffInitial = Backoff(node ?? Node.Absent, "retry_backoff_initial"),
        RetryBackoffMax = Backoff(node ?? Node.Absent, "retry_backoff_max"),
        InsecureSkipVerify = network.Flag("insecure_skip_verify"),
        CaCertPem = network.Text("ca_cert_pem"),
        KeepAlive = TimeSpan.FromSeconds(network.Whole("keep_alive_timeout_in_seconds")),
        RefusedBetas = node?["beta_header_overrides"]?.Members.Where(member => member.Value.Text == "false").Select(member => member.Name).ToList(),
        MaxConnectionsPerHost = network.Has("max_conns_per_host") ? network.Whole("max_conns_per_host") : null,
        EnforceHttp2 = network.Flag("enforce_http2"),
    };

    private static ProxyConfig? BindProxy(Section proxy) => proxy.IsGiven && proxy.Text("type") != "none"
        ? new ProxyConfig(proxy.Text("type"), proxy.Text("url"), proxy.Text("username"), proxy.Secret("password")) { CaCertPem = proxy.Text("ca_cert_pem") }
        : null;

    private static ConcurrencyConfig? BindConcurrency(Section sizes) =>
        sizes.IsGiven ? new(sizes.Whole("concurrency"), sizes.Whole("buffer_size")) : null;

    private static CustomProviderConfig? BindCustom(Section custom)
    {
        if (!custom.IsGiven)
        {
            return null;
        }

        var allowed = custom.Raw("allowed_requests");
        return new CustomProviderConfig
        {
            BaseProviderType = custom.Text("base_provider_type"),
            AllowedRequests = allowed is null ? null : new HashSet<string>(allowed.Members.Where(member => member.Value.Text == "true").Select(member => member.Name)),
            RequestPathOverrides = custom.TextMap("request_path_overrides"),
            DoesNotSendDoneMarker = custom.Flag("does_not_send_done_marker"),
        };
    }
}
