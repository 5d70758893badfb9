using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Reads a whole Converse answer (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html) as the
/// events its stream would have had.
/// </summary>
internal readonly ref struct ConverseAnswerReader
{
    private readonly JsonBody _body;
    private readonly IResponseSink _sink;

    private ConverseAnswerReader(JsonBody body, IResponseSink sink)
    {
        _body = body;
        _sink = sink;
    }

    public static void Read(ReadOnlyMemory<byte> bytes, IResponseSink sink)
    {
        if (!JsonBody.TryParse(bytes, out var body, out var why))
        {
            Fail(sink, GatewayError.Upstream($"the provider's answer is {why}"));
            return;
        }

        using (body)
        {
            if (body.Root.ValueKind != JsonValueKind.Object || !body.Root.TryGetProperty("output"u8, out var output))
            {
                Fail(sink, ConverseErrors.Read(502, bytes.Span));
                return;
            }

            new ConverseAnswerReader(body, sink).Read(output);
        }
    }

    private static void Fail(IResponseSink sink, GatewayError error) => sink.On(new ResponseEvent { Kind = EventKind.Error, Error = error });

    private void Read(JsonValue output)
    {
        _sink.On(new ResponseEvent { Kind = EventKind.MessageStart });
        if (Member(output, "message"u8) is { } message && Member(message, "content"u8) is { ValueKind: JsonValueKind.Array } content)
        {
            var index = 0;
            foreach (var block in content.EnumerateArray())
            {
                if (block.ValueKind == JsonValueKind.Object)
                {
                    ReadBlock(block, index++);
                }
            }
        }

        ReadEnd();
    }

    private void ReadEnd()
    {
        var root = _body.Root;
        if (root.TryGetProperty("usage"u8, out var usage))
        {
            var reader = ConverseJson.Reader(_body.Raw(usage).Span);
            reader.Read();
            _sink.On(ResponseEvent.Of(ConverseUsage.Read(ref reader)));
        }

        if (root.TryGetProperty("serviceTier"u8, out var tier))
        {
            var reader = ConverseJson.Reader(_body.Raw(tier).Span);
            reader.Read();
            _sink.On(ResponseEvent.Of(ConverseUsage.ReadTier(ref reader)));
        }

        if (root.TryGetProperty("trace"u8, out var trace) && trace.ValueKind == JsonValueKind.Object)
        {
            _sink.On(new ResponseEvent { Kind = EventKind.Extension, Name = "trace"u8, Raw = _body.Raw(trace).Span });
        }

        var reason = root.TryGetProperty("stopReason"u8, out var word) ? _body.Text(word) : default;
        var sequence = root.TryGetProperty("additionalModelResponseFields"u8, out var fields)
            ? new JsonText(ConverseJson.StopSequence(_body.Raw(fields).Span).ToArray())
            : default;
        _sink.On(new ResponseEvent { Kind = EventKind.Finish, Stop = ConverseStops.Read(reason.Span, sequence) });
        _sink.On(new ResponseEvent { Kind = EventKind.End });
    }

    private void ReadBlock(JsonValue block, int index)
    {
        foreach (var member in block.EnumerateObject())
        {
            switch (member.Name)
            {
                case "text":
                    Start(index, BlockKind.Text);
                    Grow(index, BlockKind.Text, DeltaKind.Text, _body.Text(member.Value));
                    Stop(index, BlockKind.Text);
                    return;
                case "toolUse":
                    ReadToolUse(member.Value, index);
                    return;
                case "toolResult":
                    ReadToolResult(member.Value, index);
                    return;
                case "reasoningContent":
                    ReadReasoning(member.Value, index);
                    return;
                case "citationsContent":
                    ReadCitations(member.Value, index);
                    return;
                case "image":
                    ReadImage(member.Value, index);
                    return;
            }
        }

        _sink.On(new ResponseEvent { Kind = EventKind.Extension, Name = "content"u8, Raw = _body.Raw(block).Span });
    }

    private void ReadToolUse(JsonValue tool, int index)
    {
        var isServer = Text(tool, "type"u8).Is(ConverseServerTools.CallType);
        var kind = isServer ? BlockKind.ServerTool : BlockKind.Tool;
        var name = Text(tool, "name"u8);
        _sink.On(new ResponseEvent
        {
            Kind = EventKind.BlockStart,
            Index = index,
            Block = kind,
            Id = Text(tool, "toolUseId"u8).Span,
            Name = isServer ? ConverseServerTools.HubName(name.Span) : name.Span,
            Raw = isServer ? _body.Raw(tool).Span : default,
        });
        if (Member(tool, "input"u8) is { } input)
        {
            Grow(index, kind, DeltaKind.Text, JsonQuote.Of(_body.Raw(input)));
        }

        Stop(index, kind);
    }

    private void ReadToolResult(JsonValue result, int index)
    {
        var text = Member(result, "content"u8) is { } content ? ConverseToolResults.PlainText(_body, content) : default;
        _sink.On(new ResponseEvent
        {
            Kind = EventKind.BlockStart,
            Index = index,
            Block = BlockKind.ServerToolResult,
            Id = Text(result, "toolUseId"u8).Span,
            Outcome = ConverseServerTools.Outcome(text, Text(result, "status"u8).Is("error"u8), _body.Raw(result)),
        });
        Stop(index, BlockKind.ServerToolResult);
    }

    private void ReadReasoning(JsonValue reasoning, int index)
    {
        Start(index, BlockKind.Reasoning);
        if (Member(reasoning, "reasoningText"u8) is { } text)
        {
            Grow(index, BlockKind.Reasoning, DeltaKind.Text, Text(text, "text"u8));
            Grow(index, BlockKind.Reasoning, DeltaKind.Signature, Text(text, "signature"u8));
        }

        Grow(index, BlockKind.Reasoning, DeltaKind.Redacted, Text(reasoning, "redactedContent"u8));
        Stop(index, BlockKind.Reasoning);
    }

    private void ReadCitations(JsonValue cited, int index)
    {
        Start(index, BlockKind.Text);
        foreach (var piece in Items(cited, "content"u8))
        {
            Grow(index, BlockKind.Text, DeltaKind.Text, Text(piece, "text"u8));
        }

        foreach (var item in Items(cited, "citations"u8))
        {
            if (ConverseCitations.Read(_body, item) is { } citation)
            {
                _sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = index, Block = BlockKind.Text, Citation = citation });
            }
        }

        Stop(index, BlockKind.Text);
    }

    private void ReadImage(JsonValue image, int index)
    {
        Span<byte> media = [.. "image/"u8, .. Text(image, "format"u8).Span];
        _sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = index, Block = BlockKind.Media, Name = media });
        if (Member(image, "source"u8) is { } source)
        {
            Grow(index, BlockKind.Media, DeltaKind.Text, Text(source, "bytes"u8));
        }

        Stop(index, BlockKind.Media);
    }

    private void Start(int index, BlockKind kind) => _sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = index, Block = kind });

    private void Grow(int index, BlockKind block, DeltaKind kind, JsonText text)
    {
        if (!text.IsEmpty)
        {
            _sink.On(new ResponseEvent { Kind = EventKind.BlockDelta, Index = index, Block = block, Delta = kind, Text = text.Span });
        }
    }

    private void Stop(int index, BlockKind kind) => _sink.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = index, Block = kind });

    private JsonText Text(JsonValue element, ReadOnlySpan<byte> name) => Member(element, name) is { } value ? _body.Text(value) : default;

    private static JsonValue? Member(JsonValue element, ReadOnlySpan<byte> name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;

    private static JsonItemWalk Items(JsonValue element, ReadOnlySpan<byte> name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : default;
}
