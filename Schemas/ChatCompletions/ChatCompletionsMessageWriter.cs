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
    private readonly ChatCompletionsReplayWriter _replay = new(target, output, losses);

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
        var hasResults = turn.Parts.Exists(static p => p is ToolResultPart);
        var rest = hasResults ? WriteResults(turn.Parts, ref json) : turn.Parts;
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

    /// <returns>What is left for the user's own message.</returns>
    private List<Part> WriteResults(List<Part> parts, ref JsonEmitter json)
    {
        var rest = new List<Part>();
        foreach (var part in parts)
        {
            if (part is ToolResultPart result)
            {
                WriteResult(result, rest, ref json);
            }
        }

        foreach (var part in parts)
        {
            if (part is not ToolResultPart)
            {
                rest.Add(part);
            }
        }

        return rest;
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
        var texts = TextsOf(result, moved);
        losses.AddIf(result.IsError, result.Path, "is_error", LossReason.Unsupported);

        Start("tool"u8, ref json);
        json.Member("tool_call_id"u8, result.CallId);
        _parts.WriteContent(texts, ChatCompletionsJoin.Text, ref json);
        json.EndObject();
    }

    /// <summary>A result's texts, a breakpoint on the result itself on the last of them.</summary>
    private List<Part> TextsOf(ToolResultPart result, List<Part> moved)
    {
        if (result.Cache is null && result.Content.TrueForAll(static p => p is TextPart or RefusalPart))
        {
            return result.Content;
        }

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

        if (result.Cache is { } cache && texts is [.., { Cache: null } last])
        {
            texts[^1] = last with { Cache = cache };
        }

        return texts;
    }

    /// <summary>What an assistant can have said in words; the rest is recorded.</summary>
    private List<Part> Said(List<Part> parts)
    {
        var said = new List<Part>();
        foreach (var part in _parts.Sayable(parts.FindAll(static p => p is not ToolCallPart and not ReasoningPart)))
        {
            if (part is TextPart or RefusalPart or ExtensionPart)
            {
                said.Add(part);
            }
            else
            {
                losses.Add(part.Path, LossReason.Unsupported);
            }
        }

        return said;
    }

    private void WriteAssistant(Turn turn, ref JsonEmitter json)
    {
        var calls = turn.Parts.FindAll(static p => p is ToolCallPart);
        var thoughts = turn.Parts.FindAll(static p => p is ReasoningPart);
        var said = Said(turn.Parts);
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

        _replay.Write(thoughts, calls.Count > 0, ref json);
        WriteCalls(calls, ref json);
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
