using System.Buffers;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Messages;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Messages;

/// <summary>Short ways into the dialect for tests.</summary>
internal static class Wire
{
    public static MessagesDialect Dialect { get; } = new();

    public static AnswerContext Context(string family = "openai", string dialect = "chat") => new()
    {
        Model = "asked-model",
        Origin = new Origin("prov", family, dialect),
        ExchangeId = "X1",
        Created = 1,
        Losses = new Losses(),
    };

    /// <summary>Frames made from data alone; the event's name is its type, as the API has it.</summary>
    public static EventLog Decode(params string[] frames)
    {
        var log = new EventLog();
        var decoder = Dialect.CreateDecoder();
        foreach (var frame in frames)
        {
            decoder.OnFrame(new StreamFrame { Data = Encoding.UTF8.GetBytes(frame) }, log);
        }

        return log;
    }

    public static EventLog ReadAnswer(string body)
    {
        var log = new EventLog();
        Dialect.ReadAnswer(Encoding.UTF8.GetBytes(body), log);
        return log;
    }

    /// <summary>The data lines of a stream, decoded from one dialect and encoded in this one.</summary>
    public static List<string> Data(ArrayBufferWriter<byte> output) =>
        [.. Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(static f => f[(f.IndexOf("data: ", StringComparison.Ordinal) + 6)..])];

    public static TargetModel Claude { get; } = new("anthropic", "claude-x", "claude") { Reasoning = ReasoningStyle.Budget, StateIsPortable = true };

    public static ChatRequest Read(string body)
    {
        Assert.Null(Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "", null), out var request));
        return request;
    }

    public static GatewayError? ReadError(string body) => Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "", null), out _);

    /// <summary>A request with one user's turn, to be given what the test is about.</summary>
    public static ChatRequest Ask(params Part[] parts)
    {
        var request = new ChatRequest { Dialect = "chat", Turns = { new Turn(Role.User) } };
        request.Turns[0].Parts.AddRange(parts.Length > 0 ? parts : [new TextPart(Text("hi"))]);
        return request;
    }

    public static Turn Assistant(params Part[] parts)
    {
        var turn = new Turn(Role.Assistant);
        turn.Parts.AddRange(parts);
        return turn;
    }

    /// <summary>The written body and, after a space, what was lost: "path:reason" each.</summary>
    public static (string Body, string Losses) Write(ChatRequest request, TargetModel? target = null)
    {
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();
        Dialect.WriteRequest(request, target ?? Claude, output, losses);
        return (Encoding.UTF8.GetString(output.WrittenSpan), string.Join(' ', losses.Kept.Select(static l => $"{l.Path}:{l.Reason}")));
    }

    public static string Error(GatewayError error)
    {
        var output = new ArrayBufferWriter<byte>();
        Dialect.WriteError(error, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static JsonText Text(string escaped) => new(Encoding.UTF8.GetBytes(escaped));
}
