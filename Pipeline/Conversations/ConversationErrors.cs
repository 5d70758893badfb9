using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>What can be wrong with a request for something stored, in OpenAI's words where it has some.</summary>
internal static class ConversationErrors
{
    public static readonly GatewayError NoStore = new(
        501, ErrorKind.Unavailable, "This gateway stores no responses or conversations: it has no logs_store (see the README).") { Code = "store_disabled" };

    /// <summary>A turn without a stored request: background needs one (guides/background: "requires store=true").</summary>
    public static readonly GatewayError BackgroundNeedsStore = GatewayError.Invalid("background requires store to be true.", "background");

    /// <summary>As vLLM words OpenAI's refusal (github.com/vllm-project/vllm/issues/57999).</summary>
    public static readonly GatewayError NotBackground = GatewayError.Invalid("Cannot cancel a synchronous response.", "response_id");

    public static readonly GatewayError NotStreamed =
        GatewayError.Invalid("Only a background response that was created with stream=true can be streamed again.", "stream");

    public static readonly GatewayError Both = GatewayError.Invalid(
        "previous_response_id and conversation must not be given together.", "conversation") with { Code = "mutually_exclusive_parameters" };

    /// <summary>As the API refuses it when a request builds on it: 400 with this code, by which clients start anew.</summary>
    public static GatewayError NoPrevious(string id) => new(400, ErrorKind.InvalidRequest, $"Previous response with id '{Shown(id)}' not found.")
    {
        Type = "invalid_request_error",
        Code = "previous_response_not_found",
        Param = "previous_response_id",
    };

    public static GatewayError NoResponse(string id) =>
        new(404, ErrorKind.NotFound, $"Response with id '{Shown(id)}' not found.") { Type = "invalid_request_error", Code = "response_not_found" };

    public static GatewayError NoConversation(string id) =>
        new(404, ErrorKind.NotFound, $"Conversation with id '{Shown(id)}' not found.") { Type = "invalid_request_error", Code = "conversation_not_found" };

    public static GatewayError NoItem(string id, string conversation) => new(
        404, ErrorKind.NotFound, $"Item with id '{Shown(id)}' not found in conversation '{Shown(conversation)}'.") { Type = "invalid_request_error", Code = "item_not_found" };

    /// <summary>As the API refuses a reference to what it does not have.</summary>
    public static GatewayError NoItem(string id) =>
        new(404, ErrorKind.NotFound, $"Item with id '{Shown(id)}' not found.") { Type = "invalid_request_error", Code = "item_not_found", Param = "input" };

    public static GatewayError TooLong(int turns) =>
        GatewayError.Invalid($"The chain of previous responses is longer than {turns} turns.", "previous_response_id");

    /// <summary>The store's message names files and hosts: it is for the log.</summary>
    public static GatewayError StoreFailed() => new(503, ErrorKind.Unavailable, "The gateway's store cannot be read or written at the moment.");

    private static string Shown(string id) => id.Length <= 100 ? id : id[..100] + "...";
}
