namespace BifrostLite.Schemas.Hub;

/// <summary>
/// The grammar of answers, held once. Any events go in; out come: MessageStart, blocks, Finish for each choice, End; or
/// what there was up to an Error, which is the last event and leaves open blocks open (an Error may also be all there is).
/// Blocks start before they grow, are numbered densely from 0 in the order in which they start (choices share the numbers),
/// stop once, before their choice's Finish, and are open one at a time in each choice unless the target can show more
/// (<see cref="StreamRules.Interleaved"/>; how: <see cref="ChoiceGuard"/>). MessageStart and Usage carry the figures merged
/// so far. Empty deltas are left out. What would break the grammar is dropped and recorded as a loss.
/// </summary>
/// <remarks>Decoders must set Choice on every block event and Block on every BlockStart.</remarks>
internal sealed class StreamGuard(IResponseSink next, StreamRules rules, Losses losses) : IResponseSink
{
    /// <summary>OpenAI's n goes to 128 (platform.openai.com/docs/api-reference/chat/create).</summary>
    private const int MaxChoices = 128;

    private readonly GuardScope _scope = new(next, (rules & StreamRules.Interleaved) == 0, losses);
    private readonly List<ChoiceGuard> _choices = new(1);
    private Usage _usage;
    private bool _hasStarted;
    private bool _hasReportedChoices;

    /// <summary>End has passed.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Error has passed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>A block has begun: the first token is out.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Figures so far, also those that came too late to be passed on.</summary>
    public Usage Usage => _usage;

    public void On(in ResponseEvent e)
    {
        if (!e.Figures.IsEmpty)
        {
            _usage.Merge(in e.Figures[0]);
        }

        if (HasEnded || HasFailed)
        {
            _scope.Drop(e.Kind);
            return;
        }

        switch (e.Kind)
        {
            case EventKind.MessageStart:
                OnMessageStart(e);
                break;
            case EventKind.Usage:
                PassUsage();
                break;
            case EventKind.Error:
                Fail(e.Error ?? GatewayError.Upstream("the upstream reported an error without saying which"));
                break;
            case EventKind.End:
                OnEnd(e);
                break;
            case EventKind.Extension:
                EnsureStarted();
                next.On(e);
                break;
            default:
                OnChoiceEvent(e);
                break;
        }
    }

    /// <summary>The upstream closed and its decoder has had its last word: what has no end by now was cut off.</summary>
    public void Complete()
    {
        if (!HasEnded && !HasFailed)
        {
            Fail(GatewayError.Upstream("the upstream closed the stream before its end"));
        }
    }

    private void OnMessageStart(in ResponseEvent e)
    {
        if (_hasStarted)
        {
            _scope.Drop(e.Kind);
            return;
        }

        _hasStarted = true;
        next.On(e with { Figures = new ReadOnlySpan<Usage>(in _usage) });
    }

    private void EnsureStarted()
    {
        if (!_hasStarted)
        {
            _hasStarted = true;
            next.On(new ResponseEvent { Kind = EventKind.MessageStart, Figures = new ReadOnlySpan<Usage>(in _usage) });
        }
    }

    /// <summary>Figures that come before the start ride on it: making up a start would lose the real one's id.</summary>
    private void PassUsage()
    {
        if (_hasStarted)
        {
            next.On(ResponseEvent.Of(in _usage));
        }
    }

    private void OnEnd(in ResponseEvent e)
    {
        if (_choices.Count == 0 || _choices.Exists(static c => !c.IsFinished))
        {
            Fail(GatewayError.Upstream("the upstream ended the stream before its answer was complete"));
            return;
        }

        HasEnded = true;
        next.On(e);
    }

    private void OnChoiceEvent(in ResponseEvent e)
    {
        if (ChoiceOf(e.Choice) is not { } choice)
        {
            ReportChoices();
            return;
        }

        EnsureStarted();
        HasContent |= e.Kind is EventKind.BlockStart or EventKind.BlockDelta;
        choice.On(e);
        if (_scope.Failure is { } failure)
        {
            Fail(failure);
        }
    }

    private ChoiceGuard? ChoiceOf(int number)
    {
        foreach (var known in _choices)
        {
            if (known.Number == number)
            {
                return known;
            }
        }

        if (number < 0 || _choices.Count >= MaxChoices || (number != 0 && (rules & StreamRules.Choices) == 0))
        {
            return null;
        }

        var choice = new ChoiceGuard(number, _scope);
        _choices.Add(choice);
        return choice;
    }

    private void ReportChoices()
    {
        if (!_hasReportedChoices)
        {
            _hasReportedChoices = true;
            losses.Add("choices", LossReason.Unsupported);
        }
    }

    private void Fail(GatewayError error)
    {
        HasFailed = true;
        foreach (var choice in _choices)
        {
            choice.Abandon();
        }

        next.On(new ResponseEvent { Kind = EventKind.Error, Error = error });
    }
}
