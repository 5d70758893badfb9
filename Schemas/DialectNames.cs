namespace BifrostLite.Schemas;

/// <summary>The names of the dialects, for who refers to one without needing it (routes, tags, tables).</summary>
internal static class DialectNames
{
    public const string Chat = "chat";
    public const string Responses = "responses";
    public const string Messages = "messages";
    public const string Converse = "converse";
    public const string GenerateContent = "genai";
    public const string Cursor = "cursor";
    public const string Invoke = "invoke";
}
