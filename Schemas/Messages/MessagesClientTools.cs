using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Tools that Anthropic defines and the caller runs (platform.claude.com/docs/en/agents-and-tools/tool-use/bash-tool, text-editor-tool,
/// memory-tool). Claude knows their input by heart; any other model can call them as functions once it is told. Of computer use it
/// would have to be taught to look at screens, so that one is none of these.
/// </summary>
internal static class MessagesClientTools
{
    private static readonly Known Bash = new(
        "Runs a command in a bash session that lasts, and returns its output."u8,
        """{"type":"object","properties":{"command":{"type":"string","description":"The command to run. Required unless the session is restarted."},"restart":{"type":"boolean","description":"Restarts the session."}}}"""u8);

    private static readonly Known Editor = new(
        "Views, creates and edits text files. A text that is replaced must stand in the file exactly once."u8,
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert"]},"path":{"type":"string","description":"The file or directory."},"view_range":{"type":"array","items":{"type":"integer"},"description":"view: first and last line, counted from 1; -1 for the end."},"file_text":{"type":"string","description":"create: the whole content."},"old_str":{"type":"string","description":"str_replace: the text to replace."},"new_str":{"type":"string","description":"str_replace: what takes its place."},"insert_line":{"type":"integer","description":"insert: the line to insert after; 0 for the beginning."},"insert_text":{"type":"string","description":"insert: the text."}},"required":["command","path"]}"""u8);

    /// <summary>Its insert has new_str, and it can undo.</summary>
    private static readonly Known OldEditor = new(
        "Views, creates and edits text files. A text that is replaced must stand in the file exactly once."u8,
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","undo_edit"]},"path":{"type":"string","description":"The file or directory."},"view_range":{"type":"array","items":{"type":"integer"},"description":"view: first and last line, counted from 1; -1 for the end."},"file_text":{"type":"string","description":"create: the whole content."},"old_str":{"type":"string","description":"str_replace: the text to replace."},"new_str":{"type":"string","description":"str_replace and insert: the new text."},"insert_line":{"type":"integer","description":"insert: the line to insert after; 0 for the beginning."}},"required":["command","path"]}"""u8);

    private static readonly Known Memory = new(
        "Keeps files below /memories that outlive the conversation. Look there before starting on a task, and record what should be known later."u8,
        """{"type":"object","properties":{"command":{"type":"string","enum":["view","create","str_replace","insert","delete","rename"]},"path":{"type":"string","description":"The file or directory, for all but rename."},"view_range":{"type":"array","items":{"type":"integer"},"description":"view: first and last line, counted from 1."},"file_text":{"type":"string","description":"create: the whole content."},"old_str":{"type":"string","description":"str_replace: the text to replace."},"new_str":{"type":"string","description":"str_replace: what takes its place."},"insert_line":{"type":"integer","description":"insert: the line to insert after; 0 for the beginning."},"insert_text":{"type":"string","description":"insert: the text."},"old_path":{"type":"string","description":"rename: the present path."},"new_path":{"type":"string","description":"rename: the new path."}},"required":["command"]}"""u8);

    /// <summary>The tool as a function, or null where the type is none of these.</summary>
    public static Tool? Read(string type, JsonText name)
    {
        var known = type switch
        {
            _ when type.StartsWith("bash_", StringComparison.Ordinal) => Bash,
            "text_editor_20241022" or "text_editor_20250124" => OldEditor,
            _ when type.StartsWith("text_editor_", StringComparison.Ordinal) => Editor,
            _ when type.StartsWith("memory_", StringComparison.Ordinal) => Memory,
            _ => null,
        };
        return known is null ? null : new Tool(ToolKind.Function, name) { Description = known.Description, Parameters = known.Schema, IsVendors = true };
    }

    private sealed class Known(ReadOnlySpan<byte> description, ReadOnlySpan<byte> schema)
    {
        public JsonText Description { get; } = new(description.ToArray());

        public RawJson Schema { get; } = new(schema.ToArray());
    }
}
