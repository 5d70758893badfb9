using System.Buffers;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.ChatCompletions;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.ChatCompletions;

/// <summary>Short ways into the dialect for tests.</summary>
internal static class ChatWire
{
    public static ChatCompletionsDialect Dialect { get; } = new();

    public static AnswerContext Context(string family = "claude", string dialect = "messages", bool includeUsage = true) => new()
    {
        Model = "asked-model",
        Origin = new Origin("prov", family, dialect),
        Request = new ChatRequest { Dialect = "chat", Model = "prov/asked-model", IncludeUsage = includeUsage },
        ExchangeId = "X1",
        Created = 1,
        Losses = new Losses(),
    };

    /// <summary>One chunk around a delta.</summary>
    public static string Chunk(string delta, string finish = "null", int choice = 0, string more = "") =>
        $$"""{"id":"chatcmpl-7","object":"chat.completion.chunk","created":5,"model":"m-1","choices":[{"index":{{choice}},"delta":{{delta}},"finish_reason":{{finish}}}]{{more}}}""";

    public static RecordingSink Decode(params string[] frames)
    {
        var sink = new RecordingSink();
        var decoder = Dialect.CreateDecoder();
        foreach (var frame in frames)
        {
            decoder.OnFrame(new StreamFrame { Data = Encoding.UTF8.GetBytes(frame) }, sink);
        }

        decoder.OnUpstreamEnd(sink);
        return sink;
    }

    public static RecordingSink ReadAnswer(string body)
    {
        var sink = new RecordingSink();
        Dialect.ReadAnswer(Encoding.UTF8.GetBytes(body), sink);
        return sink;
    }

    /// <summary>Deltas of the stream that <paramref name="play"/> makes, [DONE] and errors as they stand.</summary>
    public static string Encode(Action<IResponseSink> play, AnswerContext? context = null, Dialect? dialect = null)
    {
        var output = new ArrayBufferWriter<byte>();
        play(new StreamGuard((dialect ?? Dialect).CreateEncoder(context ?? Context(), output), Dialect.Rules, new Losses()));
        return Encoding.UTF8.GetString(output.WrittenSpan)
            .Replace("data: {\"id\":\"m\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"model\",\"choices\":[", "", StringComparison.Ordinal)
            .Replace(",\"finish_reason\":null}]}", "", StringComparison.Ordinal)
            .Replace("\n\n", "\n", StringComparison.Ordinal)
            .TrimEnd();
    }

    public static string WriteAnswer(Action<IResponseSink> play, AnswerContext? context = null, Dialect? dialect = null)
    {
        var builder = new AnswerBuilder();
        play(new StreamGuard(builder, Dialect.Rules, new Losses()));
        var output = new ArrayBufferWriter<byte>();
        (dialect ?? Dialect).WriteAnswer(builder.Answer, context ?? Context(), output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
