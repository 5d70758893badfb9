using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>Writes a whole answer as a message object (platform.claude.com/docs/en/api/messages).</summary>
internal sealed class MessagesAnswerWriter(AnswerContext context, IBufferWriter<byte> output)
{
    private readonly MessagesBlockWriter _blocks = new(context);
    private bool _hasTools;
    private int _index;

    public void Write(ChatAnswer answer)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        _blocks.WriteHead(ref json, answer.Id.Span, answer.Model.Span);
        json.StartArray("content"u8);
        foreach (var block in answer.Blocks)
        {
            if (block.Choice == 0)
            {
                WriteBlock(ref json, block);
            }
        }

        json.EndArray();
        var stop = answer.Stops.Count > 0 ? answer.Stops[0] : default;
        MessagesBlockWriter.WriteStop(ref json, MessagesStops.WordOf(stop, _hasTools, context), stop.Sequence);
        json.Name("usage"u8);
        MessagesUsage.Write(ref json, answer.Usage);
        json.EndObject();
        foreach (var extension in answer.Extensions)
        {
            context.Losses.Add($"extension.{extension.Name}", LossReason.Unknown);
        }
    }

    private void WriteBlock(ref JsonEmitter json, AnswerBlock block)
    {
        if (!MessagesBlockWriter.CanWrite(block.Kind, block.Name.Span, block.Outcome))
        {
            context.Losses.Add($"content[{_index}]", LossReason.Unsupported);
            return;
        }

        if (!block.Logprobs.IsAbsent)
        {
            context.Losses.Add($"content[{_index}].logprobs", LossReason.Unsupported);
        }

        switch (block.Kind)
        {
            case BlockKind.Reasoning:
                WriteReasoning(ref json, block);
                break;
            case BlockKind.Tool:
                _hasTools = true;
                WriteCallSignature(ref json, block);
                _blocks.WriteTool(ref json, block.Id.Span, block.Name.Span, _index++, InputOf(block.Text).Span);
                break;
            case BlockKind.CustomTool:
                _hasTools = true;
                WriteFreeInput(ref json, block);
                break;
            case BlockKind.ServerTool:
                _blocks.WriteServerTool(ref json, block.Id.Span, block.Name.Span, _index++, InputOf(block.Text).Span, block.Raw.Span);
                break;
            case BlockKind.ServerToolResult when block.Outcome is { } outcome:
                MessagesBlockWriter.WriteServerToolResult(ref json, block.Id.Span, block.Name.Span, outcome);
                _index++;
                break;
            default:
                WriteText(ref json, block);
                break;
        }
    }

    private void WriteFreeInput(ref JsonEmitter json, AnswerBlock block)
    {
        WriteCallSignature(ref json, block);
        byte[] input = [.. "{\"input\":\""u8, .. block.Text.Span, .. "\"}"u8];
        _blocks.WriteTool(ref json, block.Id.Span, block.Name.Span, _index++, input);
    }

    private void WriteText(ref JsonEmitter json, AnswerBlock block)
    {
        json.StartObject();
        json.Member("type"u8, "text"u8);
        json.Member("text"u8, block.Text);
        var hasAny = false;
        foreach (var citation in block.Citations)
        {
            if (!MessagesCitations.CanAnswer(citation))
            {
                context.Losses.Add($"content[{_index}].citations", LossReason.Unsupported);
                continue;
            }

            if (!hasAny)
            {
                json.StartArray("citations"u8);
                hasAny = true;
            }

            MessagesCitations.Write(ref json, citation);
        }

        if (hasAny)
        {
            json.EndArray();
        }

        json.EndObject();
        _index++;
    }

    /// <summary>The state of a call (Gemini) stands in a thinking block without text before it.</summary>
    private void WriteCallSignature(ref JsonEmitter json, AnswerBlock block)
    {
        if (!block.Signature.IsEmpty)
        {
            WriteReasoning(ref json, new AnswerBlock(BlockKind.Reasoning, block.Choice) { Id = block.Id, Signature = block.Signature });
        }
    }

    private void WriteReasoning(ref JsonEmitter json, AnswerBlock block)
    {
        if (!block.Text.IsEmpty || !block.Signature.IsEmpty)
        {
            json.StartObject();
            json.Member("type"u8, "thinking"u8);
            json.Name("thinking"u8);
            WriteThoughts(ref json, block);
            json.Name("signature"u8);
            json.StartString();
            if (!block.Signature.IsEmpty)
            {
                _blocks.WriteTag(StateKind.Signature, block.Id.Span, output);
                output.Write(block.Signature.Span);
            }

            json.EndString();
            json.EndObject();
            _index++;
        }

        if (!block.Redacted.IsEmpty)
        {
            _blocks.WriteRedacted(ref json, block.Id, block.Redacted.Span, output);
            _index++;
        }
    }

    private void WriteThoughts(ref JsonEmitter json, AnswerBlock block)
    {
        json.StartString();
        block.WriteText(output);
        json.EndString();
    }

    /// <summary>Input must be an object: arguments the model left out are {}, as are those that do not parse.</summary>
    private RawJson InputOf(JsonText arguments)
    {
        if (arguments.IsEmpty)
        {
            return RawJson.EmptyObject;
        }

        var plain = new ArrayBufferWriter<byte>(arguments.Span.Length);
        JsonEscapes.Unescape(arguments.Span, plain);
        if (JsonBody.TryParse(plain.WrittenMemory, out var body, out _))
        {
            using (body)
            {
                if (body.Root.ValueKind == JsonValueKind.Object)
                {
                    return body.Raw(body.Root);
                }
            }
        }

        context.Losses.Add($"content[{_index}].input", LossReason.Repaired);
        return RawJson.EmptyObject;
    }
}
