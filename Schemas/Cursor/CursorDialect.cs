using System.Buffers;
using BifrostLite.Schemas.ChatCompletions;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Cursor;

/// <summary>
/// What Cursor's agent speaks: bodies in the shape of Responses, of chat, or of both at once (docs.getbifrost.ai/cli-agents/cursor),
/// answered in chat's own shape. Cursor shows nothing but content, so a refusal stands there, and its last chunk tells usage.
/// </summary>
internal sealed class CursorDialect : Dialect
{
    private readonly ChatCompletionsDialect _chat = new();

    public override string Name => DialectNames.Cursor;

    public override string NativeFamily => _chat.NativeFamily;

    public override bool IsUpstream => false;

    public override StreamRules Rules => StreamRules.Interleaved;

    public override GatewayError? ReadRequest(in RequestSource source, out ChatRequest request) => CursorRequestReader.Read(in source, out request);

    public override void WriteRequest(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        _chat.WriteRequest(request, target, output, losses);

    public override void ReadAnswer(ReadOnlyMemory<byte> body, IResponseSink sink) => _chat.ReadAnswer(body, sink);

    public override void WriteAnswer(ChatAnswer answer, AnswerContext context, IBufferWriter<byte> output) =>
        ChatCompletionsAnswerWriter.Write(answer, Surface(context), output);

    public override StreamDecoder CreateDecoder() => _chat.CreateDecoder();

    public override StreamEncoder CreateEncoder(AnswerContext context, IBufferWriter<byte> output) =>
        new ChatCompletionsStreamEncoder(Surface(context), output);

    public override void WriteError(GatewayError error, IBufferWriter<byte> output) => _chat.WriteError(error, output);

    public override GatewayError ReadError(int status, ReadOnlySpan<byte> body) => _chat.ReadError(status, body);

    public override bool IsErrorBody(ReadOnlySpan<byte> body) => _chat.IsErrorBody(body);

    public override bool IsComplete(StreamFacts facts) => _chat.IsComplete(facts);

    public override void Inspect(in StreamFrame frame, StreamFacts facts) => _chat.Inspect(in frame, facts);

    public override void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts) => _chat.InspectAnswer(body, facts);

    private static ChatCompletionsSurface Surface(AnswerContext context) =>
        new(DialectNames.Cursor, context) { ShowsRefusals = false, JoinsUsage = true };
}
