using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// A whole answer as chat.completion (platform.openai.com/docs/api-reference/chat/object). Reasoning stands in "reasoning" and,
/// with its state, in "reasoning_details", so that a caller who sends the message back sends the state too.
/// </summary>
internal static class ChatCompletionsAnswerWriter
{
    private static readonly List<AnswerBlock> None = [];

    public static void Write(ChatAnswer answer, ChatCompletionsSurface surface, IBufferWriter<byte> output)
    {
        var json = new JsonEmitter(output);
        json.StartObject();
        WriteHead(surface.Context, answer.Id.Span, answer.Model.Span, answer.Created, isChunk: false, ref json);
        json.StartArray("choices"u8);
        var choices = Math.Max(1, answer.Stops.Count);
        for (var choice = 0; choice < choices; choice++)
        {
            WriteChoice(answer, choice, surface, ref json, output);
        }

        json.EndArray();
        json.Name("usage"u8);
        ChatCompletionsUsage.Write(answer.Usage, ref json);
        foreach (var extension in answer.Extensions)
        {
            var name = Encoding.UTF8.GetBytes(extension.Name);
            if (surface.Carries(name))
            {
                json.Member(name, extension.Value);
            }
            else
            {
                surface.Context.Losses.Add($"answer.{extension.Name}", LossReason.Unknown);
            }
        }

        foreach (var block in answer.Blocks)
        {
            if (block.Kind == BlockKind.ServerToolResult)
            {
                surface.Keep(block.Outcome);
            }
        }

        surface.WriteHits(ref json);
        json.EndObject();
    }

    /// <summary>The members that are the same in a whole answer and in every chunk.</summary>
    public static void WriteHead(
        AnswerContext context, ReadOnlySpan<byte> id, ReadOnlySpan<byte> model, long created, bool isChunk, ref JsonEmitter json)
    {
        json.Name("id"u8);
        if (id.IsEmpty)
        {
            json.String("chatcmpl-" + context.ExchangeId);
        }
        else
        {
            json.Escaped(id);
        }

        json.Member("object"u8, isChunk ? "chat.completion.chunk"u8 : "chat.completion"u8);
        json.Member("created"u8, created > 0 ? created : context.Created);
        json.Name("model"u8);
        if (model.IsEmpty)
        {
            json.String(context.Model);
        }
        else
        {
            json.Escaped(model);
        }
    }

    /// <summary>The blocks of a kind: mostly all of them or none, which costs no list.</summary>
    private static List<AnswerBlock> Kept(List<AnswerBlock> blocks, Predicate<AnswerBlock> isKept) =>
        blocks.TrueForAll(isKept) ? blocks : blocks.Exists(isKept) ? blocks.FindAll(isKept) : None;

    private static void WriteChoice(ChatAnswer answer, int number, ChatCompletionsSurface surface, ref JsonEmitter json, IBufferWriter<byte> output)
    {
        var blocks = answer.Stops.Count <= 1 ? answer.Blocks : answer.Blocks.FindAll(b => b.Choice == number);
        var calls = Kept(blocks, static b => b.Kind is BlockKind.Tool or BlockKind.CustomTool);
        json.StartObject();
        json.Member("index"u8, number);
        json.StartObject("message"u8);
        json.Member("role"u8, "assistant"u8);
        WriteContent(blocks, calls.Count > 0, surface, ref json, output);
        WriteReasoning(blocks, surface, ref json, output);
        WriteAnnotations(blocks, surface, ref json);
        ChatCompletionsMedia.WriteMedia(blocks, ref json);
        WriteCalls(calls, number, surface, ref json, output);
        json.EndObject();
        WriteLogprobs(blocks, ref json);
        var stop = number < answer.Stops.Count ? answer.Stops[number] : default;
        json.Name("finish_reason"u8);
        json.Escaped(ChatCompletionsFinish.Word(stop, calls.Count > 0));
        if (stop.Kind == StopKind.Other)
        {
            json.Name("native_finish_reason"u8);
            json.Escaped(stop.Native.Span);
        }

        json.EndObject();
    }

    private static void WriteContent(
        List<AnswerBlock> blocks, bool hasCalls, ChatCompletionsSurface surface, ref JsonEmitter json, IBufferWriter<byte> output)
    {
        var refusals = surface.ShowsRefusals ? Kept(blocks, static b => b.Kind == BlockKind.Refusal) : [];
        var texts = surface.ShowsRefusals
            ? Kept(blocks, static b => b.Kind == BlockKind.Text)
            : Kept(blocks, static b => b.Kind is BlockKind.Text or BlockKind.Refusal);
        json.Name("content"u8);
        WriteJoined(texts, isNullable: hasCalls || refusals.Count > 0, ""u8, ref json, output);
        json.Name("refusal"u8);
        WriteJoined(refusals, isNullable: true, ""u8, ref json, output);
    }

    private static void WriteJoined(
        List<AnswerBlock> blocks, bool isNullable, ReadOnlySpan<byte> separator, ref JsonEmitter json, IBufferWriter<byte> output)
    {
        if (blocks.Count == 0 && isNullable)
        {
            json.Null();
            return;
        }

        json.StartString();
        for (var i = 0; i < blocks.Count; i++)
        {
            output.Write(i > 0 ? separator : default);
            blocks[i].WriteText(output);
        }

        json.EndString();
    }

    private static void WriteReasoning(List<AnswerBlock> blocks, ChatCompletionsSurface surface, ref JsonEmitter json, IBufferWriter<byte> output)
    {
        var thoughts = Kept(blocks, static b => b.Kind == BlockKind.Reasoning);
        if (thoughts.Count == 0)
        {
            return;
        }

        var shown = Kept(thoughts, static b => !b.Text.IsEmpty);
        if (shown.Count > 0)
        {
            json.Name("reasoning"u8);
            WriteJoined(shown, isNullable: false, "\\n\\n"u8, ref json, output);
        }

        json.StartArray("reasoning_details"u8);
        for (var i = 0; i < thoughts.Count; i++)
        {
            WriteThought(thoughts[i], i, surface, ref json, output);
        }

        json.EndArray();
    }

    private static void WriteThought(AnswerBlock block, int index, ChatCompletionsSurface surface, ref JsonEmitter json, IBufferWriter<byte> output)
    {
        if (!block.Text.IsEmpty || !block.Signature.IsEmpty)
        {
            json.StartObject();
            json.Member("type"u8, "reasoning.text"u8);
            json.Name("text"u8);
            json.StartString();
            block.WriteText(output);
            json.EndString();
            WriteState("signature"u8, StateKind.Signature, block.Signature, block.Id, surface, ref json, output);
            json.Member("index"u8, index);
            json.EndObject();
        }

        if (!block.Redacted.IsEmpty)
        {
            json.StartObject();
            json.Member("type"u8, "reasoning.encrypted"u8);
            WriteState("data"u8, StateKind.Redacted, block.Redacted, block.Id, surface, ref json, output);
            json.Member("index"u8, index);
            json.EndObject();
        }
    }

    private static void WriteState(
        ReadOnlySpan<byte> name, StateKind kind, JsonText data, JsonText itemId, ChatCompletionsSurface surface, ref JsonEmitter json, IBufferWriter<byte> output)
    {
        if (data.IsEmpty)
        {
            return;
        }

        json.Name(name);
        json.StartString();
        surface.WriteStateTag(kind, itemId.Span, output);
        output.Write(data.Span);
        json.EndString();
    }

    private static void WriteAnnotations(List<AnswerBlock> blocks, ChatCompletionsSurface surface, ref JsonEmitter json)
    {
        if (!blocks.Exists(static b => b.Citations.Count > 0))
        {
            return;
        }

        json.StartArray("annotations"u8);
        var start = 0;
        foreach (var block in blocks)
        {
            var end = start + (block.Kind == BlockKind.Text ? ChatCompletionsSurface.CountCharacters(block.Text.Span) : 0);
            foreach (var citation in block.Citations)
            {
                surface.WriteAnnotation(citation, start, end, ref json);
            }

            start = end;
        }

        json.EndArray();
    }

    private static void WriteCalls(List<AnswerBlock> calls, int choice, ChatCompletionsSurface surface, ref JsonEmitter json, IBufferWriter<byte> output)
    {
        if (calls.Count == 0)
        {
            return;
        }

        json.StartArray("tool_calls"u8);
        for (var i = 0; i < calls.Count; i++)
        {
            var call = calls[i];
            var isFunction = call.Kind == BlockKind.Tool;
            json.StartObject();
            json.Member("index"u8, i);
            json.Member("id"u8, surface.CallId(call.Id.Span, choice, i));
            json.Member("type"u8, isFunction ? "function"u8 : "custom"u8);
            json.StartObject(isFunction ? "function"u8 : "custom"u8);
            json.Member("name"u8, call.Name);
            json.Member(isFunction ? "arguments"u8 : "input"u8, isFunction && call.Text.IsEmpty ? "{}"u8 : call.Text.Span);
            json.EndObject();
            if (!call.Signature.IsEmpty)
            {
                json.StartObject("extra_content"u8);
                json.StartObject("google"u8);
                WriteState("thought_signature"u8, StateKind.Signature, call.Signature, default, surface, ref json, output);
                json.EndObject();
                json.EndObject();
            }

            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteLogprobs(List<AnswerBlock> blocks, ref JsonEmitter json)
    {
        json.Name("logprobs"u8);
        var known = Kept(blocks, static b => !b.Logprobs.IsAbsent);
        if (known.Count == 0)
        {
            json.Null();
            return;
        }

        json.StartObject();
        foreach (var kind in (ReadOnlySpan<BlockKind>)[BlockKind.Text, BlockKind.Refusal])
        {
            var lists = known.FindAll(b => b.Kind == kind && b.Logprobs.Span.Length > 2);
            json.Name(kind == BlockKind.Text ? "content"u8 : "refusal"u8);
            if (lists.Count == 0)
            {
                json.Null();
                continue;
            }

            json.StartArray();
            foreach (var list in lists)
            {
                json.Raw(list.Logprobs.Span[1..^1]);
            }

            json.EndArray();
        }

        json.EndObject();
    }
}
