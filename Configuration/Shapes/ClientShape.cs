namespace BifrostLite.Configuration.Shapes;

/// <summary>Shape of "client": how the gateway treats its callers. Keys, ranges and defaults as in Bifrost's config.schema.json.</summary>
internal static class ClientShape
{
    private static readonly Shape Compat = Shape.Section(
        new("convert_text_to_chat", Shape.Flag, "Send text completions to models that only chat.", "false", Effect.NotYet),
        new("convert_chat_to_responses", Shape.Flag, "Send chat requests to /v1/responses where a model has nothing else.", "false", Effect.NotNeeded),
        new("should_drop_params", Shape.Flag, "Drop parameters a model does not take.", "false", Effect.NotYet),
        new("should_convert_params", Shape.Flag, "Convert parameter values a model does not take.", "false", Effect.NotYet),
        new("azure_deepseek", Shape.Flag, "Adapt requests to DeepSeek models on Azure.", "false", Effect.NotYet),
        new("force_reasoning_only_models_to_responses", Shape.Flag, "Send reasoning models to /v1/responses.", "false", Effect.NotNeeded))
        .Named("compat");

    private static readonly Shape HeaderFilter = Shape.Section(
        new("allowlist", Shape.Texts, "If not empty, only these headers are forwarded to providers, with or without the prefix x-bf-eh-."),
        new("denylist", Shape.Texts, "Headers that are never forwarded to providers."))
        .Named("header_filter_config");

    public static readonly Shape Value = Shape.Section([.. Access(), .. Logging(), .. Tuning(), .. Tools()]).Named("client");

    private static Field[] Access() =>
    [
        new("enforce_auth_on_inference", Shape.Flag, "Every caller must show a virtual key.", "false"),
        new("enforce_governance_header", Shape.Flag, "Old name of enforce_auth_on_inference.", "false"),
        new("enforce_scim_auth", Shape.Flag, "Old name of enforce_auth_on_inference.", "false"),
        new("allow_direct_keys", Shape.Flag, "Callers may bring a provider key of their own (x-bf-direct-key: true).", "false"),
        new("dual_credential_conflict_behavior", Shape.OneOf("error", "prefer_vk", "prefer_idp"),
            "What holds when a request carries both an identity token and a virtual key.", "\"prefer_idp\"", Effect.NotYet),
        new("required_headers", Shape.Texts, "Headers without which a request is refused with 400.", "[]"),
        new("whitelisted_routes", Shape.Texts, "Exact paths that need neither a virtual key nor the administrator's password.", "[]"),
        new("allowed_origins", Shape.Texts, "Origins a browser may call from; \"*\" for all.", "[\"*\"]"),
        new("allowed_headers", Shape.Texts, "Further request headers a browser may send.", "[]"),
        new("header_filter_config", HeaderFilter, "Which of the callers' headers reach the providers."),
        new("max_request_body_size_mb", Shape.Whole(1, 2047), "Largest request body in MiB.", "100"),
        new("response_retention_days", Shape.Whole(1, 36_500),
            "Days a stored response of /v1/responses is kept; conversations stay until they are deleted (this gateway's own key).", "30"),
        new("strict_translation", Shape.Flag,
            "A request that cannot be translated without loss is refused with 400 before anybody is called (this gateway's own key).", "false"),
    ];

    private static Field[] Logging() =>
    [
        new("enable_logging", Shape.Flag, "Keep requests in the logs store.", "true"),
        new("disable_content_logging", Shape.Flag, "Keep nothing of what was asked and answered.", "false"),
        new("allow_per_request_content_storage_override", Shape.Flag, "Callers may switch content logging per request (x-bf-disable-content-logging).", "false"),
        new("allow_per_request_raw_override", Shape.Flag, "Callers may ask for the raw request and answer (x-bf-send-back-raw-request, -response); Bifrost lets them only where this is true.", "true"),
        new("log_retention_days", Shape.Whole(1), "Days a log entry is kept.", "365"),
        new("logging_headers", Shape.Texts, "Request headers kept with a log entry; never credentials.", "[]"),
        new("hide_deleted_virtual_keys_in_filters", Shape.Flag, "Leave deleted virtual keys out of log filters.", "false", Effect.NotNeeded),
        new("dump_errors_in_console_logs", Shape.Flag, "Write whole errors to the console.", "false", Effect.NotYet),
        new("prometheus_labels", Shape.Texts, "Further labels of the metrics, from callers' x-bf-dim-* headers.", "[]"),
        new("webhook_config", Shape.Section(
            new Field("delivery_history_retention_days", Shape.Whole(1), "Days a delivery record is kept.", "30")),
            "Delivery of webhooks.", null, Effect.NotYet),
    ];

    private static Field[] Tuning() =>
    [
        new("drop_excess_requests", Shape.Flag, "Refuse at once instead of waiting when a provider's queue is full.", "false"),
        new("request_deadline_in_seconds", Shape.Whole(1, 86_400),
            "Longest time of a request as a whole, waits, retries and fallbacks included; absent: none (this gateway's own key)."),
        new("enable_litellm_fallbacks", Shape.Flag, "Switch of Bifrost 1.4.", "false", Effect.NotNeeded),
        new("initial_pool_size", Shape.Whole(1), "Size of Bifrost's object pools.", "300", Effect.NotNeeded),
        new("async_job_result_ttl", Shape.Whole(1), "Seconds the result of an asynchronous job is kept.", "3600"),
        new("async_workers", Shape.Whole(1, 1000), "How many asynchronous jobs run at a time (this gateway's own key).", "16"),
        new("async_on_restart", Shape.OneOf("rerun", "fail"),
            "What becomes of a job that ran when the gateway was stopped (this gateway's own key).", "\"rerun\""),
        new("async_webhooks", Shape.ListOf(WebhookShape.Short), "Short form of \"webhooks\" (this gateway's own key)."),
        new("disable_db_pings_in_health", Shape.Flag, "GET /health tells nothing of the stores.", "false"),
        new("routing_chain_max_depth", Shape.Whole(1), "How many routing rules may follow each other.", "10"),
        new("compat", Compat, "Conversions for models that lack an operation or a parameter."),
    ];

    private static Field[] Tools() =>
    [
        new("mcp_agent_depth", Shape.Whole(1), "How many tool rounds an agent may take.", "10", Effect.NotYet),
        new("mcp_tool_execution_timeout", Shape.Whole(1), "Seconds a tool may run.", "30", Effect.NotYet),
        new("mcp_code_mode_binding_level", Shape.OneOf("server", "tool"), "How tools are bound in code mode.", null, Effect.NotYet),
        new("mcp_tool_sync_interval", Shape.Whole(0), "Minutes between two looks at a server's tools; 0 for never.", "10", Effect.NotYet),
        new("mcp_disable_auto_tool_inject", Shape.Flag, "Do not add tools to requests.", "false", Effect.NotYet),
        new("mcp_enable_temp_token_auth", Shape.Flag, "Short-lived tokens for pages that sign a user in.", "false", Effect.NotYet),
        new("mcp_external_client_url", Shape.Setting, "Public address of this gateway for OAuth redirects.", null, Effect.NotYet),
        new("mcp_server_auth_mode", Shape.OneOf("headers", "both", "oauth"), "How /mcp knows its callers.", null, Effect.NotYet),
        new("oauth2_server_config", Shape.Section(
            new("issuer_url", Shape.Setting, "Public address of the issuer."),
            new("auth_code_ttl", Shape.Whole(1, 900), "Seconds an authorization code lives.", "300"),
            new("access_token_ttl", Shape.Whole(1), "Seconds an access token lives.", "600"),
            new("disable_vk_identity", Shape.Flag, "Virtual keys are no identity.", "false")),
            "Authorization server for /mcp.", null, Effect.NotYet),
    ];
}
