using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Nova's system tools (docs.aws.amazon.com/nova/latest/nova2-userguide/using-tools.html) under the hub's
/// names. Their calls are toolUse blocks of the type server_tool_use, their results toolResult blocks of the type
/// "NAME_result".
/// </summary>
internal static class ConverseServerTools
{
    public static ReadOnlySpan<byte> CallType => "server_tool_use"u8;

    /// <summary>The hub's name; a tool nobody knows keeps its own.</summary>
    public static ReadOnlySpan<byte> HubName(ReadOnlySpan<byte> name)
    {
        if (name.StartsWith("nova_grounding"u8))
        {
            return "web_search"u8;
        }

        return name.StartsWith("nova_code_interpreter"u8) ? "code_execution"u8 : name;
    }

    public static string? SystemTool(JsonText hubName) => hubName.Decode() switch
    {
        ServerToolNames.WebSearch => "nova_grounding",
        ServerToolNames.CodeExecution => "nova_code_interpreter",
        _ => null,
    };

    public static ServerToolOutcome Outcome(JsonText text, bool isError, RawJson raw) => new()
    {
        Text = text,
        ErrorCode = isError ? new JsonText("error"u8.ToArray()) : default,
        Raw = raw,
    };
}
