using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// A whole chat completion as events (platform.openai.com/docs/api-reference/chat/object). It differs from a chunk that
/// holds everything only in calling the delta "message", so the stream decoder reads it.
/// </summary>
internal static class ChatCompletionsAnswerReader
{
    public static void Read(ReadOnlySpan<byte> body, IResponseSink sink) => new ChatCompletionsStreamDecoder().ReadWhole(body, sink);
}
