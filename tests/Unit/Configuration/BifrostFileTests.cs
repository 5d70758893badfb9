using BifrostLite.Providers;

namespace BifrostLite.Tests.Unit.Configuration;

/// <summary>What files of Bifrost's hold beyond the plain: references as objects, settings in plugins, parts that are not here.</summary>
public sealed class BifrostFileTests
{
    [Theory]
    [InlineData("""{"value": "sk-1"}""")]
    [InlineData("""{"value": "sk-1", "env_var": "", "from_env": false}""")]
    [InlineData("""{"value": "sk-1", "type": "plain_text"}""")]
    [InlineData("""{"value": "", "ref": "env.KEY", "type": "env"}""")]
    [InlineData("""{"value": "", "ref": "env.KEY"}""")]
    [InlineData("""{"env_var": "KEY", "from_env": true}""")]
    [InlineData("""{"value": "env.KEY", "env_var": "env.KEY"}""")]
    [InlineData("""{"value": "env.KEY"}""")]
    public void Parse_SecretAsAnObject_IsWhatItRefersTo(string value)
    {
        var key = Load.Valid("{\"providers\": {\"openai\": {\"keys\": [{\"models\": [\"*\"], \"value\": " + value + "}]}}}", ("KEY", "sk-1")).Providers["openai"].Keys[0];

        Assert.Equal("sk-1", key.Value.Reveal());
    }

    [Theory]
    [InlineData("""{"value": "", "ref": "vault.a/b", "type": "vault"}""", "vault references are not supported; use env.NAME")]
    [InlineData("""{"from_env": true}""", "names no environment variable")]
    [InlineData("""{"env_var": ""}""", "\"value\" is missing")]
    [InlineData("""{"env_var": "ABSENT", "from_env": true}""", "the environment variable ABSENT is not set; set it before the start")]
    public void Parse_ReferenceThatLeadsNowhere_IsAProblem(string value, string problem)
    {
        var problems = Load.Problems("{\"providers\": {\"openai\": {\"keys\": [{\"value\": " + value + "}]}}}");

        Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_PluginsOfOlderFiles_SetWhatClientSets()
    {
        var config = Load.Valid(
            """
            {
              "providers": {"demo": {}},
              "client": {"logging_headers": ["x-a"], "prometheus_labels": ["team"]},
              "plugins": [
                {"name": "logging", "enabled": true, "config": {"disable_content_logging": true, "allow_per_request_content_storage_override": true, "logging_headers": ["x-b"]}},
                {"name": "telemetry", "enabled": true, "config": {"custom_labels": ["app"]}},
                {"name": "governance", "enabled": false, "config": {"is_vk_mandatory": true}},
                {"name": "otel", "enabled": true, "config": {"anything": 1}},
                {"name": "maxim", "enabled": false}
              ]
            }
            """);

        Assert.True(config.Client.DisableContentLogging && config.Client.AllowContentLoggingOverride);
        Assert.Equal(["x-a", "x-b"], config.Client.LoggingHeaders);
        Assert.Equal(["team", "app"], config.Client.PrometheusLabels);
        Assert.False(config.Client.EnforceAuthOnInference);
        Assert.Equal(["$.plugins[3].config (line 8) is read and checked, but has no effect in this version"], config.Notices);
    }

    [Fact]
    public void Parse_PartsThatAreNotHere_CannotBeWrong()
    {
        var config = Load.Valid(
            """
            {
              "providers": {"demo": {}}, "env_label": "longer than ten",
              "mcp": {"client_configs": [{"id": 1, "http_url": "env.ABSENT"}]},
              "cluster_config": {"enabled": true},
              "logs_store": {"enabled": true, "type": "clickhouse", "config": {"host": "h", "secure": true}}
            }
            """);

        Assert.Null(config.LogsStore!.Path);
        Assert.Equal(
            [
                "$.env_label (line 2) is not needed by this gateway and has no effect",
                "$.mcp (line 3) is read and checked, but has no effect in this version",
                "$.cluster_config (line 4) is read and checked, but has no effect in this version",
                "$.logs_store (line 5): ClickHouse is not supported; the log is kept in a file in the app directory",
            ],
            config.Notices);
    }

    [Theory]
    [InlineData("file:///etc/prices.json", "/etc/prices.json")]
    [InlineData("file://../prices.json", null)]
    [InlineData("file://prices.json", null)]
    public void Parse_SheetInAFile_MayStandInTheWorkingDirectory(string url, string? path)
    {
        var sheet = Load.Valid("{\"framework\": {\"pricing\": {\"pricing_url\": \"" + url + "\"}}}").Pricing.Url!;

        Assert.True(sheet.IsFile);
        Assert.Equal(path ?? Path.GetFullPath(url["file://".Length..]), sheet.LocalPath);
    }

    [Fact]
    public void Parse_VirtualKeyWithoutName_IsCalledAfterItsId()
    {
        var key = Assert.Single(Load.Valid("""{"governance": {"virtual_keys": [{"id": "vk-1", "value": "sk-bf-1"}]}}""").Governance.VirtualKeys);

        Assert.Equal("vk-1", key.Name);
    }

    [Fact]
    public void Parse_Webhooks_AreBoundWithBifrostsDefaults()
    {
        var config = Load.Valid(
            """
            {
              "providers": {"demo": {}},
              "webhooks": [
                {"name": "a", "url": "https://hooks.example/a", "secret": "env.S", "events": ["async_job.failed"], "headers": {"X-A": "env.S"}, "max_retries": 9},
                {"name": "b", "url": "http://10.0.0.1/b", "events": [], "allow_private_network": true}
              ],
              "client": {"async_webhooks": [{"name": "c", "url": "http://127.0.0.1/c", "secret": "s"}]}
            }
            """,
            ("S", "whsec_x"));

        var hooks = config.Client.AsyncWebhooks;
        Assert.Equal(["a", "b", "c"], hooks.Select(hook => hook.Name));
        Assert.Equal(["async_job.failed"], hooks[0].Events);
        Assert.Equal(("whsec_x", "whsec_x", 9), (hooks[0].Secret.Reveal(), hooks[0].Headers["X-A"], hooks[0].MaxRetries));
        Assert.Equal(2, hooks[2].Events.Count);
        Assert.Equal(["$.webhooks[1] (line 5) has no \"secret\": its posts are not signed"], config.Notices);
    }

    [Theory]
    [InlineData("""{"name": "a", "url": "http://10.0.0.1/b", "events": []}""", "must be an https URL")]
    [InlineData("""{"name": "a", "url": "https://a", "events": []}, {"name": "a", "url": "https://b", "events": []}""", "another webhook is already called")]
    [InlineData("""{"name": "a", "url": "https://a", "events": ["job.done"]}""", "must be one of async_job.completed, async_job.failed")]
    public void Parse_WebhookThatCannotBeCalled_IsAProblem(string webhooks, string problem) =>
        Assert.Contains(problem, Assert.Single(Load.Problems("{\"webhooks\": [" + webhooks + "]}")), StringComparison.Ordinal);

    [Fact]
    public void Parse_AliasThatSaysWhereItsModelIs_HasAKeyOfItsOwn()
    {
        var providers = Load.Valid(
            """
            {"providers": {
              "azure": {"keys": [{"name": "a", "value": "k", "models": ["*"], "azure_key_config": {"endpoint": "https://one.example", "api_version": "v1"},
                "aliases": {"near": "dep-1", "far": {"model_id": "dep-2", "model_name": "gpt-4o", "endpoint": {"value": "https://two.example"}}}}]},
              "bedrock": {"keys": [{"name": "b", "models": ["*"], "bedrock_key_config": {"region": "us-east-1", "arn": "arn:a"},
                "aliases": {"eu": {"model_id": "m", "region": "eu-west-1", "inference_profile_arn": "arn:b"}}}]}
            }}
            """).Providers;

        var azure = providers["azure"].Keys[0];
        Assert.Equal(("https://one.example", "https://two.example", "v1"), (azure.For("dep-1").Azure!.Endpoint, azure.For("dep-2").Azure!.Endpoint, azure.For("dep-2").Azure!.ApiVersion));
        Assert.Equal(("dep-2", "gpt-4o", "k"), (azure.Aliases["far"], azure.ModelNames!["far"], azure.For("dep-2").Value.Reveal()));
        var bedrock = providers["bedrock"].Keys[0];
        Assert.Equal(("eu-west-1", "arn:b", "us-east-1"), (bedrock.For("m").Bedrock!.Region, bedrock.For("m").Bedrock!.Arn, bedrock.For("other").Bedrock!.Region));
        Assert.Null(bedrock.ModelNames);
    }

    [Theory]
    [InlineData("""{"governance": {"routing_rules": [{"id": "r", "name": "r", "provider": "openai", "targets": [{"weight": 1}]}]}}""", "targets[].provider")]
    [InlineData("""{"governance": {"virtual_keys": [{"id": "v", "provider_configs": [{"provider": "openai", "allowed_keys": []}]}]}}""", "key_ids")]
    public void Parse_KeyOfAnOlderFile_IsToldItsNewPlace(string json, string place) =>
        Assert.Contains($"did you mean \"{place}\"?", Assert.Single(Load.Problems(json)), StringComparison.Ordinal);

    [Fact]
    public void Parse_BetasAndTheProxysAuthority_AreBound()
    {
        var provider = Load.Valid(
            """
            {"providers": {"anthropic": {"keys": [{"name": "a", "value": "k", "models": ["*"]}],
              "network_config": {"beta_header_overrides": {"redact-thinking-": false, "files-": true}},
              "proxy_config": {"type": "http", "url": "http://proxy:1", "ca_cert_pem": "PEM"}}}}
            """).Providers["anthropic"];

        Assert.Equal(["redact-thinking-"], provider.Network.RefusedBetas!);
        Assert.Equal("PEM", PoolSettings.Of(provider).CaCertPem);
        Assert.Equal("A\nPEM", PoolSettings.Of(provider with { Network = provider.Network with { CaCertPem = "A" } }).CaCertPem);
    }
}
