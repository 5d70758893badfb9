using System.Text.Json;
using BifrostLite.Schemas.ChatCompletions;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Cursor;

/// <summary>
/// Cursor's bodies. Steps: 1 a body with input is a Responses body, tools without a type and tool blocks forgiven; 2 without
/// input, messages are read as chat; 3 where only messages hold tool results, input is an old copy and messages count; 4 an
/// empty user's message gets a placeholder, since most targets refuse one. Requests carry the name of the shape they came in, so
/// that members only that shape knows go where they are known.
/// </summary>
internal static class CursorRequestReader
{
    private const ResponsesReadRules Forgiven = ResponsesReadRules.UntypedTools | ResponsesReadRules.ToolBlocks;

    private static readonly JsonText Placeholder = JsonText.From("...");

    /// <summary>Members of Responses that a body read as chat may hold; chat has no word for them.</summary>
    private static readonly HashSet<string> Foreign =
    [
        "input", "include", "truncation", "previous_response_id", "conversation", "background", "max_tool_calls", "prompt",
        "max_output_tokens", "instructions", "text", "context_management",
    ];

    public static GatewayError? Read(in RequestSource source, out ChatRequest request)
    {
        if (!JsonBody.TryParse(source.Body, out var body, out var error))
        {
            request = new ChatRequest { Dialect = DialectNames.Cursor };
            return GatewayError.Invalid($"The request body is {error}.");
        }

        using (body)
        {
            var failure = IsChat(body.Root)
                ? ReadChat(body, out request)
                : ResponsesRequestReader.Read(in source, Forgiven, DialectNames.Responses, out request);
            request.IncludeUsage = true;
            FillEmptyTurns(request);
            return failure;
        }
    }

    private static bool IsChat(JsonValue root)
    {
        if (!RequestFields.Has(root, "messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        var hasInput = RequestFields.Has(root, "input", out var input)
            && (input.ValueKind == JsonValueKind.String ? input.GetRawText().Length > 2 : input.ValueKind != JsonValueKind.Array || input.GetArrayLength() > 0);
        return !hasInput || (!HoldsResult(input) && HoldsResult(messages));
    }

    /// <summary>A tool's result in any of the three shapes: item, message, block.</summary>
    private static bool HoldsResult(JsonValue items)
    {
        if (items.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var item in items.EnumerateArray())
        {
            var isResult = Is(item, "type", "function_call_output"u8) || Is(item, "type", "custom_tool_call_output"u8)
                || Is(item, "type", "tool_result"u8) || Is(item, "role", "tool"u8);
            if (isResult || (RequestFields.Has(item, "content", out var content) && HoldsResult(content)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Is(JsonValue owner, string name, ReadOnlySpan<byte> word) =>
        RequestFields.Has(owner, name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(word);

    /// <summary>A body whose conversation is chat's, with the parameters of either shape.</summary>
    private static GatewayError? ReadChat(JsonBody body, out ChatRequest request)
    {
        var failure = ChatCompletionsRequestReader.Read(body, DialectNames.Chat, out request);
        if (failure is not null)
        {
            return failure;
        }

        var fields = new RequestFields(body, request.Losses);
        var root = body.Root;
        if (request.Sampling.MaxTokens is null && fields.Integer(root, "max_output_tokens", "") is { } max)
        {
            request.Sampling = request.Sampling with { MaxTokens = max };
        }

        var instructions = fields.Text(root, "instructions", "");
        if (!instructions.IsEmpty)
        {
            request.System.Insert(0, new TextPart(instructions) { Path = "instructions" });
        }

        if (fields.Has(root, "text", "", JsonValueKind.Object, out var text))
        {
            request.Verbosity ??= fields.Word(text, "verbosity", "text");
            request.Format ??= ReadFormat(text, fields);
        }

        request.Extra.RemoveAll(static extra => Foreign.Contains(extra.Name));
        return fields.Error;
    }

    private static ResponseFormat? ReadFormat(JsonValue text, RequestFields fields)
    {
        if (!fields.Has(text, "format", "text", JsonValueKind.Object, out var format))
        {
            return null;
        }

        const string Path = "text.format";
        return fields.Word(format, "type", Path) switch
        {
            "json_object" => new ResponseFormat(FormatKind.JsonObject),
            "json_schema" => new ResponseFormat(FormatKind.JsonSchema)
            {
                Name = fields.Text(format, "name", Path),
                Description = fields.Text(format, "description", Path),
                Schema = fields.Has(format, "schema", Path, JsonValueKind.Object, out var schema) ? fields.Raw(schema) : default,
                Strict = fields.Flag(format, "strict", Path),
            },
            _ => null,
        };
    }

    private static void FillEmptyTurns(ChatRequest request)
    {
        foreach (var turn in request.Turns)
        {
            if (turn.Role == Role.User && turn.Parts.TrueForAll(static p => p is TextPart text && RequestRepair.IsBlank(text.Text)))
            {
                turn.Parts.Clear();
                turn.Parts.Add(new TextPart(Placeholder));
            }
        }
    }
}
