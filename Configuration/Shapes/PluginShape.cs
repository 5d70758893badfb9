namespace BifrostLite.Configuration.Shapes;

/// <summary>Shape of one entry of "plugins": those whose settings are taken are known to the last key, the others may carry anything.</summary>
internal static class PluginShape
{
    /// <summary>The answer cache, by its name in Bifrost 1.x.</summary>
    public const string CacheName = "semantic_cache";

    /// <summary>The same in Bifrost 2.x.</summary>
    public const string NewCacheName = "local_cache";

    public static readonly Shape Cache = Shape.Section(
        new("provider", Shape.NotEmpty, "Provider that makes the embeddings; absent: only equal requests are found."),
        new("embedding_model", Shape.NotEmpty, "Model that makes the embeddings."),
        new("dimension", Shape.Whole(0), "Length of an embedding, for vector databases; here it is seen from the embeddings.", null, Effect.Bookkeeping),
        new("ttl", Shape.Either(Shape.Duration, Shape.Whole(0)), "How long an answer is kept.", "\"5m\""),
        new("threshold", Shape.Real(0, 1), "How alike two requests must be.", "0.8"),
        new("vector_store_namespace", Shape.Text, "Where in the store the answers are kept."),
        new("default_cache_key", Shape.Text, "Cache key of requests without one."),
        new("conversation_history_threshold", Shape.Whole(0), "Longer conversations are not kept.", "3"),
        new("cache_by_model", Shape.Flag, "The model is part of the key.", "true"),
        new("cache_by_provider", Shape.Flag, "The provider is part of the key.", "true"),
        new("exclude_system_prompt", Shape.Flag, "The system prompt is no part of the key.", "false"),
        new("cleanup_on_shutdown", Shape.Flag, "Empty the cache at the end.", "false"),
        new("keys", Shape.Anything, "Keys for the embedding provider (old place); here those of the provider are used.", null, Effect.NotNeeded)).Named("semantic_cache");

    private static readonly Shape Governance = Shape.Section(
        new("is_vk_mandatory", Shape.Flag, "Old name of client.enforce_auth_on_inference.", "false"),
        new("required_headers", Shape.Texts, "Headers without which a request is refused.", "[]"),
        new("is_enterprise", Shape.Flag, "Bifrost's enterprise edition.", null, Effect.NotNeeded)).Named("governance_plugin");

    private static readonly Shape Logging = Shape.Section(
        new("disable_content_logging", Shape.Flag, "Keep no content.", "false"),
        new("allow_per_request_content_storage_override", Shape.Flag, "Callers may switch content logging per request.", "false"),
        new("logging_headers", Shape.Texts, "Request headers kept with a log entry.", "[]")).Named("logging_plugin");

    private static readonly Shape Telemetry = Shape.Section(
        new("custom_labels", Shape.Texts, "Further labels of the metrics.", "[]"),
        new("push_gateway", Shape.Section(
            new("enabled", Shape.Flag, "Whether metrics are pushed.", "false"),
            new Field("push_gateway_url", Shape.Url, "Address of the push gateway.").Required(),
            new("job_name", Shape.Text, "Job label.", "\"bifrost\""),
            new("instance_id", Shape.Text, "Instance label; absent: the host's name."),
            new("push_interval", Shape.Whole(1, 300), "Seconds between two pushes.", "15"),
            new("basic_auth", Shape.Section(
                new Field("username", Shape.Text, "User name.").Required(),
                new Field("password", Shape.Secret, "Password.").Required()), "Credentials of the push gateway.")),
            "Pushing metrics.", null, Effect.NotYet)).Named("telemetry_plugin");

    public static readonly Shape Value = Shape.Section(
        new Field("name", Shape.NotEmpty, "Name of the plugin.").Required(),
        new Field("enabled", Shape.Flag, "Whether it is used.").Required(),
        new("config", Shape.Anything, "The plugin's own keys.", null, Effect.NotYet)
        {
            ChosenBy = "name",
            Cases =
            [
                KeyValuePair.Create(CacheName, Cache),
                KeyValuePair.Create(NewCacheName, Cache),
                KeyValuePair.Create("governance", Governance),
                KeyValuePair.Create("logging", Logging),
                KeyValuePair.Create("telemetry", Telemetry),
            ],
        },
        new("path", Shape.Text, "File of a dynamic plugin.", null, Effect.NotYet),
        new("version", Shape.Whole(1, 32_767), "Version of the entry.", "1"),
        new("placement", Shape.OneOf("pre_builtin", "post_builtin", "builtin"), "Where it stands in the chain.", "\"post_builtin\""),
        new("order", Shape.Whole(), "Order among its kind.", "0"))
        .Named("plugin");
}
