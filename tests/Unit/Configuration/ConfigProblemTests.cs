namespace BifrostLite.Tests.Unit.Configuration;

public sealed class ConfigProblemTests
{
    private const string Key = "\"keys\": [{\"value\": \"k\"}]";

    [Fact]
    public void Parse_ManyMistakes_ReportsAllInOrderWithTheirPlaces()
    {
        var problems = Load.Problems(
            """
            {
              "providers": {
                "opnai": {"keys": [{"value": "sk-1"}]},
                "anthropic": {
                  "keys": [{"name": "a", "value": "env.NOT_THERE", "wieght": 1}],
                  "network_config": {"max_retries": "3", "default_request_timeout_in_second": 5}
                }
              },
              "client": {"maxRequestBodySizeMb": 5}
            }
            """);

        Assert.Equal(
            [
                "config.json:3:5: $.providers.opnai: no built-in provider has this name; a provider of your own needs custom_provider_config with base_provider_type (did you mean \"openai\"?)",
                "config.json:5:39: $.providers.anthropic.keys[0].value: the environment variable NOT_THERE is not set; set it before the start",
                "config.json:5:56: $.providers.anthropic.keys[0].wieght: there is no such key (did you mean \"weight\"?)",
                "config.json:6:41: $.providers.anthropic.network_config.max_retries: must be a number, not a text",
                "config.json:6:46: $.providers.anthropic.network_config.default_request_timeout_in_second: there is no such key (did you mean \"default_request_timeout_in_seconds\"?)",
                "config.json:9:14: $.client.maxRequestBodySizeMb: there is no such key (did you mean \"max_request_body_size_mb\"?)",
            ],
            problems);
    }

    [Theory]
    [InlineData("\"max_retries\": -1", "max_retries: must be between 0 and 100, not -1")]
    [InlineData("\"max_retries\": 1.5", "max_retries: must be a whole number")]
    [InlineData("\"max_retries\": null", "max_retries: must be a number, not null")]
    [InlineData("\"base_url\": \"api.openai.com\"", "base_url: must be a whole address: http://host or https://host")]
    [InlineData("\"extra_headers\": [\"a\"]", "extra_headers: must be an object, not a list")]
    [InlineData("\"enforce_http2\": \"true\"", "enforce_http2: must be true or false, not a text")]
    [InlineData("\"retry_backoff_max\": \"soon\"", "retry_backoff_max: must be a duration such as \"500ms\", \"30s\" or \"1h30m\"")]
    [InlineData("\"retry_backoff_max\": true", "retry_backoff_max: must be a number or a text, not true or false")]
    [InlineData("\"retry_backoff_max\": 100", "retry_backoff_initial must not be longer than retry_backoff_max")]
    [InlineData("\"insecure_skip_verify\": true, \"ca_cert_pem\": \"x\"", "insecure_skip_verify and ca_cert_pem exclude each other; keep ca_cert_pem, it is the safe one")]
    public void Parse_WrongNetworkValue_SaysWhatToWrite(string member, string expected) =>
        Assert.EndsWith(expected, Assert.Single(Load.Problems($$"""{"providers": {"openai": { {{Key}}, "network_config": { {{member}} } } } }""")), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"openai\": {}", "needs at least one key")]
    [InlineData("\"olama\": {}", "(did you mean \"ollama\"?)")]
    [InlineData("\"openai\": {\"keys\": [{\"value\": \"\"}]}", "the key is empty")]
    [InlineData("\"openai\": {\"keys\": [{\"name\": \"a\", \"value\": \"1\"}, {\"name\": \"a\", \"value\": \"2\"}]}", "another key of this provider is already called \"a\"")]
    [InlineData("\"openai\": {\"keys\": [{\"value\": \"1\", \"models\": \"*\"}]}", "must be a list, not a text; write it in brackets: [\"...\"]")]
    [InlineData("\"openai\": {\"base_url\": \"http://x\", \"keys\": [{\"value\": \"1\"}]}", "there is no such key (did you mean \"network_config.base_url\"?)")]
    [InlineData("\"azure\": {\"keys\": [{\"value\": \"1\"}]}", "an Azure key needs azure_key_config with \"endpoint\"")]
    [InlineData("\"bedrock\": {\"keys\": [{\"bedrock_key_config\": {\"access_key\": \"A\", \"region\": \"us-east-1\"}}]}", "access_key and secret_key belong together; give both or neither")]
    [InlineData("\"mine\": {\"keys\": [{\"value\": \"1\"}], \"custom_provider_config\": {}}", "\"base_provider_type\" is missing")]
    [InlineData("\"mine\": {\"keys\": [{\"value\": \"1\"}], \"custom_provider_config\": {\"base_provider_type\": \"opnai\"}}", "must be a known name (did you mean \"openai\"?)")]
    [InlineData("\"groq\": {\"keys\": [{\"value\": \"1\"}], \"custom_provider_config\": {\"base_provider_type\": \"openai\"}}", "groq is built in and cannot become a openai provider; choose another name")]
    [InlineData("\"openai\": {\"keys\": [{\"value\": \"1\"}], \"concurrency_and_buffer_size\": {\"concurrency\": 9, \"buffer_size\": 5}}", "buffer_size (5) must be at least concurrency (9)")]
    [InlineData("\"openai\": {\"keys\": [{\"value\": \"1\"}], \"proxy_config\": {\"type\": \"socks5\"}}", "a proxy of this type needs \"url\"")]
    [InlineData("\"openai\": {\"keys\": [{\"value\": \"vault.a/b\"}]}", "vault references are not supported; use env.NAME")]
    [InlineData("\"openai\": {\"keys\": [{\"value\": \"env.A-B\"}]}", "what follows \"env.\" is not the name of an environment variable")]
    public void Parse_WrongProvider_SaysWhatToWrite(string provider, string expected) =>
        Assert.Contains(expected, Assert.Single(Load.Problems("{\"providers\": {" + provider + "}}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"virtual_keys\": [{\"id\": \"a\", \"name\": \"a\", \"rate_limit_id\": \"rl\"}]", "governance.rate_limits has no \"rl\"")]
    [InlineData("\"virtual_keys\": [{\"id\": \"a\", \"name\": \"a\"}, {\"id\": \"a\", \"name\": \"b\"}]", "\"a\" is already the id of another entry")]
    [InlineData("\"virtual_keys\": [{\"id\": \"a\", \"name\": \"a\", \"provider_configs\": [{\"provider\": \"openai\", \"allowed_models\": \"*\"}]}]", "must be a list, not a text; write it in brackets")]
    [InlineData("\"budgets\": [{\"id\": \"b\", \"max_limit\": 1, \"reset_duration\": \"monthly\"}]", "must be a window such as")]
    [InlineData("\"rate_limits\": [{\"id\": \"b\", \"token_max_limit\": 1}]", "token_max_limit needs token_reset_duration")]
    [InlineData("\"routing_rules\": [{\"id\": \"r\", \"name\": \"r\", \"targets\": [{\"provider\": \"openai\", \"weight\": 0.5}]}]", "the weights must add up to 1, not 0.5")]
    [InlineData("\"routing_rules\": [{\"id\": \"r\", \"name\": \"r\", \"scope\": \"team\", \"targets\": [{\"weight\": 1}]}]", "a rule of this scope needs \"scope_id\"")]
    public void Parse_WrongGovernance_SaysWhatToWrite(string member, string expected) =>
        Assert.Contains(expected, Assert.Single(Load.Problems("{\"governance\": {" + member + "}}")), StringComparison.Ordinal);

    [Theory]
    [InlineData("{\n  // no\n  \"version\": 2\n}", "config.json:2:3: JSON has no comments")]
    [InlineData("{\"version\": 2,}", "config.json:1:14: JSON allows no comma before a closing bracket")]
    [InlineData("{\"providers\": {\"openai\": {\"keys\": [{\"value\": \"k\"},]}}}", "config.json:1:50: $.providers.openai.keys: JSON allows no comma")]
    [InlineData("{\"version\": 2\n \"client\": {}}", "config.json:2:2: not valid JSON: '\"' cannot stand here")]
    [InlineData("{\"version\": 2", "config.json:1:14: the file ends too early")]
    [InlineData("{'version': 2}", "config.json:1:2: JSON texts stand in double quotes")]
    [InlineData("", "config.json:1:1: the file is empty")]
    [InlineData("\n", "config.json:1:1: the file is empty")]
    [InlineData("[]", "config.json:1:1: must be an object, not a list")]
    [InlineData("{\"version\": 2,\n \"version\": 1}", "config.json:2:2: $.version: this key stands here twice; the first is on line 1")]
    [InlineData("{\"encryption_key\": \"\\ud800\"}", "config.json:1:20: this text is not valid UTF-8")]
    [InlineData("{\"ü\": \"ü\", \"x\": 1, \"version\": 2}", "config.json:1:12: $.x: there is no such key")]
    public void Parse_BrokenJson_NamesThePlace(string json, string expected) =>
        Assert.Contains(Load.Problems(json), problem => problem.StartsWith(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("""{"providers": {"openai": {"keys": [{"value": sk-hidden-1234}]}}}""")]
    [InlineData("""{"providers": {"openai": {"keys": [{"value": ["sk-hidden-1234"], "models": true}]}}}""")]
    [InlineData("""{"providers": {"openai": {"keys": "sk-hidden-1234"}}, "encryption_key": 1}""")]
    [InlineData("""{"providers": {"openai": {"keys": [{"value": "sk-hidden-1234", "weight": "1"}], "network_config": {"base_url": "user:sk-hidden-1234@host"}}}}""")]
    [InlineData("""{"providers": {"openai": {"keys": [{"value": "env.KEY", "wrong": 1}]}}}""")]
    public void Parse_ProblemNearASecret_DoesNotShowIt(string json) =>
        Assert.DoesNotContain(Load.Problems(json, ("KEY", "sk-hidden-1234")), problem => problem.Contains("hidden", StringComparison.Ordinal));

    [Fact]
    public void Parse_ByteOrderMark_IsAccepted() => Load.Valid("\uFEFF{\"providers\": {\"demo\": {}}}");
}
