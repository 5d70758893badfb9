using BifrostLite.Schemas.ChatCompletions;
using BifrostLite.Schemas.Converse;
using BifrostLite.Schemas.Cursor;
using BifrostLite.Schemas.GenerateContent;
using BifrostLite.Schemas.Invoke;
using BifrostLite.Schemas.Messages;
using BifrostLite.Schemas.Responses;

namespace BifrostLite.Schemas;

/// <summary>Every dialect the gateway knows, one line each.</summary>
internal static class Dialects
{
    public static readonly Dialect Chat = new ChatCompletionsDialect();
    public static readonly Dialect Responses = new ResponsesDialect();
    public static readonly Dialect Messages = new MessagesDialect();
    public static readonly Dialect Converse = new ConverseDialect();
    public static readonly Dialect GenerateContent = new GenerateContentDialect();
    public static readonly Dialect Cursor = new CursorDialect();
    public static readonly Dialect Invoke = new InvokeDialect();

    private static readonly Dialect[] Every = [Chat, Responses, Messages, Converse, GenerateContent, Cursor, Invoke];

    public static IReadOnlyList<Dialect> All => Every;

    /// <summary>The dialect of that name, or null.</summary>
    public static Dialect? Find(string name)
    {
        foreach (var dialect in Every)
        {
            if (dialect.Name == name)
            {
                return dialect;
            }
        }

        return null;
    }

    /// <summary>The dialect of a name that a provider's route gives: it must exist.</summary>
    public static Dialect Get(string name) => Find(name) ?? throw new InvalidOperationException($"There is no dialect \"{name}\".");
}
