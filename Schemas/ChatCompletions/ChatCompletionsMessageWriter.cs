using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// The conversation as chat messages. Results of tools become messages of the role tool right behind the calls; images and
/// files in them move to the user's message that follows, since a tool message holds only text.
/// </summary>
internal sealed class ChatCompletionsMessageWriter(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
{
    /// <summary>OpenAI refuses longer ids of tool calls; other vendors issue longer ones themselves (xAI: 43).</summary>
    private const int CallIdLength = 40;

    private static readonly JsonText NoContent = JsonText.From("(no content)");

    private readonly ChatCompletionsPartWriter _parts = new(request, target, output, losses);

    public void Write(ref JsonEmitter json)
    {
        json.StartArray();
        if (request.System.Count > 0)
        {
            WriteSystem(request.System, ref json);
        }

        var rules = RepairRules.Loose with
        {
            MergesTurns = true,
            CallIdLength = target.Family == "openai" ? CallIdLength : 0,
            TakesPrefill = target.TakesPrefill,
            TakesSystemTurns = target.TakesMidSystem,
            TakesNames = true,
        };
        foreach (var turn in RequestRepair.Turns(request, rules, losses))
        {
            switch (turn.Role)
            {
                case Role.System:
                    WriteSystem(turn.Parts, ref json);
                    break;
                case Role.User:
                    WriteUser(turn, ref json);
                    break;
                default:
                    WriteAssistant(turn, ref json);
                    break;
            }
        }

        json.EndArray();
    }

    private static void Start(ReadOnlySpan<byte> role, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("role"u8, role);
    }

    private void WriteSystem(List<Part> parts, ref JsonEmitter json)
    {
        Start(target.TakesDeveloperRole ? "developer"u8 : "system"u8, ref json);
        _parts.WriteContent(parts, ChatCompletionsJoin.Paragraphs, ref json);
        json.EndObject();
    }

    private void WriteUser(Turn turn, ref JsonEmitter json)
    {
        var rest = new List<Part>();
        foreach (var part in turn.Parts)
        {
            if (part is ToolResultPart result)
            {
                WriteResult(result, rest, ref json);
            }
        }

        var hasResults = turn.Parts.Exists(static p => p is ToolResultPart);
        rest.AddRange(turn.Parts.FindAll(static p => p is not ToolResultPart));
        var hadWords = rest.Count > 0;
        rest = _parts.Sayable(rest);
        if (hasResults && rest.TrueForAll(static p => p is TextPart text && RequestRepair.IsBlank(text.Text)))
        {
            return; // several vendors refuse a message of nothing
        }

        if (rest.Count == 0)
        {
            if (!hadWords)
            {
                return;
            }

            // Nothing of what the user sent can be said here; the turn itself must stand all the same.
            losses.Add(turn.Parts[0].Path, LossReason.Repaired);
            rest.Add(new TextPart(NoContent));
        }

        Start("user"u8, ref json);
        WriteName(turn, ref json);
        _parts.WriteContent(rest, ChatCompletionsJoin.Parts, ref json);
        json.EndObject();
    }

    private void WriteName(Turn turn, ref JsonEmitter json)
    {
        if (turn.Name.IsEmpty)
        {
            return;
        }

        if (target.Family == "openai")
        {
            json.Member("name"u8, turn.Name);
        }
        else
        {
            losses.Add("messages.name", LossReason.Unsupported);
        }
    }

    private void WriteResult(ToolResultPart result, List<Part> moved, ref JsonEmitter json)
    {
        var texts = new List<Part>();
        foreach (var part in result.Content)
        {
            if (part is TextPart or RefusalPart)
            {
                texts.Add(part);
            }
            else
            {
                losses.Add(part.Path, LossReason.Moved);
                moved.Add(part);
            }
        }

        losses.AddIf(result.IsError, result.Path, "is_error", LossReason.Unsupported);

        if (result.Cache is { } cache && texts is [.., { Cache: null } last])
        {
            texts[^1] = last with { Cache = cache };
        }

        Start("tool"u8, ref json);
        json.Member("tool_call_id"u8, result.CallId);
        _parts.WriteContent(texts, ChatCompletionsJoin.Text, ref json);
        json.EndObject();
    }

    private void WriteAssistant(Turn turn, ref JsonEmitter json)
    {
        var calls = turn.Parts.FindAll(static p => p is ToolCallPart);
        var thoughts = turn.Parts.FindAll(static p => p is ReasoningPart);
        var said = _parts.Sayable(turn.Parts.FindAll(static p => p is not ToolCallPart and not ReasoningPart));
        said.RemoveAll(p =>
        {
            var isForeign = p is not TextPart and not RefusalPart and not ExtensionPart;
            if (isForeign)
            {
                losses.Add(p.Path, LossReason.Unsupported);
            }

            return isForeign;
        });
        if (calls.Count == 0 && said.Count == 0)
        {
            foreach (var thought in thoughts)
            {
                losses.Add(thought.Path, LossReason.Unsupported);
            }

            return;
        }

        Start("assistant"u8, ref json);
        WriteName(turn, ref json);
        if (said.Count == 0)
        {
            json.Name("content"u8);
            json.Null();
        }
        else
        {
            _parts.WriteContent(said, ChatCompletionsJoin.Text, ref json);
        }

        WriteThoughts(thoughts, calls.Count > 0, ref json);
        WriteCalls(calls, ref json);
        json.EndObject();
    }

    /// <summary>Reasoning goes back only to who issued it.</summary>
    private void WriteThoughts(List<Part> thoughts, bool hasCalls, ref JsonEmitter json)
    {
        var plain = thoughts.FindAll(p => PlainReasoning.IsFor(p, target));
        if (target.WantsReasoningBack && (hasCalls || plain.Count > 0))
        {
            WritePlain(plain, ref json);
        }

        thoughts = thoughts.FindAll(p => !plain.Contains(p));
        var kept = new List<ReasoningPart>();
        foreach (var part in thoughts)
        {
            if (part is ReasoningPart { State: { } state } own && state.IsFor(target, DialectNames.Chat))
            {
                kept.Add(own);
            }
            else
            {
                losses.Add(part.Path, LossReason.OtherIssuer);
            }
        }

        if (kept.Count == 0)
        {
            return;
        }

        json.StartArray("reasoning_details"u8);
        for (var i = 0; i < kept.Count; i++)
        {
            WriteThought(kept[i], i, ref json);
        }

        json.EndArray();
    }

    /// <summary>Also where there is none: calls of another model's history have no reasoning, and the member must be there.</summary>
    private void WritePlain(List<Part> thoughts, ref JsonEmitter json)
    {
        json.Name("reasoning_content"u8);
        json.StartString();
        foreach (var thought in thoughts)
        {
            output.Write(((ReasoningPart)thought).Text.Span);
        }

        json.EndString();
    }

    private void WriteThought(ReasoningPart part, int index, ref JsonEmitter json)
    {
        var state = part.State!;
        json.StartObject();
        if (state.Kind == StateKind.Redacted)
        {
            json.Member("type"u8, "reasoning.encrypted"u8);
            json.Member("data"u8, state.Data);
        }
        else
        {
            json.Member("type"u8, part.IsSummary ? "reasoning.summary"u8 : "reasoning.text"u8);
            json.Member(part.IsSummary ? "summary"u8 : "text"u8, part.Text);
            json.Member("signature"u8, state.Data);
        }

        json.MemberIfKnown("id"u8, state.ItemId);
        json.Member("format"u8, ChatCompletionsReplayReader.FormatOf(target.Family));
        json.Member("index"u8, index);
        json.EndObject();
    }

    private void WriteCalls(List<Part> calls, ref JsonEmitter json)
    {
        if (calls.Count == 0)
        {
            return;
        }

        json.StartArray("tool_calls"u8);
        foreach (var part in calls)
        {
            WriteCall((ToolCallPart)part, ref json);
        }

        json.EndArray();
    }

    private void WriteCall(ToolCallPart call, ref JsonEmitter json)
    {
        losses.AddIf(call.Cache is not null, call.Path, "cache_control", LossReason.Unsupported);
        json.StartObject();
        json.Member("id"u8, call.Id);
        json.Member("type"u8, call.IsCustom ? "custom"u8 : "function"u8);
        json.StartObject(call.IsCustom ? "custom"u8 : "function"u8);
        json.Member("name"u8, call.Name);
        json.Member(call.IsCustom ? "input"u8 : "arguments"u8, call.IsCustom ? call.Arguments : CallArguments.AsText(call.Arguments));
        json.EndObject();
        if (call.State is { } state)
        {
            if (state.IsFor(target, DialectNames.Chat))
            {
                json.StartObject("extra_content"u8);
                json.StartObject("google"u8);
                json.Member("thought_signature"u8, state.Data);
                json.EndObject();
                json.EndObject();
            }
            else
            {
                losses.Add($"{call.Path}.signature", LossReason.OtherIssuer);
            }
        }

        json.EndObject();
    }
}
