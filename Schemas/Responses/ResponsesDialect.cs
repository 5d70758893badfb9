using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>OpenAI's Responses API (platform.openai.com/docs/api-reference/responses).</summary>
internal sealed class ResponsesDialect : Dialect
{
    internal const RequestMembers Cannot =
        RequestMembers.TopK | RequestMembers.Stop | RequestMembers.Seed | RequestMembers.FrequencyPenalty
        | RequestMembers.PresencePenalty | RequestMembers.Choices;

    public override string Name => DialectNames.Responses;

    public override string NativeFamily => "openai";

    /// <summary>Recorded: OpenAI's response.rate_limits.updated and OpenRouter's [DONE], both behind response.completed.</summary>
    public override bool GoesOnBehindEnd => true;

    public override RequestMembers Unsayable => Cannot;

    public override GatewayError? ReadRequest(in RequestSource source, out ChatRequest request) =>
        ResponsesRequestReader.Read(source, ResponsesReadRules.None, Name, out request);

    public override void WriteRequest(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        ResponsesRequestWriter.Write(request, target, output, losses);

    public override void ReadAnswer(ReadOnlyMemory<byte> body, IResponseSink sink) => ResponsesAnswerReader.Read(body, sink);

    public override void WriteAnswer(ChatAnswer answer, AnswerContext context, IBufferWriter<byte> output)
    {
        using var whole = new ResponsesOutput(context, events: null);
        AnswerReplay.Play(answer, whole);
        whole.Write(output);
    }

    public override IAnswerSink CreateAnswerSink(AnswerContext context) => new ResponsesOutput(context, events: null);

    public override StreamDecoder CreateDecoder() => new ResponsesStreamDecoder();

    public override StreamEncoder CreateEncoder(AnswerContext context, IBufferWriter<byte> output) => new ResponsesStreamEncoder(context, output);

    public override void WriteError(GatewayError error, IBufferWriter<byte> output) => ResponsesErrors.Write(error, output);

    public override GatewayError ReadError(int status, ReadOnlySpan<byte> body) => ResponsesErrors.Read(status, body);

    public override bool IsErrorBody(ReadOnlySpan<byte> body) => ResponsesErrors.IsEnvelope(body);

    public override void Inspect(in StreamFrame frame, StreamFacts facts) => ResponsesInspector.Inspect(frame, facts);

    public override void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts) => ResponsesInspector.InspectAnswer(body, facts);

    public override void WriteTokenCount(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        ResponsesTokenCount.Write(request, target, output, losses);

    public override void WriteTokenTotal(long tokens, IBufferWriter<byte> output) => ResponsesTokenCount.WriteTotal(tokens, output);

    public override void WritePending(string job, string state, long created, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("id"u8, job);
        json.Member("object"u8, "response"u8);
        json.Member("created_at"u8, created);
        json.Member("status"u8, state);
        json.Written("\"error\":null,\"incomplete_details\":null,\"model\":\"\",\"output\":[],\"usage\":null"u8);
        json.EndObject();
    }
}
