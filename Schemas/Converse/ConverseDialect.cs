using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>Bedrock Converse and ConverseStream (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).</summary>
internal sealed class ConverseDialect : Dialect
{
    internal const RequestMembers Cannot =
        RequestMembers.Seed | RequestMembers.FrequencyPenalty | RequestMembers.PresencePenalty | RequestMembers.Choices
        | RequestMembers.Logprobs | RequestMembers.TopLogprobs | RequestMembers.ParallelToolCalls | RequestMembers.User
        | RequestMembers.Verbosity | RequestMembers.PromptCacheKey | RequestMembers.Store;

    public const string DialectName = DialectNames.Converse;

    public override string Name => DialectName;

    public override string NativeFamily => ConverseReasoning.NativeFamily;

    public override Framing Framing => Framing.AwsEventStream;

    public override RequestMembers Unsayable => Cannot;

    public override GatewayError? ReadRequest(in RequestSource source, out ChatRequest request) => ConverseRequestReader.Read(source, out request);

    public override void WriteRequest(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        new ConverseRequestWriter(request, target, output, losses).Write();

    public override void ReadAnswer(ReadOnlyMemory<byte> body, IResponseSink sink) => ConverseAnswerReader.Read(body, sink);

    public override void WriteAnswer(ChatAnswer answer, AnswerContext context, IBufferWriter<byte> output) =>
        new ConverseAnswerWriter(context, output).Write(answer);

    public override StreamDecoder CreateDecoder() => new ConverseStreamDecoder();

    public override StreamEncoder CreateEncoder(AnswerContext context, IBufferWriter<byte> output) => new ConverseStreamEncoder(context, output);

    public override void WriteError(GatewayError error, IBufferWriter<byte> output) => ConverseErrors.Write(error, output);

    public override GatewayError ReadError(int status, ReadOnlySpan<byte> body) => ConverseErrors.Read(status, body);

    public override bool IsErrorBody(ReadOnlySpan<byte> body) => ConverseErrors.IsBody(body);

    public override void Inspect(in StreamFrame frame, StreamFacts facts) => ConverseInspector.Frame(frame, facts);

    /// <summary>A stream whose metadata is missing is complete all the same: the model has said that it stopped.</summary>
    public override bool IsComplete(StreamFacts facts) => facts.IsTerminated || facts.Stop != StopKind.Unknown;

    public override void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts) => ConverseInspector.Answer(body, facts);

    public override GatewayError? ReadTokenCount(in RequestSource source, out ChatRequest request) => ConverseTokenCount.Read(source, out request);

    public override void WriteTokenCount(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        ConverseTokenCount.Write(request, target, output, losses);

    public override long? ReadTokenTotal(ReadOnlySpan<byte> body) => JsonPick.Number(body, ConverseTokenCount.Total);

    public override void WriteTokenTotal(long tokens, IBufferWriter<byte> output) => JsonPick.WriteNumber(ConverseTokenCount.Total, tokens, output);
}
