namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Makes a conversation legal for a target: whose turn it is, results beside their calls, no blank text, ids that are
/// accepted. The request itself stays as it is, since another candidate may be another dialect; unchanged parts are shared.
/// </summary>
internal static class RequestRepair
{
    private static readonly JsonText NoContent = JsonText.From("(no content)");
    private static readonly JsonText NoOutput = JsonText.From("(no output)");
    private static readonly JsonText GoOn = JsonText.From("Continue.");

    /// <summary>
    /// The request's turns as <paramref name="rules"/> demand. In any case: each tool call is followed by a user's turn that
    /// begins with the results of the calls before it, in their order; a call nobody answered has an error as its result; a
    /// result nobody asked for is plain text; ids of calls are unique; results carry the name of their tool.
    /// </summary>
    /// <remarks>
    /// Steps: 1 copy, system turns renamed; 2 blank text dropped, turns merged; 3 calls and results paired
    /// (<see cref="CallPairing"/>); 4 merged again where pairing emptied turns; 5 first and last turn.
    /// </remarks>
    public static List<Turn> Turns(ChatRequest request, RepairRules rules, Losses losses) => Turns(request.Turns, rules, losses);

    /// <summary>The same for turns without their request.</summary>
    public static List<Turn> Turns(List<Turn> source, RepairRules rules, Losses losses)
    {
        var turns = Copy(source, rules, losses);
        Tidy(turns, rules);
        turns = CallPairing.Pair(turns, rules, losses);
        Tidy(turns, rules);
        MendStart(turns, rules, losses);
        MendEnd(turns, rules, losses);
        return turns;
    }

    /// <summary>White space at the end of escaped text taken off, its escaped forms included.</summary>
    public static JsonText TrimEnd(JsonText text)
    {
        var length = text.Span.Length;
        while (length > 0)
        {
            var last = text.Span[..length];
            if (last[^1] == ' ')
            {
                length--;
            }
            else if (length >= 2 && last[^1] is (byte)'n' or (byte)'r' or (byte)'t' or (byte)'f' && IsEscape(last))
            {
                length -= 2;
            }
            else
            {
                break;
            }
        }

        return new JsonText(text.Escaped[..length]);
    }

    /// <summary>Nothing but white space.</summary>
    public static bool IsBlank(JsonText text) => TrimEnd(text).IsEmpty;

    /// <summary>Whether the letter at the end belongs to a backslash that is not itself escaped.</summary>
    private static bool IsEscape(ReadOnlySpan<byte> text)
    {
        var backslashes = text[..^1].Length - text[..^1].TrimEnd((byte)'\\').Length;
        return backslashes % 2 == 1;
    }

    private static List<Turn> Copy(List<Turn> source, RepairRules rules, Losses losses)
    {
        var copies = new List<Turn>(source.Count);
        foreach (var turn in source)
        {
            var role = turn.Role;
            if (role == Role.System && !rules.TakesSystemTurns)
            {
                role = Role.User;
                losses.Add(turn.Parts is [var first, ..] ? first.Path : "system", LossReason.Moved);
            }

            losses.AddIf(!turn.Name.IsEmpty && !rules.TakesNames, "messages.name", LossReason.Unsupported);

            var copy = new Turn(role, turn.Parts.Count) { Name = turn.Name };
            foreach (var part in turn.Parts)
            {
                Add(copy.Parts, part, rules, losses);
            }

            copies.Add(copy);
        }

        return copies;
    }

    private static void Add(List<Part> parts, Part part, RepairRules rules, Losses losses)
    {
        if (part is ToolResultPart result)
        {
            parts.Add(Clean(result, rules, losses));
        }
        else if (part is TextPart { Result: not null } found && !rules.TakesSearchResults)
        {
            losses.Add(part.Path, LossReason.Moved);
            parts.Add(found with { Result = null });
        }
        else if (rules.DropsBlankText && TextOf(part) is { } text && IsBlank(text))
        {
            losses.AddIf(part.Cache is not null, part.Path, "cache_control", LossReason.Repaired);
        }
        else
        {
            parts.Add(part);
        }
    }

    private static JsonText? TextOf(Part part) => part switch
    {
        TextPart text => text.Text,
        RefusalPart refusal => refusal.Text,
        _ => null,
    };

    private static ToolResultPart Clean(ToolResultPart result, RepairRules rules, Losses losses)
    {
        var hasBlank = rules.DropsBlankText && result.Content.Exists(static p => p is TextPart text && IsBlank(text.Text));
        var hasFound = !rules.TakesSearchResults && result.Content.Exists(static p => p is TextPart { Result: not null });
        var mustFill = rules.FillsEmptyResults && result.Content.TrueForAll(static p => p is TextPart text && IsBlank(text.Text));
        if (!hasBlank && !hasFound && !mustFill)
        {
            return result;
        }

        var copy = result.WithoutContent();
        foreach (var part in result.Content)
        {
            Add(copy.Content, part, rules, losses);
        }

        if (mustFill)
        {
            copy.Content.Clear();
            copy.Content.Add(new TextPart(NoOutput) { Path = result.Path });
        }

        return copy;
    }

    private static void Tidy(List<Turn> turns, RepairRules rules)
    {
        if (rules.DropsBlankText)
        {
            turns.RemoveAll(static t => t.Parts.Count == 0);
        }

        for (var i = turns.Count - 1; i > 0 && rules.MergesTurns; i--)
        {
            if (turns[i].Role == turns[i - 1].Role)
            {
                turns[i - 1].Parts.AddRange(turns[i].Parts);
                turns.RemoveAt(i);
            }
        }
    }

    private static void MendStart(List<Turn> turns, RepairRules rules, Losses losses)
    {
        var isEmpty = turns.Count == 0 && rules.DropsBlankText;
        if (isEmpty || (rules.StartsWithUser && turns is [{ Role: Role.Assistant }, ..]))
        {
            turns.Insert(0, new Turn(Role.User) { Parts = { new TextPart(NoContent) } });
            losses.Add("messages[0]", LossReason.Repaired);
        }
    }

    private static void MendEnd(List<Turn> turns, RepairRules rules, Losses losses)
    {
        if (turns is not [.., { Role: Role.Assistant } last])
        {
            return;
        }

        if (!rules.TakesPrefill)
        {
            losses.Add(last.Parts is [var first, ..] ? first.Path : "messages", LossReason.Repaired);
            turns.Add(new Turn(Role.User) { Parts = { new TextPart(GoOn) } });
        }
        else if (rules.TrimsLastAssistantText && last.Parts is [.., TextPart end] && TrimEnd(end.Text) is var trimmed && !trimmed.Equals(end.Text))
        {
            last.Parts[^1] = end with { Text = trimmed };
        }
    }
}
