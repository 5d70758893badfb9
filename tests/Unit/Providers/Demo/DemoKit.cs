using System.Text;
using BifrostLite.Providers.Demo;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Providers.Demo;

/// <summary>Asks demo models and collects what they say.</summary>
internal static class DemoKit
{
    public static ChatRequest Chat(string text, string model = "echo", long? maxTokens = null) => new()
    {
        Dialect = DialectNames.Messages,
        Model = model,
        Sampling = new Sampling { MaxTokens = maxTokens },
        Turns = { new Turn(Role.User) { Parts = { new TextPart(JsonText.From(text)) } } },
    };

    public static DemoScript Script(ChatRequest chat) => new(new DemoRequest(Dialects.Messages, DemoModel.Parse(chat.Model), chat, Encoding.UTF8.GetBytes("{\"x\":\"12345678\"}")));

    public static ChatAnswer Answer(ChatRequest chat)
    {
        var builder = new AnswerBuilder();
        var guard = new StreamGuard(builder, StreamRules.Sequential, new Losses());
        foreach (var e in Script(chat).Play().TakeWhile(e => !e.IsCut && e.Delay != Timeout.InfiniteTimeSpan))
        {
            e.Play(guard);
        }

        guard.Complete();
        return builder.Answer;
    }

    public static DemoStream Stream(ChatRequest chat, TimeProvider? clock = null) => new(
        Script(chat).Play(),
        Dialects.Messages,
        new AnswerContext
        {
            Model = chat.Model,
            Origin = new Origin("demo", "claude", DialectNames.Messages),
            ExchangeId = "x1",
            Created = 1,
            Losses = new Losses(),
        },
        clock ?? TimeProvider.System);

    /// <summary>Reads a stream in a dialect as an answer.</summary>
    public static ChatAnswer Decode(Dialect dialect, byte[] bytes)
    {
        var builder = new AnswerBuilder();
        var guard = new StreamGuard(builder, StreamRules.Interleaved | StreamRules.Choices, new Losses());
        var decoder = dialect.CreateDecoder();
        FrameReader reader = dialect.Framing == Framing.AwsEventStream ? new EventStreamFrameReader() : new SseFrameReader();
        var rest = bytes.AsSpan();
        while (reader.TryRead(rest, isLast: true, out var consumed, out var frame) is var status and not FrameStatus.Incomplete && consumed > 0)
        {
            if (status == FrameStatus.Frame)
            {
                decoder.OnFrame(frame, guard);
            }

            rest = rest[consumed..];
        }

        decoder.OnUpstreamEnd(guard);
        guard.Complete();
        return builder.Answer;
    }
}
