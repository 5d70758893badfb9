using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// The conversation as a Messages request can hold it: what no block can carry is left out and recorded, instructions stand
/// where the model takes them, and the rest is made legal by <see cref="RequestRepair"/>.
/// </summary>
internal sealed class MessagesTurns(ChatRequest request, TargetModel target, Losses losses)
{
    /// <summary>Instructions, those from the middle of the conversation last.</summary>
    public List<TextPart> System { get; } = [];

    public List<Turn> Turns { get; private set; } = [];

    private bool IsOwn => request.Dialect == DialectNames.Messages;

    public static MessagesTurns For(ChatRequest request, TargetModel target, bool isThinking, Losses losses)
    {
        var turns = new MessagesTurns(request, target, losses);
        turns.AddSystem(request.System, isMoved: false);
        var kept = new List<Turn>(request.Turns.Count);
        foreach (var turn in request.Turns)
        {
            turns.Add(turn, kept);
        }

        // Thinking cannot be put before words that are already there ("prefill" in the extended-thinking document). The documents
        // want a user's turn first, the API does not (an assistant's greeting was answered on 2023-06-01).
        var rules = RepairRules.Turnwise with { StartsWithUser = false, TakesPrefill = target.TakesPrefill && !isThinking, TakesSystemTurns = true, TakesSearchResults = true };
        turns.Turns = RequestRepair.Turns(kept, rules, losses);
        return turns;
    }

    private void Add(Turn turn, List<Turn> kept)
    {
        // The system role is taken right after a user's turn (.../mid-conversation-system-messages).
        if (turn.Role == Role.System && !(target.TakesMidSystem && kept is [.., { Role: Role.User or Role.System }]))
        {
            AddSystem(turn.Parts, isMoved: true);
            return;
        }

        var copy = new Turn(turn.Role, turn.Parts.Count) { Name = turn.Name };
        foreach (var part in turn.Parts)
        {
            if (!IsBlank(part) && Fit(part, turn.Role) is { } fit)
            {
                copy.Parts.Add(fit);
            }
            else
            {
                RequestTrim.MoveBreakpoint(part, copy.Parts);
            }
        }

        kept.Add(copy);
    }

    private static bool IsBlank(Part part) => part is TextPart text && RequestRepair.IsBlank(text.Text);

    private void AddSystem(List<Part> parts, bool isMoved)
    {
        foreach (var part in parts)
        {
            if (part is not TextPart text)
            {
                losses.Add(part.Path, LossReason.Unsupported);
            }
            else if (RequestRepair.IsBlank(text.Text))
            {
                if (text.Cache is not null && System is [.., { Cache: null } last])
                {
                    System[^1] = last with { Cache = text.Cache };
                }
            }
            else
            {
                System.Add(text);
                if (isMoved)
                {
                    losses.Add(part.Path, LossReason.Moved);
                }
            }
        }
    }

    private Part? Fit(Part part, Role role)
    {
        switch (part)
        {
            case TextPart text:
                return WithoutCitations(text, role);
            case RefusalPart refusal:
                return new TextPart(refusal.Text) { Cache = refusal.Cache, Path = refusal.Path };
            case ReasoningPart reasoning when role == Role.Assistant && reasoning.State?.IsFor(target, DialectNames.Messages) == true:
            case ToolCallPart when role == Role.Assistant:
            case ImagePart when role == Role.User && CanSend(part):
            case DocumentPart when role == Role.User && CanSend(part):
            case ServerToolPart or ServerToolResultPart or ExtensionPart when IsOwn:
                return part;
            case ToolResultPart result when role == Role.User:
                return FitResult(result);
            case ReasoningPart:
                return Lose(part, LossReason.OtherIssuer);
            default:
                return Lose(part, LossReason.Unsupported);
        }
    }

    private ToolResultPart FitResult(ToolResultPart result)
    {
        var copy = result.WithoutContent();
        foreach (var part in result.Content)
        {
            if (Fit(part, Role.User) is { } fit)
            {
                copy.Content.Add(fit);
            }
        }

        return copy;
    }

    /// <summary>
    /// Since 2026-10-21 citations on a user's text are refused; elsewhere only those the API can prove are taken.
    /// </summary>
    private TextPart WithoutCitations(TextPart text, Role role)
    {
        if (text.Citations.Count == 0)
        {
            return text;
        }

        var kept = new List<Citation>();
        foreach (var citation in text.Citations)
        {
            if (role == Role.Assistant && MessagesCitations.CanAsk(citation))
            {
                kept.Add(citation);
            }
        }

        losses.AddIf(kept.Count < text.Citations.Count, text.Path, "citations", LossReason.Unsupported);
        return text with { Citations = kept };
    }

    private bool CanSend(Part part)
    {
        var source = part is ImagePart image ? image.Source : ((DocumentPart)part).Source;
        return target.TakesMediaUrls || source.Url.IsEmpty;
    }

    private Part? Lose(Part part, string reason)
    {
        losses.Add(part.Path, reason);
        return null;
    }
}
