namespace BifrostLite.Schemas.Hub;

/// <summary>
/// Puts the results of tool calls where every target wants them: at the start of the user's turn right behind the calls
/// (Messages: "Each tool_use block must have a corresponding tool_result block in the next message"; Chat: "must be followed
/// by tool messages responding to each tool_call_id"; Converse and GenerateContent count them), with ids that are unique.
/// </summary>
internal sealed class CallPairing
{
    private static readonly JsonText NoResult = JsonText.From("No result was recorded for this tool call.");

    private readonly Losses _losses;
    private readonly CallIds _ids;

    /// <summary>The first call not yet answered of each id the caller gave; others of the same id hang on it.</summary>
    private readonly Dictionary<JsonText, Call> _open = [];

    /// <summary>The calls of the turn before.</summary>
    private List<Call> _last = [];

    private CallPairing(RepairRules rules, Losses losses)
    {
        _losses = losses;
        _ids = new CallIds(rules);
    }

    /// <summary>Turns whose parts may be replaced; the answer holds some of them and new ones.</summary>
    public static List<Turn> Pair(List<Turn> turns, RepairRules rules, Losses losses)
    {
        if (!turns.Exists(static t => t.Parts.Exists(static p => p is ToolCallPart or ToolResultPart)))
        {
            return turns;
        }

        var pairing = new CallPairing(rules, losses);
        var calls = new List<List<Call>>(turns.Count);
        for (var i = 0; i < turns.Count; i++)
        {
            calls.Add(pairing.Take(turns[i], i));
        }

        return pairing.Place(turns, calls);
    }

    /// <summary>Renames the turn's calls, takes its results out to their calls and makes text of those nobody asked for.</summary>
    private List<Call> Take(Turn turn, int index)
    {
        var calls = new List<Call>();
        var kept = new List<Part>();
        AdoptStrays(turn, index);
        foreach (var part in turn.Parts)
        {
            switch (part)
            {
                case ToolCallPart call:
                    kept.Add(Open(call, calls));
                    break;
                case ToolResultPart result when TakeOpen(result.CallId) is { } call:
                    call.Answer(result, index);
                    break;
                case ToolResultPart orphan:
                    AddAsText(orphan, kept);
                    break;
                default:
                    kept.Add(part);
                    break;
            }
        }

        turn.Parts.Clear();
        turn.Parts.AddRange(kept);
        _last = calls;
        return calls;
    }

    /// <summary>
    /// Results right behind as many unanswered calls whose ids they miss are theirs, in their order: some clients make ids anew.
    /// </summary>
    private void AdoptStrays(Turn turn, int index)
    {
        var hasStrays = false;
        foreach (var part in turn.Parts)
        {
            hasStrays |= IsStray(part);
        }

        if (hasStrays)
        {
            AdoptStrays(turn, turn.Parts.FindAll(IsStray), index);
        }
    }

    private bool IsStray(Part part) => part is ToolResultPart result && !_open.ContainsKey(result.CallId);

    private void AdoptStrays(Turn turn, List<Part> strays, int index)
    {
        var unanswered = _last.FindAll(call => call.Result is null && !turn.Parts.Exists(p => p is ToolResultPart result && result.CallId.Equals(call.GivenId)));
        for (var i = 0; i < strays.Count && strays.Count == unanswered.Count; i++)
        {
            _losses.Add(strays[i].Path, LossReason.Repaired);
            unanswered[i].Answer((ToolResultPart)strays[i], index);
            turn.Parts.Remove(strays[i]);
            TakeOpen(unanswered[i].GivenId);
        }
    }

    private ToolCallPart Open(ToolCallPart part, List<Call> calls)
    {
        var id = _ids.Take(part.Id, out var isTaken);
        _losses.AddIf(isTaken, part.Path, "id", LossReason.Repaired);

        var renamed = id.Equals(part.Id) ? part : part with { Id = id };
        var call = new Call(renamed, part.Id);
        calls.Add(call);
        if (_open.TryGetValue(part.Id, out var first))
        {
            first.Last.Next = call;
            first.Last = call;
        }
        else
        {
            _open.Add(part.Id, call);
        }

        return renamed;
    }

    /// <summary>The call of this id that has waited longest; null where none waits.</summary>
    private Call? TakeOpen(JsonText id)
    {
        if (!_open.Remove(id, out var first))
        {
            return null;
        }

        if (first.Next is { } next)
        {
            next.Last = first.Last;
            _open.Add(id, next);
        }

        return first;
    }

    private void AddAsText(ToolResultPart orphan, List<Part> parts)
    {
        _losses.Add(orphan.Path, LossReason.Repaired);
        parts.Add(new TextPart(JsonText.From($"[Result of tool call {orphan.CallId.Decode()}]")) { Path = orphan.Path });
        parts.AddRange(orphan.Content);
    }

    private List<Turn> Place(List<Turn> turns, List<List<Call>> calls)
    {
        var placed = new List<Turn>(turns.Count + 1);
        for (var i = 0; i < turns.Count; i++)
        {
            if (turns[i].Parts.Count > 0)
            {
                placed.Add(turns[i]);
            }

            if (calls[i].Count == 0)
            {
                continue;
            }

            var results = new List<Part>(calls[i].Count);
            foreach (var call in calls[i])
            {
                results.Add(ResultOf(call, turns, i));
            }

            if (i + 1 < turns.Count && turns[i + 1].Role == Role.User)
            {
                turns[i + 1].Parts.InsertRange(0, results);
            }
            else
            {
                var user = new Turn(Role.User);
                user.Parts.AddRange(results);
                placed.Add(user);
            }
        }

        return placed;
    }

    private ToolResultPart ResultOf(Call call, List<Turn> turns, int callTurn)
    {
        if (call.Result is { } result)
        {
            for (var between = callTurn + 1; between < call.ResultTurn; between++)
            {
                if (turns[between].Parts.Count > 0)
                {
                    _losses.Add(result.Path, LossReason.Moved);
                    break;
                }
            }

            return result;
        }

        _losses.Add(call.Part.Path, LossReason.Repaired);
        return new ToolResultPart(call.Part.Id)
        {
            Name = call.Part.Name,
            IsCustom = call.Part.IsCustom,
            IsError = true,
            Path = call.Part.Path,
            Content = { new TextPart(NoResult) },
        };
    }

    private sealed class Call
    {
        public Call(ToolCallPart part, JsonText givenId)
        {
            (Part, GivenId) = (part, givenId);
            Last = this;
        }

        public ToolCallPart Part { get; }

        public JsonText GivenId { get; }

        /// <summary>The next call that waits under the same id.</summary>
        public Call? Next { get; set; }

        /// <summary>Of the first that waits: the last one.</summary>
        public Call Last { get; set; }

        public ToolResultPart? Result { get; private set; }

        public int ResultTurn { get; private set; }

        public void Answer(ToolResultPart result, int turn)
        {
            Result = result with { CallId = Part.Id, Name = result.Name.IsEmpty ? Part.Name : result.Name, IsCustom = Part.IsCustom };
            ResultTurn = turn;
        }
    }
}
