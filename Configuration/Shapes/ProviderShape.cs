namespace BifrostLite.Configuration.Shapes;

/// <summary>Shape of one entry of "providers".</summary>
internal static class ProviderShape
{
    private static readonly string[] RequestTypes =
    [
        "list_models", "text_completion", "text_completion_stream", "chat_completion", "chat_completion_stream",
        "responses", "responses_stream", "responses_retrieve", "responses_delete", "responses_cancel", "responses_input_items", "count_tokens", "compaction", "embedding", "rerank", "ocr",
        "speech", "speech_stream", "transcription", "transcription_stream",
        "image_generation", "image_generation_stream", "image_edit", "image_edit_stream", "image_variation",
        "video_generation", "video_retrieve", "video_download", "video_delete", "video_list", "video_remix",
        "batch_create", "batch_list", "batch_retrieve", "batch_cancel", "batch_delete", "batch_results",
        "file_upload", "file_list", "file_retrieve", "file_delete", "file_content",
        "container_create", "container_list", "container_retrieve", "container_delete",
        "container_file_create", "container_file_list", "container_file_retrieve", "container_file_content", "container_file_delete",
        "passthrough", "passthrough_stream", "websocket_responses", "realtime",
        "cached_content_create", "cached_content_list", "cached_content_retrieve", "cached_content_update", "cached_content_delete",
    ];

    private static readonly Shape Custom = Shape.Section(
        new Field("base_provider_type", Shape.OneOf([.. KnownProviders.Bases]), "Whose wire the provider speaks.").Required(),
        new("is_key_less", Shape.Flag, "The provider needs no key.", "false"),
        new("allowed_requests", ByRequestType(Shape.Flag, "may be sent"), "Request types that may be sent; absent: all."),
        new("request_path_overrides", ByRequestType(new Shape(ShapeKind.Text) { Form = TextForm.PathOrUrl }, "goes to this path or URL"),
            "Request type to path or full URL."),
        new("does_not_send_done_marker", Shape.Flag, "Chat streams end without [DONE].", "false"))
        .Named("custom_provider_config");

    private static readonly Shape PromptCache = Shape.Section(
        new("auto_inject", Shape.Flag, "Add cache breakpoints to requests that have none.", "false"),
        new("ttl", Shape.Text, "Lifetime of an injected breakpoint."),
        new("cache_control_injection_points", Shape.Anything, "Where breakpoints are added."));

    public static readonly Shape Value = Shape.Section(
        new("keys", Shape.ListOf(KeyShape.Value), "Credentials; several share the load by weight.", "[]"),
        new("network_config", NetworkShape.Network, "How the provider is reached."),
        new("proxy_config", NetworkShape.Proxy, "Proxy on the way to the provider."),
        new("concurrency_and_buffer_size", NetworkShape.Concurrency, "How many requests run and wait; absent: no limit."),
        new("custom_provider_config", Custom, "Makes this a provider that speaks another's wire at its own address."),
        new("send_back_raw_request", Shape.Flag, "Put the provider's request into extra_fields.", "false"),
        new("send_back_raw_response", Shape.Flag, "Put the provider's answer into extra_fields.", "false"),
        new("store_raw_request_response", Shape.Flag, "Keep the raw request and answer in the logs store.", "false", Effect.NotYet),
        new("openai_config", Shape.Section(new Field("disable_store", Shape.Flag, "Send store: false.", "false")), "OpenAI's own switches.", null, Effect.NotYet),
        new("prompt_cache", PromptCache, "Cache breakpoints added on the way.", null, Effect.NotYet),
        new("stream_throughput_guard", Shape.Section(
            new("minimum_output_characters_per_second", Shape.Whole(1, 100_000), "Slower streams count as failed."),
            new("probe_window_in_seconds", Shape.Whole(1, 60), "How long the start of a stream is watched.", "5")),
            "Falls back when a stream starts too slowly.", null, Effect.NotYet),
        new("description", Shape.Literal, "For people."),
        new("config_hash", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping),
        new("status", Shape.Text, "Bifrost's bookkeeping.", null, Effect.Bookkeeping))
        .Named("provider");

    private static Shape ByRequestType(Shape value, string what)
    {
        var fields = new Field[RequestTypes.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = new Field(RequestTypes[i], value, $"{RequestTypes[i]} {what}.");
        }

        return Shape.Section(fields);
    }
}
