using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// Reasoning that comes back in an assistant's message: reasoning_details with its state (openrouter.ai/docs/use-cases/reasoning-tokens),
/// else the plain text of reasoning or reasoning_content.
/// </summary>
internal sealed class ChatCompletionsReplayReader(RequestFields fields)
{
    public void Read(JsonValue message, string path, List<Part> parts)
    {
        var start = parts.Count;
        if (fields.Has(message, "reasoning_details", path, JsonValueKind.Array, out var details))
        {
            var i = 0;
            long? last = null;
            foreach (var detail in details.EnumerateArray())
            {
                var at = $"{path}.reasoning_details[{i++}]";
                if (detail.ValueKind != JsonValueKind.Object)
                {
                    fields.Fail(at, "must be an object");
                    continue;
                }

                var index = fields.Integer(detail, "index", at);
                ReadDetail(detail, at, isSame: index is not null && index == last, parts);
                last = index;
            }
        }

        if (parts.Count > start)
        {
            return;
        }

        foreach (var name in (string[])["reasoning_content", "reasoning"])
        {
            if (RequestFields.Has(message, name, out var text) && text.ValueKind == JsonValueKind.String && !fields.TextOf(text).IsEmpty)
            {
                parts.Add(new ReasoningPart(fields.TextOf(text)) { Path = $"{path}.{name}" });
                return;
            }
        }
    }

    /// <summary>OpenRouter's word for the form of a family's reasoning state.</summary>
    public static string FormatOf(string family) => family switch
    {
        "claude" => "anthropic-claude-v1",
        "gemini" => "google-gemini-v1",
        "grok" or "xai" => "xai-responses-v1",
        "openai" => "openai-responses-v1",
        _ => "unknown",
    };

    /// <summary>Clients that put streamed details in a list as they came send the pieces of one text one by one.</summary>
    private void ReadDetail(JsonValue detail, string path, bool isSame, List<Part> parts)
    {
        var format = fields.Text(detail, "format", path);
        var native = new Origin("", FamilyOf(format), DialectNames.Chat);
        var data = fields.Text(detail, "data", path);
        var id = fields.Text(detail, "id", path);
        var summary = fields.Text(detail, "summary", path);
        var text = summary.IsEmpty ? fields.Text(detail, "text", path) : summary;
        var signature = fields.Text(detail, "signature", path);
        if (isSame && data.IsEmpty && parts is [.., ReasoningPart { State: null } open])
        {
            parts[^1] = open with
            {
                Text = Joined(open.Text, text),
                State = signature.IsEmpty ? null : ReasoningState.Open(signature, StateKind.Signature, native),
            };
            return;
        }

        var carried = data.IsEmpty ? signature : data;
        var kind = data.IsEmpty ? StateKind.Signature : StateKind.Redacted;
        var state = carried.IsEmpty ? null : ReasoningState.Open(carried, kind, native);
        if (state is { ItemId.IsEmpty: true } && !id.IsEmpty)
        {
            state = state with { ItemId = id };
        }

        if (!text.IsEmpty || state is not null)
        {
            parts.Add(new ReasoningPart(text) { State = state, IsSummary = !summary.IsEmpty, Path = path });
        }
    }

    private static JsonText Joined(JsonText first, JsonText second) =>
        second.IsEmpty ? first : new JsonText((byte[])[.. first.Span, .. second.Span]);

    private static string FamilyOf(JsonText format) => format.ToString() switch
    {
        "anthropic-claude-v1" => "claude",
        "google-gemini-v1" => "gemini",
        "xai-responses-v1" => "grok",
        _ => "openai",
    };
}
