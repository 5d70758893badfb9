namespace BifrostLite.Schemas.Hub;

/// <summary>What stands behind a tool's name on the target's wire.</summary>
internal enum AliasKind
{
    /// <summary>The same tool under another name.</summary>
    Renamed,

    /// <summary>A free-form tool in the shape of a function with one text argument.</summary>
    Custom,

    /// <summary>No tool of the caller's: its arguments are the structured answer.</summary>
    Answer,
}

/// <summary>A tool as the target sees it, and as the caller knows it.</summary>
/// <param name="Wire">Name on the target's wire.</param>
/// <param name="Name">The caller's name.</param>
/// <param name="Namespace">The caller's namespace; empty where there is none.</param>
/// <param name="Kind">What else differs.</param>
internal sealed record ToolAlias(JsonText Wire, JsonText Name, JsonText Namespace, AliasKind Kind);
