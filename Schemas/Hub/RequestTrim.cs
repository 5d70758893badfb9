namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Takes out of a conversation what a target has no place for, before <see cref="RequestRepair"/> looks at the turns: a turn
/// that held nothing else goes with it, and its neighbours become one.
/// </summary>
internal static class RequestTrim
{
    /// <summary>
    /// A copy of <paramref name="request"/> without parts of its turns that <paramref name="takes"/> refuses. Instructions from
    /// the middle of the conversation join those before it, where they keep their authority: the target has only one place.
    /// </summary>
    public static ChatRequest Keep(ChatRequest request, Func<Part, bool> takes, Losses losses)
    {
        var copy = request.Copy();
        copy.Turns.Clear();
        foreach (var turn in request.Turns)
        {
            if (turn.Role == Role.System)
            {
                losses.Add(turn.Parts is [var first, ..] ? first.Path : "system", LossReason.Moved);
                copy.System.AddRange(turn.Parts);
                continue;
            }

            copy.Turns.Add(turn.Parts.TrueForAll(p => takes(p)) ? turn : Trimmed(turn, takes, losses));
        }

        return copy;
    }

    /// <summary>Whether a part means anything to a target of another dialect: thoughts only to who thought them, another provider's own tools never.</summary>
    public static bool IsForeign(Part part, TargetModel target, string dialect) => part switch
    {
        ReasoningPart reasoning => reasoning.State is not { } state || !state.IsFor(target, dialect),
        ServerToolPart or ServerToolResultPart or ExtensionPart => true,
        _ => false,
    };

    /// <summary>The words among a request's instructions; whatever else stands there is lost.</summary>
    public static List<TextPart> Instructions(ChatRequest request, Losses losses)
    {
        var texts = new List<TextPart>();
        foreach (var part in request.System)
        {
            if (part is not TextPart text)
            {
                losses.Add(part.Path, LossReason.Unsupported);
            }
            else if (!RequestRepair.IsBlank(text.Text))
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    /// <summary>The breakpoint on a part that is left out was meant for all that stands before it.</summary>
    public static void MoveBreakpoint(Part dropped, List<Part> before)
    {
        if (dropped.Cache is not null && before is [.., { Cache: null } last and not ReasoningPart])
        {
            before[^1] = last with { Cache = dropped.Cache };
        }
    }

    private static Turn Trimmed(Turn turn, Func<Part, bool> takes, Losses losses)
    {
        var kept = new Turn(turn.Role) { Name = turn.Name };
        foreach (var part in turn.Parts)
        {
            if (takes(part))
            {
                kept.Parts.Add(part);
            }
            else
            {
                losses.Add(part.Path, part is ReasoningPart ? LossReason.OtherIssuer : LossReason.Unsupported);
                MoveBreakpoint(part, kept.Parts);
            }
        }

        return kept;
    }
}
