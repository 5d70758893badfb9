using System.Buffers;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.GenerateContent;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.GenerateContent;

/// <summary>Short ways through the dialect for its tests.</summary>
internal static class GenerateContentKit
{
    public static readonly Dialect Dialect = new GenerateContentDialect();

    public static readonly TargetModel Flash = new("gemini", "gemini-2.5-flash", "gemini") { Reasoning = ReasoningStyle.Budget };

    public static readonly TargetModel Three = new("gemini", "gemini-3-pro", "gemini") { Reasoning = ReasoningStyle.Level };

    /// <summary>One chunk a line.</summary>
    public static string Decode(string chunks)
    {
        var sink = new RecordingSink();
        var guard = new StreamGuard(sink, Dialect.Rules, new Losses());
        var decoder = Dialect.CreateDecoder();
        foreach (var line in chunks.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            decoder.OnFrame(new StreamFrame { Data = Encoding.UTF8.GetBytes(line) }, guard);
        }

        decoder.OnUpstreamEnd(guard);
        guard.Complete();
        return sink.Trace;
    }

    public static string ReadAnswer(string body)
    {
        var sink = new RecordingSink();
        Dialect.ReadAnswer(Encoding.UTF8.GetBytes(body), sink);
        return sink.Trace;
    }

    public static string Encode(Action<IResponseSink> play, string family = "gemini")
    {
        var output = new ArrayBufferWriter<byte>();
        play(new StreamGuard(Dialect.CreateEncoder(Context(family), output), Dialect.Rules, new Losses()));
        return Encoding.UTF8.GetString(output.WrittenSpan).Replace("\n\n", "\n", StringComparison.Ordinal).TrimEnd();
    }

    public static AnswerContext Context(string family = "gemini") => new()
    {
        Model = "m",
        Origin = new Origin("p", family, "chat"),
        ExchangeId = "x",
        Created = 1,
        Losses = new Losses(),
    };

    public static ChatRequest Read(string body)
    {
        var error = Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "gemini/m", true), out var request);
        Assert.Null(error);
        return request;
    }

    public static string Write(ChatRequest request, TargetModel? target = null, Losses? losses = null)
    {
        var output = new ArrayBufferWriter<byte>();
        Dialect.WriteRequest(request, target ?? Flash, output, losses ?? new Losses());
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static JsonText Text(string text) => JsonText.From(text);
}
