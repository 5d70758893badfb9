using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>Anthropic's Messages API (platform.claude.com/docs/en/api/messages), versions 2023-06-01 and 2026-10-21.</summary>
internal sealed class MessagesDialect : Dialect, IModelLists
{
    internal const RequestMembers Cannot =
        RequestMembers.Seed | RequestMembers.FrequencyPenalty | RequestMembers.PresencePenalty | RequestMembers.Choices
        | RequestMembers.Logprobs | RequestMembers.TopLogprobs | RequestMembers.Metadata | RequestMembers.Verbosity
        | RequestMembers.PromptCacheKey | RequestMembers.Store;

    public override string Name => DialectNames.Messages;

    public override string NativeFamily => "claude";

    public override RequestMembers Unsayable => Cannot;

    public override GatewayError? ReadRequest(in RequestSource source, out ChatRequest request) =>
        MessagesRequestReader.Read(source, out request);

    public override void WriteRequest(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        new MessagesRequestWriter(request, target, output, losses).Write();

    /// <summary>MCP servers are a beta feature (platform.claude.com/docs/en/agents-and-tools/mcp-connector).</summary>
    public override KeyValuePair<string, string>? HeaderFor(ChatRequest request) =>
        request.Tools.Exists(static tool => tool.Kind == ToolKind.Server && tool.Name.Is("mcp"u8))
            ? new("anthropic-beta", "mcp-client-2025-11-20")
            : null;

    public override void ReadAnswer(ReadOnlyMemory<byte> body, IResponseSink sink) => MessagesAnswerReader.Read(body, sink);

    public override void WriteAnswer(ChatAnswer answer, AnswerContext context, IBufferWriter<byte> output) =>
        new MessagesAnswerWriter(context, output).Write(answer);

    public override StreamDecoder CreateDecoder() => new MessagesStreamDecoder();

    public override StreamEncoder CreateEncoder(AnswerContext context, IBufferWriter<byte> output) =>
        new MessagesStreamEncoder(context, output);

    public override void WriteError(GatewayError error, IBufferWriter<byte> output) => MessagesErrors.Write(error, output);

    public override GatewayError ReadError(int status, ReadOnlySpan<byte> body) => MessagesErrors.Read(status, body);

    public override bool IsErrorBody(ReadOnlySpan<byte> body) => MessagesErrors.IsEnvelope(body);

    public override void Inspect(in StreamFrame frame, StreamFacts facts) => MessagesInspector.Inspect(frame, facts);

    public override void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts) => MessagesInspector.InspectAnswer(body, facts);

    public IReadOnlyList<ModelInfo>? ReadModels(ReadOnlyMemory<byte> body) => MessagesModels.Read(body);

    public void WriteModels(ModelPage page, IBufferWriter<byte> output) => MessagesModels.Write(page, output);

    public void WriteModel(ModelInfo model, IBufferWriter<byte> output) => MessagesModels.Write(model, output);

    public override void WriteTokenCount(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        MessagesTokenCount.Write(request, target, output, losses);

    public override void WritePending(string job, string state, long created, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("id"u8, job);
        json.Written(
            "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":0,\"output_tokens\":0}"u8);
        json.EndObject();
    }
}
