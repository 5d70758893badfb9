using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Writes the body of POST /v1/messages/count_tokens (platform.claude.com/docs/en/api/messages-count-tokens): a request's
/// body with these members and no others; max_tokens, stream and the sampling members are refused.
/// </summary>
internal static class MessagesTokenCount
{
    private static readonly byte[][] Members =
    [
        "model"u8.ToArray(), "messages"u8.ToArray(), "system"u8.ToArray(), "tools"u8.ToArray(), "tool_choice"u8.ToArray(), "thinking"u8.ToArray(),
        "cache_control"u8.ToArray(), "context_management"u8.ToArray(), "mcp_servers"u8.ToArray(), "output_config"u8.ToArray(), "output_format"u8.ToArray(),
        "speed"u8.ToArray(),
    ];

    public static void Write(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
    {
        using var whole = new PooledBuffer();
        new MessagesRequestWriter(request, target, whole, losses).Write();
        var json = new JsonEmitter(output);
        json.StartObject();
        JsonPick.Copy(whole.Span, Members, ref json);
        json.EndObject();
    }
}
