using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Demo;

/// <summary>A call the demo model makes.</summary>
/// <param name="Tool">One of the caller's tools.</param>
/// <param name="Arguments">A JSON object, or free text for a custom tool.</param>
internal sealed record ToolCall(Tool Tool, string Arguments);

/// <summary>
/// Chooses one of the caller's tools and its arguments. A user's text that names a tool chooses it, and a JSON object after
/// the name is its arguments: 'get_weather {"city": "Oslo"}'. Else the first tool, with the least its schema demands.
/// </summary>
internal static class DemoTools
{
    public static ToolCall? Choose(ChatRequest chat, string userText)
    {
        var choice = chat.ToolChoice;
        if (choice?.Mode == ToolChoiceMode.None)
        {
            return null;
        }

        Tool? chosen = null;
        foreach (var tool in chat.Tools)
        {
            var isAllowed = tool.Kind != ToolKind.Server
                && (choice is not { Mode: ToolChoiceMode.Named } || choice.Name.Equals(tool.Name))
                && (choice is not { Allowed.Count: > 0 } || choice.Allowed.Contains(tool.Name));
            if (!isAllowed)
            {
                continue;
            }

            chosen ??= tool;
            var at = userText.IndexOf(tool.Name.Decode(), StringComparison.Ordinal);
            if (at >= 0)
            {
                return new ToolCall(tool, Given(tool, userText[(at + tool.Name.Decode().Length)..]));
            }
        }

        return chosen is null ? null : new ToolCall(chosen, Least(chosen));
    }

    private static string Given(Tool tool, string rest)
    {
        if (tool.Kind == ToolKind.Custom)
        {
            return rest.Trim() is { Length: > 0 } input ? input : Least(tool);
        }

        var brace = rest.IndexOf('{', StringComparison.Ordinal);
        if (brace < 0)
        {
            return Least(tool);
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(rest[brace..]));
            using var given = JsonDocument.ParseValue(ref reader);
            return given.RootElement.GetRawText();
        }
        catch (JsonException)
        {
            return Least(tool);
        }
    }

    private static string Least(Tool tool) => tool.Kind == ToolKind.Custom ? "demo" : DemoSchema.Least(tool.Parameters);
}
