namespace BifrostLite.Configuration.Reading;

/// <summary>What must hold between the keys of a provider, beyond the shape of each.</summary>
internal sealed class ProviderRules(ReadingContext reading)
{
    private static readonly (string Key, string[] Providers)[] KeyConfigs =
    [
        ("bedrock_key_config", ["bedrock", "bedrock_mantle"]), ("bedrock_mantle_key_config", ["bedrock_mantle"]),
        ("azure_key_config", ["azure"]), ("vertex_key_config", ["vertex"]),
        ("ollama_key_config", ["ollama"]), ("sgl_key_config", ["sgl"]), ("vllm_key_config", ["vllm"]), ("replicate_key_config", ["replicate"]),
    ];

    private bool _isVersion1;

    public void Check(Node root)
    {
        _isVersion1 = root["version"] is { Kind: NodeKind.Number, Text: "1" };
        if (root["providers"] is not { Kind: NodeKind.Section } providers)
        {
            return;
        }

        foreach (var member in providers.Members)
        {
            if (member.Value.Kind == NodeKind.Section)
            {
                CheckProvider(member, JsonPath.Child("$.providers", member.Name));
            }
        }
    }

    private void CheckProvider(Member member, string path)
    {
        var provider = member.Value;
        var custom = provider["custom_provider_config"];
        var isKnown = KnownProviders.Names.Contains(member.Name);
        var wire = custom?.TextOf("base_provider_type") ?? member.Name;
        if (!isKnown && custom is null)
        {
            reading.Report(member.Offset, path,
                "no built-in provider has this name; a provider of your own needs custom_provider_config with base_provider_type",
                NearestName.Find(member.Name, KnownProviders.Names));
        }
        else if (isKnown && custom is not null && wire != member.Name)
        {
            reading.Report(member.Offset, path, $"{member.Name} is built in and cannot become a {wire} provider; choose another name");
        }

        if (member.Name.Length == 0 || member.Name.Contains('/', StringComparison.Ordinal))
        {
            reading.Report(member.Offset, path, "a provider's name must not be empty or hold \"/\": callers write provider/model");
        }

        CheckNetwork(provider, path);
        if (isKnown || custom is not null)
        {
            CheckKeys(provider, member, wire, path);
        }
    }

    private void CheckNetwork(Node provider, string path)
    {
        if (provider["concurrency_and_buffer_size"] is { Kind: NodeKind.Section } sizes
            && Whole(sizes, "concurrency", 1000) is var concurrency && Whole(sizes, "buffer_size", 5000) is var buffer && buffer < concurrency)
        {
            reading.Report(sizes.Offset, JsonPath.Child(path, "concurrency_and_buffer_size"),
                $"buffer_size ({buffer}) must be at least concurrency ({concurrency})");
        }

        if (provider["network_config"] is { Kind: NodeKind.Section } network)
        {
            var networkPath = JsonPath.Child(path, "network_config");
            if (network.IsTrue("insecure_skip_verify") && network.TextOf("ca_cert_pem") is { Length: > 0 })
            {
                reading.Report(network.Find("insecure_skip_verify")!.Offset, networkPath,
                    "insecure_skip_verify and ca_cert_pem exclude each other; keep ca_cert_pem, it is the safe one");
            }

            if (ConfigBinding.Backoff(network, "retry_backoff_initial") > ConfigBinding.Backoff(network, "retry_backoff_max"))
            {
                reading.Report(network.Offset, networkPath, "retry_backoff_initial must not be longer than retry_backoff_max");
            }
        }

        if (provider["proxy_config"] is { Kind: NodeKind.Section } proxy
            && proxy.TextOf("type") is "http" or "socks5" && proxy.TextOf("url") is null or "")
        {
            reading.Report(proxy.Offset, JsonPath.Child(path, "proxy_config"), "a proxy of this type needs \"url\"");
        }
    }

    private void CheckKeys(Node provider, Member member, string wire, string path)
    {
        var isKeyLess = KnownProviders.KeyLess.Contains(wire) || provider["custom_provider_config"]?.IsTrue("is_key_less") == true;
        var keys = provider.ItemsOf("keys");
        if (keys.Count == 0 && (!isKeyLess || wire == "azure"))
        {
            reading.Report(provider["keys"]?.Offset ?? member.Offset, path,
                "needs at least one key: \"keys\": [{\"name\": \"main\", \"value\": \"env.NAME\", \"models\": [\"*\"], \"weight\": 1}]");
        }

        var seen = new HashSet<string>();
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i].Kind == NodeKind.Section)
            {
                var keyPath = JsonPath.Item(JsonPath.Child(path, "keys"), i);
                CheckKey(keys[i], wire, isKeyLess, seen, keyPath);
                if (wire == "azure" && keys[i]["azure_key_config"] is null && provider["network_config"]?["base_url"] is null)
                {
                    reading.Report(keys[i].Offset, keyPath, "an Azure key needs azure_key_config with \"endpoint\"");
                }
            }
        }
    }

    private void CheckKey(Node key, string wire, bool isKeyLess, HashSet<string> seen, string path)
    {
        if (key.TextOf("name") is { Length: > 0 } name && !seen.Add(name))
        {
            reading.Report(key["name"]!.Offset, JsonPath.Child(path, "name"), $"another key of this provider is already called \"{name}\"");
        }

        foreach (var (config, providers) in KeyConfigs)
        {
            if (key.Find(config) is { } member && !providers.Contains(wire))
            {
                reading.Notice($"{JsonPath.Child(path, config)} (line {reading.Line(member.Offset)}) means nothing to provider {wire} and has no effect");
            }
        }

        NoticeIdle(key, path);
        foreach (var list in (string[])["models", "blacklisted_models"])
        {
            CheckPatterns(key, list, path);
        }

        if (!isKeyLess && (key["value"] is null || key.TextOf("value") is { Length: 0 }))
        {
            reading.Report(key["value"]?.Offset ?? key.Offset, JsonPath.Child(path, "value"), "the key is empty; write it here or name a variable: env.NAME");
        }

        if (wire == "azure" && key["azure_key_config"] is { Kind: NodeKind.Section } azure)
        {
            string[] members = ["client_id", "client_secret", "tenant_id"];
            if (members.Count(name => azure.TextOf(name) is { Length: > 0 }) is 1 or 2)
            {
                reading.Report(azure.Offset, JsonPath.Child(path, "azure_key_config"), "client_id, client_secret and tenant_id belong together; give all or none");
            }
        }

        if (wire == "bedrock" && key["bedrock_key_config"] is { Kind: NodeKind.Section } bedrock
            && (bedrock.TextOf("access_key") is { Length: > 0 }) != (bedrock.TextOf("secret_key") is { Length: > 0 }))
        {
            reading.Report(bedrock.Offset, JsonPath.Child(path, "bedrock_key_config"), "access_key and secret_key belong together; give both or neither");
        }
    }

    /// <summary>Older files leave the list out, or empty, and mean everything.</summary>
    private void NoticeIdle(Node key, string path)
    {
        if (key.ItemsOf("models").Count == 0 && !_isVersion1 && key["enabled"] is not { Kind: NodeKind.Flag, Text: "false" })
        {
            var what = key["models"] is null ? "has no \"models\"" : "has an empty list of \"models\"";
            reading.Notice($"{path} (line {reading.Line(key.Offset)}) {what} and serves none; write \"models\": [\"*\"] for all");
        }
    }

    private void CheckPatterns(Node key, string list, string path)
    {
        var items = key.ItemsOf(list);
        for (var i = 0; i < items.Count; i++)
        {
            if (ListedModels.Problem(items[i].Text) is { } problem)
            {
                reading.Report(items[i].Offset, JsonPath.Item(JsonPath.Child(path, list), i), problem);
            }
        }
    }

    private static long Whole(Node section, string name, long otherwise) =>
        section[name] is { Kind: NodeKind.Number } node && long.TryParse(node.Text, out var value) ? value : otherwise;
}
