using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>OpenAI Chat Completions as its many vendors speak it (platform.openai.com/docs/api-reference/chat).</summary>
internal sealed class ChatCompletionsDialect : Dialect, IModelLists
{
    internal const RequestMembers Cannot =
        RequestMembers.TopK | RequestMembers.Cache;

    public override string Name => DialectNames.Chat;

    public override string NativeFamily => "openai";

    public override bool HasUsageOption => true;

    public override StreamRules Rules => StreamRules.Interleaved | StreamRules.Choices;

    public override RequestMembers Unsayable => Cannot;

    public override GatewayError? ReadRequest(in RequestSource source, out ChatRequest request) =>
        ChatCompletionsRequestReader.Read(source.Body, Name, out request);

    public override void WriteRequest(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        ChatCompletionsRequestWriter.Write(request, target, output, losses);

    public override void ReadAnswer(ReadOnlyMemory<byte> body, IResponseSink sink) => ChatCompletionsAnswerReader.Read(body.Span, sink);

    public override void WriteAnswer(ChatAnswer answer, AnswerContext context, IBufferWriter<byte> output) =>
        ChatCompletionsAnswerWriter.Write(answer, new ChatCompletionsSurface(Name, context), output);

    public override StreamDecoder CreateDecoder() => new ChatCompletionsStreamDecoder();

    public override StreamEncoder CreateEncoder(AnswerContext context, IBufferWriter<byte> output) =>
        new ChatCompletionsStreamEncoder(new ChatCompletionsSurface(Name, context), output);

    public override void WriteError(GatewayError error, IBufferWriter<byte> output) => ChatCompletionsErrors.Write(error, output);

    public override GatewayError ReadError(int status, ReadOnlySpan<byte> body) => ChatCompletionsErrors.Read(status, body);

    public override bool IsErrorBody(ReadOnlySpan<byte> body) => ChatCompletionsErrors.IsErrorBody(body);

    /// <summary>Some vendors leave [DONE] out.</summary>
    public override bool IsComplete(StreamFacts facts) => facts.IsTerminated || facts.Stop != StopKind.Unknown;

    public override void Inspect(in StreamFrame frame, StreamFacts facts) => ChatCompletionsInspector.Inspect(in frame, facts);

    public override void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts) => ChatCompletionsInspector.InspectAnswer(body, facts);

    public IReadOnlyList<ModelInfo>? ReadModels(ReadOnlyMemory<byte> body) => ChatCompletionsModels.Read(body);

    public void WriteModels(ModelPage page, IBufferWriter<byte> output) => ChatCompletionsModels.Write(page, output);

    public void WriteModel(ModelInfo model, IBufferWriter<byte> output) => ChatCompletionsModels.Write(model, output);

    public override void InspectEmbeddings(ReadOnlySpan<byte> body, StreamFacts facts) => ChatCompletionsEmbeddings.Inspect(body, facts);

    public override void WritePending(string job, string state, long created, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("id"u8, job);
        json.Member("object"u8, "chat.completion"u8);
        json.Member("created"u8, created);
        json.Written("\"model\":\"\",\"choices\":[]"u8);
        json.EndObject();
    }
}
