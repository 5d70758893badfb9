using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// Output items as hub events. Fed with deltas (streams) or with complete items (whole answers, and the "done" events of
/// streams): a complete item adds only what its deltas have not told, since vendors leave out now these, now those.
/// </summary>
internal sealed class ResponsesItemEvents
{
    /// <summary>Part number of a block that is a whole item.</summary>
    private const int WholeItem = ResponsesBlock.WholeItem;

    private readonly List<ResponsesBlock> _blocks = [];

    public bool HasTools { get; private set; }

    public bool HasRefusal { get; private set; }

    public bool IsEmpty => _blocks.Count == 0;

    /// <summary>An item begins. Messages begin with their first part, built-in tools are told when they are done.</summary>
    public void Begin(JsonValue item, int output, IResponseSink sink)
    {
        var type = Text(item, "type"u8);
        if (type.SequenceEqual("reasoning"u8))
        {
            Start(output, WholeItem, BlockKind.Reasoning, item, sink);
        }
        else if (type.SequenceEqual("function_call"u8) && !Text(item, "name"u8).IsEmpty)
        {
            Start(output, WholeItem, BlockKind.Tool, item, sink);
        }
        else if (type.SequenceEqual("custom_tool_call"u8) && !Text(item, "name"u8).IsEmpty && !ResponsesServerItems.IsOwnStep(item))
        {
            Start(output, WholeItem, BlockKind.CustomTool, item, sink);
        }
    }

    public void BeginPart(int output, int part, BlockKind kind, IResponseSink sink)
    {
        if (Find(output, part) is null)
        {
            Start(output, part, kind, default, sink);
        }
    }

    /// <summary>Text of a message's part, or arguments of a call.</summary>
    public void Grow(int output, int part, BlockKind kind, ReadOnlySpan<byte> text, IResponseSink sink)
    {
        var isPart = kind is BlockKind.Text or BlockKind.Refusal;
        var block = Find(output, isPart ? part : WholeItem);
        if (block is null && !isPart)
        {
            return; // a call whose name is not known yet: its item comes whole at its end
        }

        block ??= Start(output, part, kind, default, sink);
        block.Send(DeltaKind.Text, text, sink);
        block.HasText = true;
    }

    /// <summary>The same as a whole, where no delta came before.</summary>
    public void Complete(int output, int part, BlockKind kind, ReadOnlySpan<byte> text, IResponseSink sink)
    {
        if (!text.IsEmpty && Find(output, kind is BlockKind.Text or BlockKind.Refusal ? part : WholeItem) is not { HasText: true })
        {
            Grow(output, part, kind, text, sink);
        }
    }

    /// <summary>
    /// Reasoning, as summary or as the model's own text. Where a provider sends both, the one that comes first is told: they say the same.
    /// </summary>
    public void Reason(int output, int part, bool isSummary, ReadOnlySpan<byte> text, IResponseSink sink)
    {
        var block = Find(output, WholeItem) ?? Start(output, WholeItem, BlockKind.Reasoning, default, sink);
        if (block.HasText && block.IsSummary != isSummary)
        {
            return;
        }

        if (block.HasText && block.Part != part)
        {
            block.Send(DeltaKind.SummaryBreak, default, sink);
        }

        block.HasText = true;
        block.IsSummary = isSummary;
        block.Part = part;
        block.Send(DeltaKind.Text, text, sink);
    }

    /// <summary>A whole reasoning part, where no delta of it came before.</summary>
    public void CompleteReason(int output, int part, bool isSummary, ReadOnlySpan<byte> text, IResponseSink sink)
    {
        var block = Find(output, WholeItem);
        var isTold = block is { HasText: true } && (block.Part >= part || block.IsSummary != isSummary);
        if (!text.IsEmpty && !isTold)
        {
            Reason(output, part, isSummary, text, sink);
        }
    }

    public void Annotate(int output, int part, Citation citation, IResponseSink sink)
    {
        var block = Find(output, part) ?? Start(output, part, BlockKind.Text, default, sink);
        block.Citations++;
        sink.On(new ResponseEvent { Kind = EventKind.Annotation, Index = block.Index, Block = block.Kind, Citation = citation });
    }

    public void Logprobs(int output, int part, ReadOnlySpan<byte> array, IResponseSink sink)
    {
        if (Find(output, part) is { } block)
        {
            block.HasLogprobs = true;
            sink.On(new ResponseEvent { Kind = EventKind.Logprobs, Index = block.Index, Block = block.Kind, Raw = array });
        }
    }

    /// <summary>An item is complete: tells what is still untold of it and stops its blocks.</summary>
    public void End(JsonValue item, int output, IResponseSink sink)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var type = Encoding.UTF8.GetString(Text(item, "type"u8));
        switch (type)
        {
            case "message":
                EndMessage(item, output, sink);
                break;
            case "reasoning":
                EndReasoning(item, output, sink);
                break;
            case "function_call":
                EndCall(item, output, BlockKind.Tool, "arguments"u8, sink);
                break;
            case "custom_tool_call" when !ResponsesServerItems.IsOwnStep(item):
                EndCall(item, output, BlockKind.CustomTool, "input"u8, sink);
                break;
            case "image_generation_call" when !Text(item, "result"u8).IsEmpty:
                TellImage(item, output, sink);
                break;
            case var known when ResponsesServerItems.Knows(known):
                TellServerTool(item, known, output, sink);
                break;
            default:
                sink.On(new ResponseEvent { Kind = EventKind.Extension, Name = Text(item, "type"u8), Raw = item.Raw });
                break;
        }
    }

    private void EndMessage(JsonValue item, int output, IResponseSink sink)
    {
        // The first part of a message need not be number 0 (bedrock-mantle counts parts over the whole answer).
        if (RequestFields.Has(item, "content"u8, out var content) && content.ValueKind == JsonValueKind.Array)
        {
            var first = FirstPart(output);
            foreach (var part in content.EnumerateArray())
            {
                EndPart(part, output, first++, sink);
            }
        }

        foreach (var block in _blocks)
        {
            if (block.Output == output)
            {
                block.Stop(sink);
            }
        }
    }

    private void EndPart(JsonValue part, int output, int number, IResponseSink sink)
    {
        var isRefusal = Text(part, "type"u8).SequenceEqual("refusal"u8);
        if (!isRefusal && !Text(part, "type"u8).SequenceEqual("output_text"u8))
        {
            return;
        }

        var text = Text(part, isRefusal ? "refusal"u8 : "text"u8);
        Complete(output, number, isRefusal ? BlockKind.Refusal : BlockKind.Text, text, sink);
        if (Find(output, number) is not { } block)
        {
            return;
        }

        if (RequestFields.Has(part, "annotations"u8, out var annotations) && annotations.ValueKind == JsonValueKind.Array)
        {
            var told = block.Citations;
            foreach (var annotation in annotations.EnumerateArray())
            {
                if (told-- <= 0)
                {
                    Annotate(output, number, Cite(annotation), sink);
                }
            }
        }

        if (!block.HasLogprobs && RequestFields.Has(part, "logprobs"u8, out var logprobs)
            && logprobs.ValueKind == JsonValueKind.Array && logprobs.GetArrayLength() > 0)
        {
            Logprobs(output, number, logprobs.Raw, sink);
        }
    }

    private void EndReasoning(JsonValue item, int output, IResponseSink sink)
    {
        var block = Find(output, WholeItem) ?? Start(output, WholeItem, BlockKind.Reasoning, item, sink);
        if (!block.HasText)
        {
            Reason(item, "content"u8, output, isSummary: false, sink);
        }

        if (!block.HasText)
        {
            Reason(item, "summary"u8, output, isSummary: true, sink);
        }

        block.Send(DeltaKind.Signature, Text(item, "encrypted_content"u8), sink);
        block.Stop(sink);
    }

    private void Reason(JsonValue item, ReadOnlySpan<byte> name, int output, bool isSummary, IResponseSink sink)
    {
        if (RequestFields.Has(item, name, out var parts) && parts.ValueKind == JsonValueKind.Array)
        {
            var number = 0;
            foreach (var part in parts.EnumerateArray())
            {
                var text = Text(part, "text"u8);
                if (!text.IsEmpty)
                {
                    Reason(output, number, isSummary, text, sink);
                }

                number++;
            }
        }
    }

    private void EndCall(JsonValue item, int output, BlockKind kind, ReadOnlySpan<byte> name, IResponseSink sink)
    {
        var block = Find(output, WholeItem) ?? Start(output, WholeItem, kind, item, sink);
        if (!block.HasText)
        {
            block.Send(DeltaKind.Text, Text(item, name), sink);
        }

        block.Stop(sink);
    }

    private void TellImage(JsonValue item, int output, IResponseSink sink)
    {
        var format = Text(item, "output_format"u8);
        var type = Encoding.UTF8.GetBytes($"image/{(format.IsEmpty ? "png" : Encoding.UTF8.GetString(format))}");
        var block = Add(output, BlockKind.Media);
        sink.On(new ResponseEvent
        {
            Kind = EventKind.BlockStart,
            Index = block.Index,
            Block = BlockKind.Media,
            Id = Text(item, "id"u8),
            Name = type,
            Raw = item.Raw,
        });
        block.Send(DeltaKind.Text, Text(item, "result"u8), sink);
        block.Stop(sink);
    }

    private void TellServerTool(JsonValue item, string type, int output, IResponseSink sink)
    {
        var raw = new RawJson(item.Raw.ToArray());
        var name = Encoding.UTF8.GetBytes(ResponsesServerItems.Read(item, type, raw, out var input, out var outcome));
        var id = Text(item, "id"u8);
        var call = Add(output, BlockKind.ServerTool);
        sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = call.Index, Block = call.Kind, Id = id, Name = name, Raw = raw.Span });
        call.Send(DeltaKind.Text, input.Span, sink);
        call.Stop(sink);
        if (outcome is not null)
        {
            var result = Add(output, BlockKind.ServerToolResult);
            sink.On(new ResponseEvent { Kind = EventKind.BlockStart, Index = result.Index, Block = result.Kind, Id = id, Name = name, Outcome = outcome });
            result.Stop(sink);
        }
    }

    private ResponsesBlock Start(int output, int part, BlockKind kind, JsonValue item, IResponseSink sink)
    {
        HasTools |= kind is BlockKind.Tool or BlockKind.CustomTool;
        HasRefusal |= kind == BlockKind.Refusal;
        var isCall = kind is BlockKind.Tool or BlockKind.CustomTool;
        var block = Add(output, kind);
        block.Key = part;
        sink.On(new ResponseEvent
        {
            Kind = EventKind.BlockStart,
            Index = block.Index,
            Block = kind,
            Id = Text(item, isCall ? "call_id"u8 : "id"u8),
            Name = isCall ? Text(item, "name"u8) : default,
            Namespace = isCall ? Text(item, "namespace"u8) : default,
        });
        return block;
    }

    private ResponsesBlock Add(int output, BlockKind kind)
    {
        var block = new ResponsesBlock(_blocks.Count, output, kind);
        _blocks.Add(block);
        return block;
    }

    /// <summary>Looks from the end: the newest block is nearly always the one that grows.</summary>
    private ResponsesBlock? Find(int output, int part)
    {
        for (var i = _blocks.Count - 1; i >= 0; i--)
        {
            if (_blocks[i].Output == output && _blocks[i].Key == part)
            {
                return _blocks[i];
            }
        }

        return null;
    }

    private int FirstPart(int output) => _blocks.Find(b => b.Output == output)?.Key ?? 0;

    public static Citation Cite(JsonValue annotation) =>
        ResponsesCitations.Read(annotation, new RawJson(annotation.Raw.ToArray()));

    private static ReadOnlySpan<byte> Text(JsonValue owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.Raw[1..^1]
            : default;
}
