namespace BifrostLite.Schemas.Hub;

/// <summary>Who runs a tool, and what it takes.</summary>
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

    /// <summary>What a server tool may do, as far as the dialects share it; null where nothing was said.</summary>
    public ServerToolOptions? Options { get; init; }

    /// <summary>The whole tool as its own dialect wrote it.</summary>
    public RawJson Raw { get; init; }

    /// <summary>A function that its own dialect names by a type alone (Raw): elsewhere description and schema are the gateway's words for it.</summary>
    public bool IsVendors { get; init; }

    /// <summary>Where it stood in the request, for losses: "tools[3]".</summary>
    public string Path { get; init; } = "";
}

/// <summary>Settings of a tool the provider runs that more than one dialect knows.</summary>
internal sealed record ServerToolOptions
{
    public IReadOnlyList<JsonText> AllowedDomains { get; init; } = [];

    public IReadOnlyList<JsonText> BlockedDomains { get; init; } = [];

    /// <summary>{"type":"approximate","city","region","country","timezone"}: the same object in Messages and Responses.</summary>
    public RawJson UserLocation { get; init; }

    public long? MaxUses { get; init; }

    /// <summary>low, medium or high: how much of what is found the model may read (chat and Responses search_context_size).</summary>
    public JsonText ContextSize { get; init; }

    /// <summary>MCP: the caller's name of the server.</summary>
    public JsonText ServerLabel { get; init; }

    public JsonText ServerUrl { get; init; }

    /// <summary>MCP: the bearer token for the server. A secret: goes nowhere but to the upstream.</summary>
    public JsonText Authorization { get; init; }

    /// <summary>MCP: only these tools of the server; empty for all.</summary>
    public IReadOnlyList<JsonText> AllowedTools { get; init; } = [];
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

/// <summary>How free the model is to call tools.</summary>
internal enum ToolChoiceMode
{
    Auto,
    None,

    /// <summary>Some tool must be called (chat required, Messages and Converse any).</summary>
    Required,

    /// <summary>The tool <see cref="ToolChoice.Name"/> must be called.</summary>
    Named,
}

/// <summary>Which tools the model may or must call on this turn.</summary>
internal sealed record ToolChoice(ToolChoiceMode Mode)
{
    public JsonText Name { get; init; }

    /// <summary>Only these tools may be called (chat and Responses allowed_tools); empty for all.</summary>
    public IReadOnlyList<JsonText> Allowed { get; init; } = [];
}
