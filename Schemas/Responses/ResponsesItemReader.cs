using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// The input items of a Responses request as turns: items of the assistant that follow each other are one turn, tool
/// outputs that follow each other are one turn of the user.
/// </summary>
internal sealed class ResponsesItemReader(RequestFields fields, ResponsesReadRules rules, ChatRequest request)
{
    /// <summary>Members of messages, calls and outputs that are read; ids and states of items mean nothing elsewhere.</summary>
    private static readonly string[] Members =
    [
        "type", "role", "content", "id", "status", "phase", "name", "namespace", "call_id", "arguments", "input", "output", "tools", "tool_calls", "tool_call_id",
    ];

    private readonly ResponsesPartReader _parts = new(fields);
    private readonly ResponsesReasoningReader _reasoning = new(fields);

    /// <summary>Ids of calls turned into tool calls: an output of a kind unknown here belongs to one of them or is opaque.</summary>
    private readonly HashSet<JsonText> _calls = [];

    /// <summary>The user's turn that takes tool outputs; closed by the next message.</summary>
    private Turn? _outputs;

    public void Read(JsonValue items, string path)
    {
        var index = 0;
        foreach (var item in items.EnumerateArray())
        {
            var at = RequestPaths.Item(path, index++);
            if (item.ValueKind == JsonValueKind.Object)
            {
                ReadItem(item, at);
            }
            else if (item.ValueKind == JsonValueKind.String)
            {
                var turn = Begin(Role.User);
                turn.Parts.Add(new TextPart(fields.TextOf(item)) { Path = at });
            }
            else
            {
                fields.Fail(at, "must be an object");
            }
        }
    }

    private void ReadItem(JsonValue item, string path)
    {
        var type = fields.Text(item, "type", path).Word();
        if (type is "" or "message" or "function_call" or "custom_tool_call" or "function_call_output" or "custom_tool_call_output")
        {
            fields.LoseOthers(item, path, Members);
        }

        switch (type)
        {
            case "message" or "":
                ReadMessage(item, path);
                break;
            case "function_call":
                AddCall(item, path, fields.Required(item, "name", path), Arguments(item, path), isCustom: false);
                break;
            case "custom_tool_call":
                AddCall(item, path, fields.Required(item, "name", path), fields.Text(item, "input", path), isCustom: true);
                break;
            case "function_call_output":
                AddOutput(item, path, isCustom: false);
                break;
            case "custom_tool_call_output":
                AddOutput(item, path, isCustom: true);
                break;
            case "reasoning":
                AddReasoning(_reasoning.Read(item, path));
                break;
            case "compaction" when ResponsesCompaction.Open(fields.Text(item, "encrypted_content", path).Span) is { } summary:
                Begin(Role.User).Parts.Add(new TextPart(JsonText.From(summary)) { Path = path });
                break;
            case "additional_tools" when RequestFields.Has(item, "tools"u8, out var tools):
                new ResponsesToolReader(fields, rules, request).Read(tools, $"{path}.tools");
                break;
            default:
                ReadForeign(item, path, type);
                break;
        }
    }

    private void ReadMessage(JsonValue item, string path)
    {
        var role = fields.Required(item, "role", path).Word();
        if (fields.Error is not null)
        {
            return;
        }

        if (RequestFields.Has(item, "phase"u8, out _))
        {
            request.Losses.Add($"{path}.phase", LossReason.Unknown);
        }

        RequestFields.Has(item, "content"u8, out var content);
        switch (role)
        {
            case "user":
                ReadInto(Begin(Role.User), content, path);
                break;
            case "assistant":
                ReadInto(Assistant(), content, path);
                ReadToolCalls(item, path);
                break;
            case "system" or "developer":
                ReadSystem(content, path);
                break;
            case "tool" when rules.HasFlag(ResponsesReadRules.ToolBlocks):
                var result = new ToolResultPart(fields.Required(item, "tool_call_id", path)) { Path = path };
                _parts.ReadContent(content, RequestPaths.Member(path, "content"), result.Content);
                Outputs().Parts.Add(result);
                break;
            default:
                fields.Fail($"{path}.role", "must be user, assistant, system or developer");
                break;
        }
    }

    private void ReadInto(Turn turn, JsonValue content, string path)
    {
        if (!rules.HasFlag(ResponsesReadRules.ToolBlocks) || content.ValueKind != JsonValueKind.Array)
        {
            _parts.ReadContent(content, RequestPaths.Member(path, "content"), turn.Parts);
            return;
        }

        var index = 0;
        foreach (var part in content.EnumerateArray())
        {
            var at = $"{path}.content[{index++}]";
            turn.Parts.Add(ReadBlock(part, at) ?? _parts.ReadPart(part, at));
        }
    }

    /// <summary>A tool_use or tool_result block of a hybrid client; null for ordinary content.</summary>
    private Part? ReadBlock(JsonValue part, string path)
    {
        if (part.ValueKind != JsonValueKind.Object || !part.TryGetProperty("type"u8, out var type))
        {
            return null;
        }

        if (type.ValueEquals("tool_use"u8))
        {
            RequestFields.Has(part, "function"u8, out var function);
            var name = fields.Text(part, "name", path);
            var id = fields.Text(part, "id", path);
            var input = fields.RawMember(part, "input"u8);
            return new ToolCallPart(id.IsEmpty ? fields.Text(part, "tool_call_id", path) : id, name.IsEmpty ? fields.Text(function, "name", path) : name)
            {
                Arguments = input.IsAbsent ? fields.Text(function, "arguments", path) : JsonText.FromUtf8(input.Span),
                Path = path,
            };
        }

        if (!type.ValueEquals("tool_result"u8))
        {
            return null;
        }

        var call = fields.Text(part, "tool_use_id", path);
        var result = new ToolResultPart(call.IsEmpty ? fields.Text(part, "tool_call_id", path) : call)
        {
            IsError = fields.Flag(part, "is_error", path) ?? false,
            Path = path,
        };
        RequestFields.Has(part, "content"u8, out var content);
        _parts.ReadContent(content, RequestPaths.Member(path, "content"), result.Content);
        return result;
    }

    /// <summary>The calls of an assistant message in chat shape.</summary>
    private void ReadToolCalls(JsonValue item, string path)
    {
        if (!rules.HasFlag(ResponsesReadRules.ToolBlocks) || !RequestFields.Has(item, "tool_calls"u8, out var calls)
            || calls.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        var index = 0;
        foreach (var call in calls.EnumerateArray())
        {
            var at = $"{path}.tool_calls[{index++}]";
            RequestFields.Has(call, "function"u8, out var function);
            Assistant().Parts.Add(new ToolCallPart(fields.Text(call, "id", at), fields.Required(function, "name", at))
            {
                Arguments = fields.Text(function, "arguments", at),
                Path = at,
            });
        }
    }

    private void ReadSystem(JsonValue content, string path)
    {
        var parts = new List<Part>();
        _parts.ReadContent(content, RequestPaths.Member(path, "content"), parts);
        if (request.Turns.Count > 0)
        {
            Begin(Role.System).Parts.AddRange(parts);
            return;
        }

        foreach (var part in parts)
        {
            if (part is TextPart)
            {
                request.System.Add(part);
            }
            else
            {
                request.Losses.Add(part.Path, LossReason.Unsupported);
            }
        }
    }

    private void AddCall(JsonValue item, string path, JsonText name, JsonText arguments, bool isCustom)
    {
        var id = fields.Required(item, "call_id", path);
        _calls.Add(id);
        Assistant().Parts.Add(new ToolCallPart(id, name)
        {
            Arguments = arguments,
            IsCustom = isCustom,
            Namespace = fields.Text(item, "namespace", path),
            Path = path,
        });
    }

    /// <summary>Arguments are a JSON string; some clients send the object itself.</summary>
    private JsonText Arguments(JsonValue item, string path)
    {
        var raw = fields.RawMember(item, "arguments"u8);
        return raw.IsObject ? JsonText.FromUtf8(raw.Span) : fields.Text(item, "arguments", path);
    }

    private void AddOutput(JsonValue item, string path, bool isCustom, JsonText call = default)
    {
        var result = new ToolResultPart(call.IsEmpty ? fields.Required(item, "call_id", path) : call)
        {
            IsCustom = isCustom,
            IsError = RequestFields.Has(item, "status"u8, out var status) && status.ValueEquals("incomplete"u8),
            Path = path,
        };
        if (!RequestFields.Has(item, "output"u8, out var output) && RequestFields.Has(item, "tools"u8, out var tools))
        {
            output = tools;
        }

        if (output.ValueKind is JsonValueKind.String || ResponsesPartReader.IsContent(output))
        {
            _parts.ReadContent(output, $"{path}.output", result.Content);
        }
        else if (RequestFields.Has(output, "type"u8, out var kind) && kind.ValueEquals("computer_screenshot"u8))
        {
            result.Content.Add(_parts.ReadPart(output, $"{path}.output"));
        }
        else if (output.ValueKind != JsonValueKind.Undefined)
        {
            result.Content.Add(new TextPart(JsonText.FromUtf8(fields.Raw(output).Span)) { Path = $"{path}.output" });
        }

        Outputs().Parts.Add(result);
    }

    /// <summary>State that another API hangs on a call came back as reasoning named after the call: it goes back to it.</summary>
    private void AddReasoning(ReasoningPart reasoning)
    {
        var parts = Assistant().Parts;
        if (reasoning is { Text.IsEmpty: true, State: { } state } && _calls.Contains(state.ItemId)
            && parts.FindLastIndex(p => p is ToolCallPart call && call.Id.Equals(state.ItemId)) is >= 0 and var at)
        {
            parts[at] = (ToolCallPart)parts[at] with { State = state };
        }
        else
        {
            parts.Add(reasoning);
        }
    }

    /// <summary>Items of built-in tools, whether the provider or the client ran them, and everything the API adds later.</summary>
    private void ReadForeign(JsonValue item, string path, string type)
    {
        if (ResponsesServerItems.Knows(type))
        {
            ResponsesServerItems.Read(item, type, path, fields, Assistant().Parts);
            return;
        }

        // What the provider ran itself (hosted tool search) is no call of the client's, even where it has a call's id.
        var isHosted = RequestFields.Has(item, "execution"u8, out var execution) && execution.ValueEquals("server"u8);
        // A local shell's output has no call_id, the call's id is its own.
        var callId = !isHosted && (RequestFields.Has(item, "call_id"u8, out var id) || RequestFields.Has(item, "id"u8, out id)) ? fields.TextOf(id) : default;
        if (!callId.IsEmpty && type.EndsWith("_call", StringComparison.Ordinal) && RequestFields.Has(item, "call_id"u8, out _))
        {
            // local_shell_call, shell_call, apply_patch_call, computer_call, tool_search_call: run by the client, so elsewhere they
            // are calls of a function by that name.
            var raw = ResponsesServerItems.ActionOf(item, fields);
            AddCall(item, path, JsonText.From(type[..^"_call".Length]), raw, isCustom: false);
        }
        else if (!callId.IsEmpty && type.EndsWith("_output", StringComparison.Ordinal) && _calls.Contains(callId))
        {
            AddOutput(item, path, isCustom: false, callId);
        }
        else
        {
            var isClients = type.EndsWith("_output", StringComparison.Ordinal) || type.EndsWith("_response", StringComparison.Ordinal);
            (isClients ? Outputs() : Assistant()).Parts.Add(new ExtensionPart(type, fields.Raw(item)) { Path = path });
        }
    }

    private Turn Begin(Role role)
    {
        var turn = new Turn(role);
        request.Turns.Add(turn);
        _outputs = null;
        return turn;
    }

    private Turn Assistant() => request.Turns is [.., { Role: Role.Assistant } last] ? last : Begin(Role.Assistant);

    private Turn Outputs() => _outputs ??= Begin(Role.User);
}
