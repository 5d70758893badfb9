using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Converse;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Converse;

/// <summary>Short ways through the dialect for its tests.</summary>
internal static partial class ConverseKit
{
    public static readonly Dialect Dialect = new ConverseDialect();

    public static readonly TargetModel Claude = new("bedrock", "anthropic.claude-sonnet-4-5", "claude")
    {
        StateIsPortable = true,
        Reasoning = ReasoningStyle.Budget,
        MaxOutputTokens = 64_000,
    };

    /// <summary>Lines "eventName {json}"; a name that ends with "!" is an exception.</summary>
    public static string Decode(string frames, bool closes = true)
    {
        var sink = new RecordingSink();
        var decoder = Dialect.CreateDecoder();
        foreach (var line in frames.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var name = line[..space];
            decoder.OnFrame(
                new StreamFrame
                {
                    Event = Encoding.UTF8.GetBytes(name.TrimEnd('!')),
                    Data = Encoding.UTF8.GetBytes(line[(space + 1)..]),
                    IsException = name.EndsWith('!'),
                },
                sink);
        }

        if (closes)
        {
            decoder.OnUpstreamEnd(sink);
        }

        return sink.Trace;
    }

    public static string Encode(Action<IResponseSink> play, AnswerContext? context = null)
    {
        var output = new ArrayBufferWriter<byte>();
        play(new StreamGuard(Dialect.CreateEncoder(context ?? Context(), output), Dialect.Rules, new Losses()));
        return Frames(output.WrittenSpan);
    }

    public static string Frames(ReadOnlySpan<byte> wire)
    {
        var text = new StringBuilder();
        var reader = new EventStreamFrameReader();
        while (!wire.IsEmpty)
        {
            Assert.Equal(FrameStatus.Frame, reader.TryRead(wire, isLast: true, out var consumed, out var frame));
            text.Append(Encoding.UTF8.GetString(frame.Event)).Append(frame.IsException ? "! " : " ");
            text.Append(Encoding.UTF8.GetString(frame.Data)).Append('\n');
            wire = wire[consumed..];
        }

        return text.ToString().TrimEnd();
    }

    public static AnswerContext Context(string family = "claude", ChatRequest? request = null) => new()
    {
        Model = "m",
        Origin = new Origin("p", family, "chat"),
        ExchangeId = "x",
        Created = 1,
        Losses = new Losses(),
        Request = request,
    };

    public static ChatRequest Read(string body)
    {
        var error = Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "bedrock/m", true), out var request);
        Assert.Null(error);
        return request;
    }

    public static GatewayError Refuse(string body) =>
        Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "m", null), out _) ?? throw new InvalidOperationException("accepted");

    public static string Write(ChatRequest request, TargetModel? target = null, Losses? losses = null)
    {
        var output = new ArrayBufferWriter<byte>();
        Dialect.WriteRequest(request, target ?? Claude, output, losses ?? new Losses());
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>JSON laid out over lines as one line.</summary>
    public static string Flat(string json) => Indent().Replace(json, "");

    public static JsonText Text(string text) => JsonText.From(text);

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex Indent();
}
