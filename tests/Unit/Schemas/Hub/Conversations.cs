using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

/// <summary>Short spellings of conversations, in and out.</summary>
internal static class Conversations
{
    public static ChatRequest Request(params Turn[] turns)
    {
        var request = new ChatRequest { Dialect = "chat" };
        for (var t = 0; t < turns.Length; t++)
        {
            var turn = new Turn(turns[t].Role);
            for (var p = 0; p < turns[t].Parts.Count; p++)
            {
                turn.Parts.Add(turns[t].Parts[p] with { Path = $"messages[{t}].content[{p}]" });
            }

            request.Turns.Add(turn);
        }

        return request;
    }

    public static Turn User(params Part[] parts) => Turn(Role.User, parts);

    public static Turn Assistant(params Part[] parts) => Turn(Role.Assistant, parts);

    public static Turn Instructions(params Part[] parts) => Turn(Role.System, parts);

    public static TextPart Text(string text) => new(JsonText.From(text));

    public static ToolCallPart Call(string id, string name = "f", string arguments = "{}") =>
        new(JsonText.From(id), JsonText.From(name)) { Arguments = JsonText.From(arguments) };

    public static ToolResultPart Result(string id, string text = "ok") => new(JsonText.From(id)) { Content = { Text(text) } };

    /// <summary>One line a turn: "user: text 'Hi', result a f 'ok'".</summary>
    public static string Show(IEnumerable<Turn> turns)
    {
        var lines = new StringBuilder();
        foreach (var turn in turns)
        {
            lines.Append($"{turn.Role}: {string.Join(", ", turn.Parts.Select(Show))}\n".ToLowerInvariant());
        }

        return lines.ToString().TrimEnd('\n');
    }

    private static string Show(Part part) => part switch
    {
        TextPart text => $"'{text.Text}'",
        ToolCallPart call => $"{(call.IsCustom ? "custom " : "")}call {call.Id} {call.Name} {call.Arguments}",
        ToolResultPart result => $"{(result.IsError ? "failure" : "result")} {result.CallId} {result.Name} {string.Join("+", result.Content.Select(Show))}",
        _ => part.GetType().Name,
    };

    public static Turn Turn(Role role, Part[] parts)
    {
        var turn = new Turn(role);
        turn.Parts.AddRange(parts);
        return turn;
    }
}
