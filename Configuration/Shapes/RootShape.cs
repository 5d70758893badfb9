namespace BifrostLite.Configuration.Shapes;

/// <summary>
/// Shape of the whole config.json: Bifrost's file, version 2 (its transports/config.schema.json and docs/deployment-guides/config-json),
/// with the few keys of this gateway marked as such. The one description from which everything else is derived.
/// </summary>
internal static class RootShape
{
    private static readonly Shape SheetUrl = new(ShapeKind.Text) { Form = TextForm.SheetUrl };

    private static readonly Shape Framework = Shape.Section(
        new Field("pricing", Shape.Section(
            new("pricing_url", SheetUrl, "Price sheet in LiteLLM's style: http, https or file URL; absent: the one built in."),
            new("pricing_sync_interval", Shape.Whole(3600), "Seconds between two looks at the price sheet.", "86400"),
            new("model_parameters_url", SheetUrl, "Sheet of what models take.", null, Effect.NotYet),
            new("live_models_sync_interval", Shape.Whole(60), "Seconds after which providers' lists of models that are in use are fetched anew.", "3600"),
            new("mcp_library_url", SheetUrl, "List of MCP servers.", null, Effect.NotNeeded),
            new("mcp_library_sync_interval", Shape.Whole(3600), "Seconds between two looks at that list.", null, Effect.NotNeeded)).Named("pricing"),
            "Where prices come from."));

    public static readonly Shape Value = Shape.Section(
        new("$schema", Shape.Literal, "Where editors find the JSON Schema of this file."),
        new("version", Shape.Whole(1, 2), "2: an empty list allows nothing; 1: an empty list allows everything.", "2"),
        new("providers", Shape.MapOf(ProviderShape.Value), "Providers by name. Absent: taken from the usual environment variables."),
        new("client", ClientShape.Value, "How callers are treated."),
        new("governance", GovernanceShape.Value, "Who may call what, at which rate and price."),
        new("auth_config", GovernanceShape.Auth, "Old place of governance.auth_config."),
        new("encryption_key", Shape.Secret, "Seals what is kept in the stores: a text, best 32 random bytes in base64, or env.NAME."),
        new("source_of_truth", Shape.OneOf("split", "config.json"), "Whether the file or the store wins; this gateway has only the file.", null, Effect.NotNeeded),
        new("env_label", Shape.Text, "Label of Bifrost's web UI.", null, Effect.NotNeeded),
        new("server", Shape.Section(new Field("read_buffer_size", Shape.Whole(1, 16_777_216), "Most bytes of a request's headers; read at start only.", "65536")), "HTTP server."),
        new("config_store", StoreShape.Configuration, "Database for counters and what is configured at run time. Absent: a file in the app directory."),
        new("logs_store", StoreShape.Logs, "Database for the request log, jobs and conversations. Absent: a file in the app directory."),
        new("vector_store", StoreShape.Vectors, "Database for the answer cache, which here lies in logs_store.", null, Effect.NotNeeded),
        new("plugins", Shape.ListOf(PluginShape.Value), "Plugins: the answer cache (semantic_cache, local_cache), and of governance, logging and telemetry the settings."),
        new("framework", Framework, "Price sheet."),
        new("webhooks", Shape.ListOf(WebhookShape.Value), "Addresses that are told when an asynchronous job is over."),
        Unread("mcp", "Tool servers"),
        Unread("websocket", "WebSocket connections"),
        Enterprise("cluster_config", "Several instances together"),
        new("large_payload_optimization", Shape.Section(
            new("enabled", Shape.Flag, "Whether large bodies are streamed.", "false"),
            new("request_threshold_bytes", Shape.Whole(0), "Size from which a request counts as large.", "10485760"),
            new("response_threshold_bytes", Shape.Whole(0), "Size from which an answer counts as large.", "10485760"),
            new("prefetch_size_bytes", Shape.Whole(0), "Bytes looked at.", "65536"),
            new("max_payload_bytes", Shape.Whole(0), "Largest body.", "524288000"),
            new("truncated_log_bytes", Shape.Whole(0), "Bytes kept in the log.", "1048576")), "Large bodies are streamed here anyway.", null, Effect.NotNeeded),
        Enterprise("guardrails_config", "Checks of what is asked and answered"),
        new("access_profiles", Shape.ListOf(Shape.MapOf(Shape.Anything)), "Access profiles (Bifrost enterprise).", null, Effect.NotYet),
        Enterprise("alerting", "Alerts"),
        Enterprise("audit_logs", "Audit log"),
        Enterprise("load_balancer_config", "Adaptive load balancing"),
        Enterprise("scim_config", "Users from a directory"),
        Enterprise("feature_flags", "Feature flags"),
        Enterprise("circuit_breaker_config", "Circuit breakers"),
        Enterprise("skills_registry", "Skills"))
        .Named("config");

    private static Field Enterprise(string name, string what) => Unread(name, what + " (Bifrost enterprise)");

    /// <summary>A part of Bifrost that is not here: whatever stands in it cannot be wrong.</summary>
    private static Field Unread(string name, string what) => new(name, Shape.MapOf(Shape.Anything), what + ".", null, Effect.NotYet);
}
