using BifrostLite.Schemas;

namespace BifrostLite.Pipeline.Extras;

/// <summary>Bifrost's names of operations, as extra_fields and metrics have them (core/schemas/bifrost.go).</summary>
internal static class RequestTypes
{
    /// <summary>Only chat and embeddings are kinds of their own: every other dialect's requests are Responses to Bifrost.</summary>
    public static string Of(InboundRoute route, bool isStream) => route.Operation switch
    {
        Operation.Embeddings => "embedding",
        Operation.CountTokens => "count_tokens",
        Operation.Native => route.Native!.Type,
        _ when route.Dialect.Name == DialectNames.Chat => isStream ? "chat_completion_stream" : "chat_completion",
        _ => isStream ? "responses_stream" : "responses",
    };
}
