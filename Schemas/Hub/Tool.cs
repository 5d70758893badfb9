namespace BifrostLite.Schemas.Hub;

internal enum ToolKind
{
    /// <summary>A function of the caller's with a JSON schema.</summary>
    Function,

    /// <summary>A tool of the caller's whose input is free text (Responses and chat type "custom").</summary>
    Custom,

    /// <summary>A tool the provider runs itself; Name is the hub's name of it (see <see cref="ServerToolNames"/>).</summary>
    Server,
}

/// <summary>A tool the model may call.</summary>
internal sealed record Tool(ToolKind Kind, JsonText Name)
{
    public JsonText Description { get; init; }

    /// <summary>JSON Schema of the arguments, key order kept; absent where none was given.</summary>
    public RawJson Parameters { get; init; }

    public bool? Strict { get; init; }

    /// <summary>Input format of a custom tool (grammar or text), as it stood.</summary>
    public RawJson Format { get; init; }

    /// <summary>Namespace the tool belongs to (Codex); empty where there is none.</summary>
    public JsonText Namespace { get; init; }

    public JsonText NamespaceDescription { get; init; }

    public CacheControl? Cache { get; init; }

    /// <summary>The whole tool as its own dialect wrote it.</summary>
    public RawJson Raw { get; init; }

    /// <summary>Where it stood in the request, for losses: "tools[3]".</summary>
    public string Path { get; init; } = "";
}

/// <summary>The hub's names of tools that providers run.</summary>
internal static class ServerToolNames
{
    public const string WebSearch = "web_search";
    public const string WebFetch = "web_fetch";
    public const string CodeExecution = "code_execution";

    /// <summary>A remote MCP server; the tool's Raw holds label, URL and the rest.</summary>
    public const string Mcp = "mcp";
}

internal enum ToolChoiceMode
{
    Auto,
    None,

    /// <summary>Some tool must be called (chat required, Messages and Converse any).</summary>
    Required,

    /// <summary>The tool <see cref="ToolChoice.Name"/> must be called.</summary>
    Named,
}

internal sealed record ToolChoice(ToolChoiceMode Mode)
{
    public JsonText Name { get; init; }

    /// <summary>Only these tools may be called (chat and Responses allowed_tools); empty for all.</summary>
    public IReadOnlyList<JsonText> Allowed { get; init; } = [];
}
