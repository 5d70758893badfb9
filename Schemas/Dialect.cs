using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas;

/// <summary>
/// A wire language: how requests, answers, streams and errors look in it. Stateless; whatever a stream must remember
/// lives in its decoder or encoder. Knows neither providers nor routes.
/// </summary>
internal abstract class Dialect
{
    /// <summary>Lower-case name used in tags, logs and metrics: chat, responses, messages, converse, genai, cursor.</summary>
    public abstract string Name { get; }

    /// <summary>Family of the models whose untagged reasoning state this wire carries.</summary>
    public abstract string NativeFamily { get; }

    public virtual Framing Framing => Framing.ServerSentEvents;

    public string StreamContentType => Framing == Framing.AwsEventStream ? "application/vnd.amazon.eventstream" : "text/event-stream";

    /// <summary>Providers send events behind the one that ends a stream.</summary>
    public virtual bool GoesOnBehindEnd => false;

    /// <summary>False for dialects that only callers speak (Cursor's hybrid).</summary>
    public virtual bool IsUpstream => true;

    /// <summary>Streams tell usage only when the body asks for it (chat stream_options.include_usage).</summary>
    public virtual bool HasUsageOption => false;

    /// <summary>Settings of requests that this API has no place for, whatever the model: lost by name, and listed in docs/translation.md.</summary>
    public virtual RequestMembers Unsayable => RequestMembers.None;

    /// <summary>What the encoder's sink must be spared; the guard before it sees to that.</summary>
    public virtual StreamRules Rules => StreamRules.Sequential;

    /// <summary>Reads a request of this dialect into the hub.</summary>
    /// <returns>Null when <paramref name="request"/> is good; else what is wrong, with the field named.</returns>
    public abstract GatewayError? ReadRequest(in RequestSource source, out ChatRequest request);

    /// <summary>Writes a hub request as this dialect's body for <paramref name="target"/>. What it cannot say goes to <paramref name="losses"/>.</summary>
    public abstract void WriteRequest(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses);

    /// <summary>A header without which the provider refuses the body just written; null where there is none.</summary>
    public virtual KeyValuePair<string, string>? HeaderFor(ChatRequest request) => null;

    /// <summary>
    /// Reads a whole 2xx answer as events, from MessageStart to End. What is no answer of this dialect becomes one Error event.
    /// </summary>
    public abstract void ReadAnswer(ReadOnlyMemory<byte> body, IResponseSink sink);

    public abstract void WriteAnswer(ChatAnswer answer, AnswerContext context, IBufferWriter<byte> output);

    /// <summary>The same for events as they come; null where the dialect's answers are collected first.</summary>
    public virtual IAnswerSink? CreateAnswerSink(AnswerContext context) => null;

    public abstract StreamDecoder CreateDecoder();

    public abstract StreamEncoder CreateEncoder(AnswerContext context, IBufferWriter<byte> output);

    /// <summary>The body of an error answer.</summary>
    public abstract void WriteError(GatewayError error, IBufferWriter<byte> output);

    /// <summary>Reads an upstream's error body (any bytes) of this dialect; falls back on the status alone.</summary>
    public abstract GatewayError ReadError(int status, ReadOnlySpan<byte> body);

    /// <summary>
    /// Whether an upstream's error body already is this dialect's envelope, so that it may pass to the caller as it is.
    /// </summary>
    public abstract bool IsErrorBody(ReadOnlySpan<byte> body);

    /// <summary>Learns usage, end and failure from one frame that passes verbatim. Must not allocate for content frames.</summary>
    public abstract void Inspect(in StreamFrame frame, StreamFacts facts);

    /// <summary>The same for a whole answer; a 2xx body that is no answer sets <see cref="StreamFacts.Error"/>.</summary>
    public abstract void InspectAnswer(ReadOnlySpan<byte> body, StreamFacts facts);

    /// <summary>Learns usage from an answer of the embeddings operation; a 2xx body that is none sets <see cref="StreamFacts.Error"/>.</summary>
    public virtual void InspectEmbeddings(ReadOnlySpan<byte> body, StreamFacts facts) =>
        facts.Error = GatewayError.Upstream("There are no embeddings in this dialect.");

    /// <summary>Reads a request of the counting operation; in most dialects it looks like any other request.</summary>
    public virtual GatewayError? ReadTokenCount(in RequestSource source, out ChatRequest request) => ReadRequest(source, out request);

    /// <summary>Writes a hub request as the body of the counting operation, which takes fewer members than a request for an answer.</summary>
    public virtual void WriteTokenCount(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses) =>
        WriteRequest(request, target, output, losses);

    /// <summary>The number in an answer of the counting operation; null where the body is no such answer.</summary>
    public virtual long? ReadTokenTotal(ReadOnlySpan<byte> body) => JsonPick.Number(body, "input_tokens"u8);

    public virtual void WriteTokenTotal(long tokens, IBufferWriter<byte> output) => JsonPick.WriteNumber("input_tokens"u8, tokens, output);

    /// <summary>
    /// The stand-in for the answer of an asynchronous job that is not over: an answer whose id is the job's and which holds nothing yet.
    /// Only dialects whose doors take jobs have one.
    /// </summary>
    public virtual void WritePending(string job, string state, long created, IBufferWriter<byte> output) =>
        throw new NotSupportedException($"{Name} has no answer that is not there yet");

    /// <summary>
    /// Whether a verbatim stream that just closed was whole. Dialects with a terminal event insist on it; where vendors leave
    /// it out or there is none, a stop reason is enough.
    /// </summary>
    public virtual bool IsComplete(StreamFacts facts) => facts.IsTerminated;
}
