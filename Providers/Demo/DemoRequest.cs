using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Providers.Demo;

/// <summary>What a demo model looks at in a request: read once, from any dialect, through that dialect's own reader.</summary>
internal sealed class DemoRequest(Dialect dialect, DemoModel model, ChatRequest chat, ReadOnlyMemory<byte> body)
{
    public Dialect Dialect => dialect;

    public DemoModel Model => model;

    public ChatRequest Chat => chat;

    public ReadOnlyMemory<byte> Body => body;

    /// <summary>What the counting operation would say.</summary>
    public int InputTokens { get; } = TokenEstimate.Of(chat);

    /// <summary>The last text the user wrote: clients put their own additions before it.</summary>
    public string LastText { get; } = LastUserText(chat);

    /// <summary>What the tools answered, if the conversation ends with that.</summary>
    public IReadOnlyList<ToolResultPart> Results { get; } = LastResults(chat);

    public ToolCall? WantedTool() => DemoTools.Choose(chat, LastText);

    private static string LastUserText(ChatRequest chat)
    {
        for (var i = chat.Turns.Count - 1; i >= 0; i--)
        {
            var text = chat.Turns[i].Role == Role.User ? chat.Turns[i].Parts.OfType<TextPart>().LastOrDefault() : null;
            if (text is not null)
            {
                return text.Text.Decode();
            }
        }

        return "";
    }

    private static List<ToolResultPart> LastResults(ChatRequest chat) =>
        chat.Turns.Count > 0 && chat.Turns[^1].Role == Role.User ? [.. chat.Turns[^1].Parts.OfType<ToolResultPart>()] : [];
}
