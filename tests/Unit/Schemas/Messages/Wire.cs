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

    public static string Error(GatewayError error)
    {
        var output = new ArrayBufferWriter<byte>();
        Dialect.WriteError(error, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static JsonText Text(string escaped) => new(Encoding.UTF8.GetBytes(escaped));
}
