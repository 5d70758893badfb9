using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>The conversation as input items: messages, calls, their outputs, and reasoning where the target issued it.</summary>
internal static class ResponsesItemWriter
{
    /// <summary>Longer call ids are refused ("string too long. Expected a string with maximum length 64").</summary>
    private static readonly RepairRules Rules = RepairRules.Loose with { CallIdLength = 64, TakesNames = true };

    private static readonly TextPart NoContent = new(JsonText.From("(no content)"));

    public static void Write(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        json.StartArray("input"u8);

        // Where the provider holds the earlier turns, calls and outputs need not be paired in what is sent.
        var isContinued = scope.Request.Extra.Exists(static e => e.Name is "previous_response_id" or "conversation");
        var turns = isContinued ? scope.Request.Turns : RequestRepair.Turns(scope.Request, Rules, scope.Losses);
        foreach (var turn in turns)
        {
            WriteTurn(turn, scope, ref json);
        }

        json.EndArray();
        scope.LoseIf(!scope.Target.TakesPrefill && turns is [.., { Role: Role.Assistant }], "messages", LossReason.Unsupported);
    }

    private static void WriteTurn(Turn turn, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        scope.LoseIf(!turn.Name.IsEmpty, "messages.name", LossReason.Unsupported);
        var isOpen = false;
        var isLost = turn.Role == Role.User && turn.Parts.Count > 0;
        foreach (var part in turn.Parts)
        {
            scope.NoteCache(part);
            var isContent = ResponsesPartWriter.IsContent(part, turn.Role, scope);
            if (!isContent)
            {
                Close(ref isOpen, ref json);
                isLost &= !TryWriteItem(part, scope, ref json);
            }
            else if (part is not TextPart { Text.IsEmpty: true } || turn.Parts.Count == 1)
            {
                if (!isOpen)
                {
                    Open(turn.Role, scope, ref json);
                    isOpen = true;
                }

                ResponsesPartWriter.Write(part, turn.Role, scope, ref json);
            }

            isLost &= !isContent;
        }

        Close(ref isOpen, ref json);
        if (isLost)
        {
            // Nothing of what the user sent can be said here; the turn itself must stand all the same.
            scope.Losses.Add(turn.Parts[0].Path, LossReason.Repaired);
            Open(Role.User, scope, ref json);
            ResponsesPartWriter.Write(NoContent, Role.User, scope, ref json);
            isOpen = true;
            Close(ref isOpen, ref json);
        }
    }

    private static void Open(Role role, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("type"u8, "message"u8);
        json.Member("role"u8, role switch
        {
            Role.Assistant => "assistant"u8,
            Role.System when scope.Target.TakesDeveloperRole => "developer"u8,
            Role.System => "system"u8,
            _ => "user"u8,
        });
        json.StartArray("content"u8);
    }

    private static void Close(ref bool isOpen, ref JsonEmitter json)
    {
        if (isOpen)
        {
            json.EndArray();
            json.EndObject();
            isOpen = false;
        }
    }

    private static bool TryWriteItem(Part part, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        switch (part)
        {
            case ToolCallPart call:
                WriteCall(call, ref json);
                scope.LoseIf(call.State is not null, $"{call.Path}.signature", LossReason.OtherIssuer);
                break;
            case ToolResultPart result:
                WriteOutput(result, scope, ref json);
                break;
            case ReasoningPart reasoning:
                WriteReasoning(reasoning, scope, ref json);
                break;
            case ServerToolPart { Raw.IsAbsent: false } tool when scope.IsOwnShape:
                json.Raw(tool.Raw);
                break;
            case ServerToolResultPart when scope.IsOwnShape:
                break; // told by its call
            case ExtensionPart extension when scope.IsOwnShape:
                json.Raw(extension.Raw);
                break;
            default:
                scope.Losses.Add(part.Path, LossReason.Unsupported);
                return false;
        }

        return true;
    }

    private static void WriteCall(ToolCallPart call, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("type"u8, call.IsCustom ? "custom_tool_call"u8 : "function_call"u8);
        json.Member("call_id"u8, call.Id);
        json.Member("name"u8, call.Name);
        json.MemberIfKnown("namespace"u8, call.Namespace);

        if (call.IsCustom)
        {
            json.Member("input"u8, call.Arguments);
        }
        else
        {
            json.Member("arguments"u8, CallArguments.AsText(call.Arguments));
        }

        json.EndObject();
    }

    private static List<Part> Sayable(List<Part> parts, ResponsesWriteScope scope) => parts.FindAll(part =>
    {
        scope.NoteCache(part);
        var isSayable = ResponsesPartWriter.IsContent(part, Role.User, scope);
        scope.LoseIf(!isSayable, part.Path, LossReason.Unsupported);
        return isSayable;
    });

    private static void WriteOutput(ToolResultPart result, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("type"u8, result.IsCustom ? "custom_tool_call_output"u8 : "function_call_output"u8);
        json.Member("call_id"u8, result.CallId);
        json.Name("output"u8);
        var content = Sayable(result.Content, scope);
        if (content is [] or [TextPart])
        {
            json.Escaped(content is [TextPart only] ? only.Text : default);
        }
        else
        {
            json.StartArray();
            foreach (var part in content)
            {
                ResponsesPartWriter.Write(part, Role.User, scope, ref json);
            }

            json.EndArray();
        }

        if (result.IsError)
        {
            // The API has no error flag; a call that did not come to its end is the nearest it knows.
            json.Member("status"u8, "incomplete"u8);
            scope.Losses.Add($"{result.Path}.is_error", LossReason.Moved);
        }

        json.EndObject();
    }

    private static void WriteReasoning(ReasoningPart reasoning, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        if (reasoning.State is not { } state || !state.IsFor(scope.Target, DialectNames.Responses))
        {
            scope.Losses.Add(reasoning.Path, reasoning.State is null ? LossReason.Unsupported : LossReason.OtherIssuer);
            return;
        }

        // The id must be the one the state was issued with (a fresh one is refused), or none at all.
        json.StartObject();
        json.Member("type"u8, "reasoning"u8);
        json.MemberIfKnown("id"u8, state.ItemId);
        json.StartArray("summary"u8);
        if (!reasoning.Text.IsEmpty)
        {
            json.StartObject();
            json.Member("type"u8, "summary_text"u8);
            json.Member("text"u8, reasoning.Text);
            json.EndObject();
        }

        json.EndArray();
        json.Member("encrypted_content"u8, state.Data);
        json.EndObject();
    }
}
