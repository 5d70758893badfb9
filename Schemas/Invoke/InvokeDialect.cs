using System.Buffers;
using BifrostLite.Schemas.Converse;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Messages;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Invoke;

/// <summary>
/// Bedrock InvokeModel (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html): the
/// model's own body, for Claude that of the Messages API, in AWS framing. To Bedrock everything passes untouched; towards
/// other providers a Messages body is translated, which is how Claude Code's Bedrock mode reaches them.
/// </summary>
internal sealed class InvokeDialect : Dialect
{
    /// <summary>Bedrock's own members of the body (…/userguide/model-parameters-anthropic-claude-messages.html): they mean nothing elsewhere.</summary>
    private const string VersionMember = "anthropic_version";

    private readonly MessagesDialect _messages = new();
    private readonly ConverseDialect _converse = new();

    public override string Name => DialectNames.Invoke;

    public override string NativeFamily => _messages.NativeFamily;

    public override Framing Framing => Framing.AwsEventStream;

    public override bool IsUpstream => false;

    public override GatewayError? ReadRequest(in RequestSource source, out ChatRequest request)
    {
        var error = _messages.ReadRequest(source, out request);
        if (error is null)
        {
            request.Extra.RemoveAll(static extra => extra.Name == VersionMember);
        }

        return error;
    }

    public override void WriteRequest(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        _messages.WriteRequest(request, target, output, losses);

    public override void ReadAnswer(ReadOnlyMemory<byte> body, IResponseSink sink) => _messages.ReadAnswer(body, sink);

    public override void WriteAnswer(ChatAnswer answer, AnswerContext context, IBufferWriter<byte> output) =>
        _messages.WriteAnswer(answer, context, output);

    public override StreamDecoder CreateDecoder() => new InvokeStreamDecoder(_messages.CreateDecoder());

    public override StreamEncoder CreateEncoder(AnswerContext context, IBufferWriter<byte> output) => new InvokeStreamEncoder(_messages, context, output);

    public override void WriteError(GatewayError error, IBufferWriter<byte> output) => ConverseErrors.Write(error, output);

    public override GatewayError ReadError(int status, ReadOnlySpan<byte> body) => ConverseErrors.Read(status, body);

    public override bool IsErrorBody(ReadOnlySpan<byte> body) => ConverseErrors.IsBody(body);

    public override void Inspect(in StreamFrame frame, StreamFacts facts) => InvokeInspector.Inspect(_messages, frame, facts);

    /// <summary>The answer may be any model's: only Claude's tells its usage in a form that is known here.</summary>
    public override void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts) => InvokeInspector.InspectAnswer(_messages, body, facts);

    /// <summary>CountTokens takes a body of this dialect, in base64, or one of Converse.</summary>
    public override GatewayError? ReadTokenCount(in RequestSource source, out ChatRequest request) =>
        InvokeTokenCount.BodyOf(source.Body) is { } body
            ? ReadRequest(source with { Body = body }, out request)
            : _converse.ReadTokenCount(source, out request);

    public override long? ReadTokenTotal(ReadOnlySpan<byte> body) => _converse.ReadTokenTotal(body);

    public override void WriteTokenTotal(long tokens, IBufferWriter<byte> output) => _converse.WriteTokenTotal(tokens, output);
}
