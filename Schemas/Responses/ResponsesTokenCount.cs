using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// POST /v1/responses/input_tokens (developers.openai.com/api/reference/resources/responses/subresources/input_tokens): a
/// request's body with these members and no others, answered with one number.
/// </summary>
internal static class ResponsesTokenCount
{
    private static readonly byte[][] Members =
    [
        "model"u8.ToArray(), "input"u8.ToArray(), "instructions"u8.ToArray(), "conversation"u8.ToArray(), "previous_response_id"u8.ToArray(),
        "tools"u8.ToArray(), "tool_choice"u8.ToArray(), "parallel_tool_calls"u8.ToArray(), "reasoning"u8.ToArray(), "text"u8.ToArray(),
        "truncation"u8.ToArray(),
    ];

    public static void Write(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
    {
        using var whole = new PooledBuffer();
        ResponsesRequestWriter.Write(request, target, whole, losses);
        var json = new JsonEmitter(output);
        json.StartObject();
        JsonPick.Copy(whole.Span, Members, ref json);
        json.EndObject();
    }

    public static void WriteTotal(long tokens, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("object"u8, "response.input_tokens"u8);
        json.Member("input_tokens"u8, tokens);
        json.EndObject();
    }
}
