using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Gemini generateContent and streamGenerateContent (ai.google.dev/api/generate-content), as Gemini API and Vertex AI speak it.</summary>
internal sealed class GenerateContentDialect : Dialect, IModelLists
{
    internal const RequestMembers Cannot =
        RequestMembers.ParallelToolCalls | RequestMembers.User | RequestMembers.Metadata | RequestMembers.Verbosity
        | RequestMembers.PromptCacheKey | RequestMembers.Store | RequestMembers.Cache;

    public const string DialectName = DialectNames.GenerateContent;

    public override string Name => DialectName;

    public override string NativeFamily => GenerateContentSignature.NativeFamily;

    public override StreamRules Rules => StreamRules.Choices;

    public override RequestMembers Unsayable => Cannot;

    public override GatewayError? ReadRequest(in RequestSource source, out ChatRequest request) => GenerateContentRequestReader.Read(source, out request);

    public override void WriteRequest(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        new GenerateContentRequestWriter(request, target, output, losses).Write();

    public override void ReadAnswer(ReadOnlyMemory<byte> body, IResponseSink sink) => GenerateContentAnswerReader.Read(body.Span, sink);

    public override void WriteAnswer(ChatAnswer answer, AnswerContext context, IBufferWriter<byte> output) =>
        new GenerateContentAnswerWriter(context, output).Write(answer);

    public override StreamDecoder CreateDecoder() => new GenerateContentStreamDecoder();

    public override StreamEncoder CreateEncoder(AnswerContext context, IBufferWriter<byte> output) => new GenerateContentStreamEncoder(context, output);

    public override void WriteError(GatewayError error, IBufferWriter<byte> output) => GenerateContentErrors.Write(error, output);

    public override GatewayError ReadError(int status, ReadOnlySpan<byte> body) => GenerateContentErrors.Read(status, body);

    public override bool IsErrorBody(ReadOnlySpan<byte> body) => GenerateContentErrors.IsBody(body);

    public override void Inspect(in StreamFrame frame, StreamFacts facts) => GenerateContentInspector.Chunk(frame.Data, facts);

    public override void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts) => GenerateContentInspector.Answer(body, facts);

    /// <summary>There is no terminal event: an answer that said why it stopped is whole.</summary>
    public override bool IsComplete(StreamFacts facts) => facts.Stop != StopKind.Unknown;

    public IReadOnlyList<ModelInfo>? ReadModels(ReadOnlyMemory<byte> body) => GenerateContentModels.Read(body);

    public void WriteModels(ModelPage page, IBufferWriter<byte> output) => GenerateContentModels.Write(page, output);

    public void WriteModel(ModelInfo model, IBufferWriter<byte> output) => GenerateContentModels.Write(model, output);

    public override GatewayError? ReadTokenCount(in RequestSource source, out ChatRequest request) => GenerateContentTokenCount.Read(source, out request);

    public override void WriteTokenCount(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        GenerateContentTokenCount.Write(request, target, output, losses);

    public override long? ReadTokenTotal(ReadOnlySpan<byte> body) => JsonPick.Number(body, GenerateContentTokenCount.Total);

    public override void WriteTokenTotal(long tokens, IBufferWriter<byte> output) => JsonPick.WriteNumber(GenerateContentTokenCount.Total, tokens, output);
}
