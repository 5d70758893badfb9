using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Writes a whole answer as a Converse response (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html):
/// all blocks in one assistant's message.
/// </summary>
internal readonly ref struct ConverseAnswerWriter(AnswerContext context, IBufferWriter<byte> output)
{
    private readonly AnswerContext _context = context;
    private readonly IBufferWriter<byte> _output = output;

    public void Write(ChatAnswer answer)
    {
        var json = new JsonEmitter(_output);
        var hasTools = false;
        json.StartObject();
        json.StartObject("output"u8);
        json.StartObject("message"u8);
        json.Member("role"u8, "assistant"u8);
        json.StartArray("content"u8);
        foreach (var block in answer.Blocks)
        {
            if (block.Choice == 0)
            {
                hasTools |= block.Kind is BlockKind.Tool or BlockKind.CustomTool;
                WriteBlock(ref json, block);
            }
        }

        json.EndArray();
        json.EndObject();
        json.EndObject();
        WriteEnd(ref json, answer, hasTools);
        json.EndObject();
        AnswerLosses.Note(answer, _context.Losses);
    }

    private void WriteEnd(ref JsonEmitter json, ChatAnswer answer, bool hasTools)
    {
        var stop = answer.Stops.Count > 0 ? answer.Stops[0] : default;
        json.Member("stopReason"u8, ConverseStops.Write(stop, hasTools, _context.Losses));
        json.Name("usage"u8);
        ConverseUsage.Write(ref json, answer.Usage);
        json.StartObject("metrics"u8);
        json.Member("latencyMs"u8, _context.ElapsedMs);
        json.EndObject();
        ConverseStops.WriteFields(ref json, stop, _context.Request);
    }

    private void WriteBlock(ref JsonEmitter json, AnswerBlock block)
    {
        switch (block.Kind)
        {
            case BlockKind.Text or BlockKind.Refusal:
                WriteText(ref json, block);
                WriteState(ref json, block);
                break;
            case BlockKind.Reasoning:
                WriteReasoning(ref json, block);
                break;
            case BlockKind.Tool or BlockKind.CustomTool:
                WriteState(ref json, block);
                WriteToolUse(ref json, block);
                break;
            case BlockKind.Media when block.Name.Span.StartsWith("image/"u8):
                WriteImage(ref json, block);
                break;
            default:
                _context.Losses.Add(block.Kind == BlockKind.Media ? "answer.media" : "answer.server_tool", LossReason.Unsupported);
                break;
        }
    }

    private static void WriteText(ref JsonEmitter json, AnswerBlock block)
    {
        if (block.Text.IsEmpty && block.Citations.Count == 0)
        {
            return;
        }

        json.StartObject();
        if (block.Citations.Count == 0)
        {
            json.Member("text"u8, block.Text);
            json.EndObject();
            return;
        }

        json.StartObject("citationsContent"u8);
        json.StartArray("content"u8);
        json.StartObject();
        json.Member("text"u8, block.Text);
        json.EndObject();
        json.EndArray();
        json.StartArray("citations"u8);
        foreach (var citation in block.Citations)
        {
            ConverseCitations.Write(ref json, citation);
        }

        json.EndArray();
        json.EndObject();
        json.EndObject();
    }

    private void WriteReasoning(ref JsonEmitter json, AnswerBlock block)
    {
        if (!block.Text.IsEmpty || !block.Signature.IsEmpty)
        {
            WriteReasoningText(ref json, block);
        }

        if (!block.Redacted.IsEmpty)
        {
            json.StartObject();
            json.StartObject("reasoningContent"u8);
            json.Name("redactedContent"u8);
            json.StartString();
            ConverseReasoning.WriteRedacted(block.Redacted.Span, _context.Origin, _output);
            json.EndString();
            json.EndObject();
            json.EndObject();
        }
    }

    private void WriteReasoningText(ref JsonEmitter json, AnswerBlock block)
    {
        json.StartObject();
        json.StartObject("reasoningContent"u8);
        json.StartObject("reasoningText"u8);
        json.Name("text"u8);
        json.StartString();
        block.WriteText(_output);
        json.EndString();
        if (!block.Signature.IsEmpty)
        {
            json.Name("signature"u8);
            json.StartString();
            ConverseReasoning.WriteSignature(block.Signature.Span, _context.Origin, _output);
            json.EndString();
        }

        json.EndObject();
        json.EndObject();
        json.EndObject();
    }

    /// <summary>State that came with a text or a call stands in a reasoning block without text beside it.</summary>
    private void WriteState(ref JsonEmitter json, AnswerBlock block)
    {
        if (!block.Signature.IsEmpty)
        {
            WriteReasoningText(ref json, new AnswerBlock(BlockKind.Reasoning, block.Choice) { Signature = block.Signature });
        }
    }

    private void WriteToolUse(ref JsonEmitter json, AnswerBlock block)
    {
        json.StartObject();
        json.StartObject("toolUse"u8);
        json.Member("toolUseId"u8, block.Id);
        json.Member("name"u8, block.Name);
        json.Name("input"u8);
        if (block.Kind == BlockKind.CustomTool)
        {
            json.StartObject();
            json.Member("input"u8, block.Text);
            json.EndObject();
        }
        else
        {
            json.Raw(CallArguments.AsObject(block.Text, "answer", _context.Losses));
        }

        json.EndObject();
        json.EndObject();
    }

    private static void WriteImage(ref JsonEmitter json, AnswerBlock block)
    {
        json.StartObject();
        json.StartObject("image"u8);
        json.Member("format"u8, block.Name.Span["image/"u8.Length..]);
        json.StartObject("source"u8);
        json.Member("bytes"u8, block.Text);
        json.EndObject();
        json.EndObject();
        json.EndObject();
    }
}
