using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>Reads a whole message object (platform.claude.com/docs/en/api/messages) as the events of an answer.</summary>
internal static class MessagesAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> bytes, IResponseSink sink)
    {
        if (!JsonBody.TryParse(bytes, out var body, out var error))
        {
            Fail(sink, GatewayError.Upstream($"the upstream's answer is {error}"));
            return;
        }

        using (body)
        {
            var root = body.Root;
            if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("content"u8, out var content)
                && content.ValueKind == JsonValueKind.Array)
            {
                Read(body, content, sink);
                return;
            }

            var isError = body.TextOf(root, "type"u8).Is("error"u8) || !body.RawOf(root, "error"u8).IsAbsent;
            Fail(sink, isError ? MessagesErrors.ReadEvent(bytes.Span) : GatewayError.Upstream("the upstream's answer is no message"));
        }
    }

    private static void Read(JsonBody body, JsonValue content, IResponseSink sink)
    {
        var usage = MessagesUsage.Read(body.RawOf(body.Root, "usage"u8).Span, default);
        sink.On(new ResponseEvent
        {
            Kind = EventKind.MessageStart,
            Id = body.TextOf(body.Root, "id"u8).Span,
            Name = body.TextOf(body.Root, "model"u8).Span,
            Figures = new ReadOnlySpan<Usage>(in usage),
        });
        var index = 0;
        foreach (var block in content.EnumerateArray())
        {
            ReadBlock(body, block, index++, sink);
        }

        if (body.RawOf(body.Root, "container"u8) is { IsObject: true } container)
        {
            sink.On(new ResponseEvent { Kind = EventKind.Extension, Name = "container"u8, Raw = container.Span });
        }

        sink.On(ResponseEvent.Of(in usage));
        sink.On(new ResponseEvent { Kind = EventKind.Finish, Stop = MessagesStops.Read(body, body.Root) });
        sink.On(new ResponseEvent { Kind = EventKind.End });
    }

    private static void ReadBlock(JsonBody body, JsonValue block, int index, IResponseSink sink)
    {
        if (block.ValueKind == JsonValueKind.Object && MessagesBlockReader.Start(body, block, index, sink))
        {
            MessagesBlockReader.Content(body, block, index, sink);
            MessagesBlockReader.Delta(sink, index, DeltaKind.Text, MessagesBlockReader.Input(body, block, isWhole: true));
            sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = index });
        }
    }

    private static void Fail(IResponseSink sink, GatewayError error) => sink.On(new ResponseEvent { Kind = EventKind.Error, Error = error });
}
