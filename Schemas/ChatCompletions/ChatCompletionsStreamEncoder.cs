using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Events as chat completion chunks (platform.openai.com/docs/api-reference/chat-streaming) with the superset that carries
/// reasoning (openrouter.ai/docs/use-cases/reasoning-tokens). A delta is its block's prepared bytes around the escaped text.
/// </summary>
internal sealed class ChatCompletionsStreamEncoder(ChatCompletionsSurface surface, IBufferWriter<byte> output) : StreamEncoder
{
    private readonly List<ChatCompletionsOutBlock> _blocks = [];
    private readonly List<ChatCompletionsOutChoice> _choices = [];
    private readonly List<ExtraMember> _extensions = [];
    private byte[] _head = [];
    private Usage _usage;

    private static ReadOnlySpan<byte> DeltaEnd => "},\"finish_reason\":null}]}\n\n"u8;

    public override void On(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.BlockDelta:
                Delta(in e);
                break;
            case EventKind.MessageStart:
                Start(in e);
                break;
            case EventKind.BlockStart:
                StartBlock(in e);
                break;
            case EventKind.BlockStop:
                _blocks[e.Index].WriteImage(output);
                break;
            case EventKind.Annotation:
                Annotate(in e);
                break;
            case EventKind.Logprobs:
                WriteLogprobs(in e);
                break;
            case EventKind.Extension when surface.Carries(e.Name):
                _extensions.Add(new ExtraMember(new JsonText(e.Name.ToArray()).ToString(), new RawJson(e.Raw.ToArray())));
                break;
            case EventKind.Extension:
                surface.Context.Losses.Add($"answer.{new JsonText(e.Name.ToArray()).Decode()}", LossReason.Unknown);
                break;
            default:
                OnEnd(in e);
                break;
        }
    }

    private void OnEnd(in ResponseEvent e)
    {
        switch (e.Kind)
        {
            case EventKind.Usage:
                _usage.Merge(e.Usage);
                break;
            case EventKind.Finish:
                Choice(e.Choice).Stop = e.Stop;
                if (!surface.JoinsUsage)
                {
                    WriteFinish(Choice(e.Choice), isLast: false);
                }

                break;
            case EventKind.End:
                End();
                break;
            case EventKind.Error:
                output.Write("data: "u8);
                ChatCompletionsErrors.Write(e.Error!, output);
                output.Write("\n\n"u8);
                break;
        }
    }

    private void Start(in ResponseEvent e)
    {
        var head = new ArrayBufferWriter<byte>(160);
        head.Write("data: "u8);
        var json = new JsonEmitter(head);
        json.StartObject();
        ChatCompletionsAnswerWriter.WriteHead(surface.Context, e.Id, e.Name, e.Created, isChunk: true, ref json);
        json.StartArray("choices"u8);
        _head = head.WrittenSpan.ToArray();
        _usage.Merge(e.Usage);
        Choice(0);
    }

    /// <summary>The choice's state; its first mention is its first chunk, which tells the role.</summary>
    private ChatCompletionsOutChoice Choice(int number)
    {
        foreach (var known in _choices)
        {
            if (known.Number == number)
            {
                return known;
            }
        }

        var choice = new ChatCompletionsOutChoice(number, _head);
        _choices.Add(choice);
        output.Write(choice.DeltaStart);
        output.Write("\"role\":\"assistant\",\"content\":\"\""u8);
        output.Write(DeltaEnd);
        return choice;
    }

    private void StartBlock(in ResponseEvent e)
    {
        var choice = Choice(e.Choice);
        var block = new ChatCompletionsOutBlock(e.Block, choice, surface, e.Id, e.Name);
        while (_blocks.Count <= e.Index)
        {
            _blocks.Add(block);
        }

        _blocks[e.Index] = block;
        if (e.Block is BlockKind.Tool or BlockKind.CustomTool)
        {
            StartCall(block, choice, in e);
        }
        else if (e.Block == BlockKind.ServerToolResult)
        {
            surface.Keep(e.Outcome);
        }
    }

    private void StartCall(ChatCompletionsOutBlock block, ChatCompletionsOutChoice choice, in ResponseEvent e)
    {
        output.Write(choice.DeltaStart);
        var json = new JsonEmitter(output);
        json.StartArray("tool_calls"u8);
        json.StartObject();
        json.Member("index"u8, block.Number);
        json.Member("id"u8, surface.CallId(e.Id, choice.Number, block.Number));
        json.Member("type"u8, e.Block == BlockKind.Tool ? "function"u8 : "custom"u8);
        json.StartObject(e.Block == BlockKind.Tool ? "function"u8 : "custom"u8);
        json.Member("name"u8, e.Name);
        json.Member(e.Block == BlockKind.Tool ? "arguments"u8 : "input"u8, ""u8);
        json.EndObject();
        json.EndObject();
        json.EndArray();
        output.Write(DeltaEnd);
    }

    private void Delta(in ResponseEvent e)
    {
        var block = _blocks[e.Index];
        switch (e.Delta)
        {
            case DeltaKind.Text:
                block.WriteText(e.Text, output);
                break;
            case DeltaKind.SummaryBreak:
                block.WriteText("\\n\\n"u8, output);
                break;
            default:
                block.WriteState(e.Delta == DeltaKind.Redacted ? StateKind.Redacted : StateKind.Signature, e.Text, output);
                break;
        }
    }

    private void Annotate(in ResponseEvent e)
    {
        var block = _blocks[e.Index];
        var buffer = new ArrayBufferWriter<byte>();
        var json = new JsonEmitter(buffer);
        if (surface.WriteAnnotation(e.Citation!, block.FirstCharacter, block.Choice.Characters, ref json))
        {
            output.Write(block.Choice.DeltaStart);
            output.Write("\"annotations\":["u8);
            output.Write(buffer.WrittenSpan);
            output.Write("]"u8);
            output.Write(DeltaEnd);
        }
    }

    private void WriteLogprobs(in ResponseEvent e)
    {
        var block = _blocks[e.Index];
        output.Write(block.Choice.DeltaStart);
        output.Write(block.Kind == BlockKind.Refusal ? "},\"logprobs\":{\"content\":null,\"refusal\":"u8 : "},\"logprobs\":{\"refusal\":null,\"content\":"u8);
        output.Write(e.Raw);
        output.Write(DeltaEnd);
    }

    private void WriteFinish(ChatCompletionsOutChoice choice, bool isLast)
    {
        output.Write(choice.DeltaStart);
        output.Write("},\"finish_reason\":\""u8);
        output.Write(ChatCompletionsFinish.Word(choice.Stop, choice.Calls > 0));
        if (choice.Stop.Kind == StopKind.Other)
        {
            output.Write("\",\"native_finish_reason\":\""u8);
            output.Write(choice.Stop.Native.Span);
        }

        output.Write("\"}]"u8);
        var isFirst = choice.Number == 0;
        if (isFirst || isLast)
        {
            var json = new JsonEmitter(output);
            json.StartMembers();
            foreach (var extension in _extensions)
            {
                json.Name(System.Text.Encoding.UTF8.GetBytes(extension.Name));
                json.Raw(extension.Value);
            }

            surface.WriteHits(ref json);
            if (isLast && !_usage.IsEmpty)
            {
                json.Name("usage"u8);
                ChatCompletionsUsage.Write(in _usage, ref json);
            }
        }

        output.Write("}\n\n"u8);
    }

    private void End()
    {
        if (surface.JoinsUsage)
        {
            foreach (var choice in _choices)
            {
                WriteFinish(choice, isLast: true);
            }
        }
        else if (surface.WantsUsage && !_usage.IsEmpty)
        {
            output.Write(_head);
            output.Write("],\"usage\":"u8);
            var json = new JsonEmitter(output);
            ChatCompletionsUsage.Write(in _usage, ref json);
            output.Write("}\n\n"u8);
        }

        output.Write("data: [DONE]\n\n"u8);
    }
}
