using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// The messages of a chat request as turns. Instructions before the conversation become the system, later ones turns of their
/// own; tool messages become results in a user's turn; tool_use and tool_result blocks (Cursor's hybrid) are read as such.
/// </summary>
internal sealed class ChatCompletionsMessageReader(RequestFields fields, ChatRequest request)
{
    /// <summary>Members of a message that are read; id, index and type come back with answers and mean nothing.</summary>
    private static readonly string[] Members =
    [
        "role", "content", "name", "refusal", "audio", "images", "tool_calls", "tool_call_id", "function_call", "reasoning_details", "reasoning_content", "reasoning",
        "is_error", "cache_control", "prompt_cache_breakpoint", "id", "index", "type",
    ];

    private readonly ChatCompletionsPartReader _parts = new(fields);
    private int _legacyCalls;

    public void Read(JsonValue messages)
    {
        var i = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var path = RequestPaths.Item("messages", i++);
            if (message.ValueKind == JsonValueKind.Object)
            {
                ReadMessage(message, path);
            }
            else
            {
                fields.Fail(path, "must be an object");
            }
        }

        if (i == 0)
        {
            fields.Fail("messages", "must hold at least one message");
        }
    }

    private void ReadMessage(JsonValue message, string path)
    {
        var role = fields.Required(message, "role", path).Word();
        fields.LoseOthers(message, path, Members);
        switch (role)
        {
            case "system" or "developer":
                ReadSystem(message, path);
                break;
            case "user":
                _parts.Read(message, path, Turn(Role.User, message, path).Parts);
                break;
            case "assistant":
                ReadAssistant(message, path);
                break;
            case "tool" or "function":
                ReadResult(message, path, isLegacy: role == "function");
                break;
            default:
                fields.Fail($"{path}.role", "must be system, developer, user, assistant, tool or function");
                break;
        }
    }

    private Turn Turn(Role role, JsonValue message, string path)
    {
        var turn = new Turn(role) { Name = fields.Text(message, "name", path) };
        request.Turns.Add(turn);
        return turn;
    }

    private void ReadSystem(JsonValue message, string path)
    {
        var isFirst = request.Turns.Count == 0;
        _parts.Read(message, path, isFirst ? request.System : Turn(Role.System, message, path).Parts);
        if (isFirst && !fields.Text(message, "name", path).IsEmpty)
        {
            request.Losses.Add($"{path}.name", LossReason.Unsupported);
        }
    }

    private void ReadAssistant(JsonValue message, string path)
    {
        var turn = Turn(Role.Assistant, message, path);
        new ChatCompletionsReplayReader(fields).Read(message, path, turn.Parts);
        _parts.Read(message, path, turn.Parts);
        var refusal = fields.Text(message, "refusal", path);
        if (!refusal.IsEmpty)
        {
            turn.Parts.Add(new RefusalPart(refusal) { Path = $"{path}.refusal" });
        }

        if (RequestFields.Has(message, "audio", out var audio))
        {
            turn.Parts.Add(new ExtensionPart("audio", fields.Raw(audio)) { Path = $"{path}.audio" });
        }

        // The unified API's way to show an image that was made (openrouter.ai/docs/features/multimodal/image-generation); sent back to be changed.
        if (fields.Has(message, "images", path, JsonValueKind.Array, out _))
        {
            _parts.ReadContent(message, "images", path, turn.Parts);
        }

        ReadCalls(message, path, turn.Parts);
    }

    private void ReadCalls(JsonValue message, string path, List<Part> parts)
    {
        if (fields.Has(message, "tool_calls", path, JsonValueKind.Array, out var calls))
        {
            var i = 0;
            foreach (var call in calls.EnumerateArray())
            {
                parts.Add(ReadCall(call, RequestPaths.Item(RequestPaths.Member(path, "tool_calls"), i++)));
            }
        }

        if (fields.Has(message, "function_call", path, JsonValueKind.Object, out var legacy))
        {
            // Calls of the first API have no id; their results are told by order.
            parts.Add(new ToolCallPart(LegacyId(++_legacyCalls), fields.Required(legacy, "name", $"{path}.function_call"))
            {
                Arguments = Arguments(legacy, "arguments", $"{path}.function_call"),
                Path = $"{path}.function_call",
            });
        }
    }

    private ToolCallPart ReadCall(JsonValue call, string path)
    {
        if (call.ValueKind != JsonValueKind.Object)
        {
            fields.Fail(path, "must be an object");
            return new ToolCallPart(default, default);
        }

        // Some vendors' answers hold both shapes, one of them empty; sent back, the type tells which counts.
        var isCustom = fields.Text(call, "type", path).Is("custom"u8) || !RequestFields.Has(call, "function", out _);
        var holder = isCustom ? "custom" : "function";
        if (!fields.Has(call, holder, path, JsonValueKind.Object, out var body))
        {
            fields.Fail($"{path}.function", "is required");
        }

        var at = RequestPaths.Member(path, holder);
        var signature = RequestFields.Has(call, "extra_content", out var extra) && RequestFields.Has(extra, "google", out var google)
            ? fields.Text(google, "thought_signature", $"{path}.extra_content.google")
            : default;
        return new ToolCallPart(fields.Text(call, "id", path), fields.Required(body, "name", at))
        {
            Arguments = Arguments(body, isCustom ? "input" : "arguments", at),
            IsCustom = isCustom,
            State = signature.IsEmpty ? null : ReasoningState.Open(signature, StateKind.Signature, new Origin("", "gemini", DialectNames.Chat)),
            Path = path,
        };
    }

    /// <summary>Arguments as text; an object, which some clients send, is written out.</summary>
    private JsonText Arguments(JsonValue owner, string name, string path)
    {
        if (RequestFields.Has(owner, name, out var value) && value.ValueKind == JsonValueKind.Object)
        {
            return JsonText.FromUtf8(fields.Raw(value).Span);
        }

        return fields.Text(owner, name, path);
    }

    private void ReadResult(JsonValue message, string path, bool isLegacy)
    {
        var id = isLegacy ? LegacyId(_legacyCalls) : fields.Text(message, "tool_call_id", path);
        id = id.IsEmpty ? Unanswered() : id;
        if (id.IsEmpty)
        {
            fields.Fail($"{path}.tool_call_id", "is required");
        }

        var result = new ToolResultPart(id)
        {
            Name = fields.Text(message, "name", path),
            IsError = RequestFields.Has(message, "is_error", out var flag) && flag.ValueKind == JsonValueKind.True,
            Cache = fields.Cache(message, path),
            Path = path,
        };
        _parts.ReadContent(message, "content", path, result.Content);
        if (result.Cache is null && result.Content is [.., { Cache: { } cache }])
        {
            result = new ToolResultPart(id) { Name = result.Name, IsError = result.IsError, Cache = cache, Path = path };
            _parts.ReadContent(message, "content", path, result.Content);
        }

        if (request.Turns is not [.., { Role: Role.User } last] || !last.Parts.TrueForAll(static p => p is ToolResultPart))
        {
            last = new Turn(Role.User);
            request.Turns.Add(last);
        }

        last.Parts.Add(result);
    }

    /// <summary>The next call that waits for its result: z.ai takes results without an id, in the calls' order.</summary>
    private JsonText Unanswered()
    {
        var asked = request.Turns.FindLastIndex(static t => t.Role == Role.Assistant);
        if (asked < 0)
        {
            return default;
        }

        var answered = 0;
        foreach (var turn in request.Turns[(asked + 1)..])
        {
            answered += turn.Parts.FindAll(static p => p is ToolResultPart).Count;
        }

        foreach (var part in request.Turns[asked].Parts)
        {
            if (part is ToolCallPart call && answered-- == 0)
            {
                return call.Id;
            }
        }

        return default;
    }

    private static JsonText LegacyId(int number) => JsonText.From($"call_legacy_{number}");
}
