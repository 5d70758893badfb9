using System.Diagnostics;

namespace BifrostLite.Schemas.Hub;

/// <summary>
/// The part of <see cref="StreamGuard"/> that keeps the blocks of one choice in order. Where the target shows one block
/// at a time, a new block makes room for itself: an open text is stopped and goes on as a further block, a tool call is
/// stopped if its arguments are complete JSON; else the new block is held back until the open one is over.
/// </summary>
internal sealed class ChoiceGuard(int number, GuardScope scope)
{
    /// <summary>Few answers have more blocks than this; those that do are looked up.</summary>
    private const int Few = 8;

    /// <summary>In the order in which they began; of those with the same number of the upstream's the newest counts.</summary>
    private readonly List<GuardedBlock> _blocks = new(1);

    private Dictionary<int, GuardedBlock>? _byNumber;

    /// <summary>Open before the target; at most one where the target is sequential.</summary>
    private readonly List<GuardedBlock> _live = new(1);

    private Queue<GuardedBlock>? _held;

    public int Number { get; } = number;

    public bool IsFinished { get; private set; }

    public void On(in ResponseEvent e)
    {
        if (IsFinished)
        {
            // The upstream's stop of a block that Finish has stopped already is no news.
            if (e.Kind != EventKind.BlockStop)
            {
                scope.Drop(e.Kind);
            }

            return;
        }

        switch (e.Kind)
        {
            case EventKind.BlockStart:
                OnStart(e);
                break;
            case EventKind.BlockStop:
                if (Find(e.Index) is { } block)
                {
                    Stop(block);
                }

                break;
            case EventKind.Finish:
                OnFinish(e);
                break;
            default:
                OnGrowth(e);
                break;
        }
    }

    /// <summary>Gives buffers back after a failure.</summary>
    public void Abandon()
    {
        foreach (var block in _held ?? [])
        {
            block.Held?.Clear();
        }

        _held = null;
    }

    private void OnStart(in ResponseEvent e)
    {
        if (Find(e.Index) is { } earlier and not { State: GuardedState.Stopped } and not { IsOver: true })
        {
            if (earlier.IsRepeatedBy(e))
            {
                scope.Drop(e.Kind);
                return;
            }

            // Another call under a number that is still in use (lich0821/ccNexus#89): the earlier one must be over.
            Stop(earlier);
        }

        Begin(e);
    }

    private void OnGrowth(in ResponseEvent e)
    {
        if (e.Kind == EventKind.BlockDelta && e.Text.IsEmpty && e.Delta != DeltaKind.SummaryBreak)
        {
            return;
        }

        var block = Find(e.Index);
        if (block is null || block.State == GuardedState.Suspended)
        {
            block = Begin(ImplicitStart(e, block));
        }

        if (block.State == GuardedState.Live)
        {
            Send(e, block.Number);
            Watch(e, block);
        }
        else if (block is { State: GuardedState.Held, IsOver: false })
        {
            Hold(e, block);
        }
        else if (!IsWhiteSpace(e))
        {
            scope.Drop(e.Kind);
        }
    }

    private void OnFinish(in ResponseEvent e)
    {
        while (_live.Count > 0)
        {
            // In sequence, stopping the open block lets the next one in.
            Stop(_live[0]);
        }

        Debug.Assert(_held is null or { Count: 0 }, "nothing waits while nothing is open");
        IsFinished = true;
        scope.Next.On(e);
    }

    private static ResponseEvent ImplicitStart(in ResponseEvent e, GuardedBlock? earlier) => new()
    {
        Kind = EventKind.BlockStart,
        Index = e.Index,
        Choice = e.Choice,
        Block = earlier?.Kind ?? (e is { Kind: EventKind.BlockDelta, Delta: not DeltaKind.Text } ? BlockKind.Reasoning : e.Block),
    };

    private GuardedBlock Begin(in ResponseEvent start)
    {
        var block = new GuardedBlock(start.Index, start.Block, start.Id.ToArray());
        Remember(block);
        scope.CountBlock();
        if (scope.IsSequential && _live is [var open])
        {
            Debug.Assert(_held is null or { Count: 0 } || !open.Yields, "what waits is let in as soon as the open block yields");
            if (!open.Yields)
            {
                (_held ??= new()).Enqueue(block);
                Hold(start, block);
                return block;
            }

            Yield(open);
        }

        Open(block);
        Send(start, block.Number);
        return block;
    }

    private GuardedBlock? Find(int index)
    {
        if (_byNumber is not null)
        {
            return _byNumber.GetValueOrDefault(index);
        }

        for (var i = _blocks.Count - 1; i >= 0; i--)
        {
            if (_blocks[i].Index == index)
            {
                return _blocks[i];
            }
        }

        return null;
    }

    private void Remember(GuardedBlock block)
    {
        if (_byNumber is not null)
        {
            _byNumber[block.Index] = block;
            return;
        }

        _blocks.Add(block);
        if (_blocks.Count > Few)
        {
            _byNumber = [];
            foreach (var known in _blocks)
            {
                _byNumber[known.Index] = known;
            }
        }
    }

    private void Stop(GuardedBlock block)
    {
        if (block.State == GuardedState.Held)
        {
            block.IsOver = true;
            return;
        }

        var wasLive = block.State == GuardedState.Live;
        block.State = GuardedState.Stopped;
        if (wasLive)
        {
            Close(block);
            LetIn();
        }
    }

    private void Yield(GuardedBlock block)
    {
        block.State = block.IsDivisible ? GuardedState.Suspended : GuardedState.Stopped;
        Close(block);
    }

    private void LetIn()
    {
        while (_held is { Count: > 0 } && (_live.Count == 0 || _live[0].Yields))
        {
            if (_live is [var open])
            {
                Yield(open);
            }

            var block = _held.Dequeue();
            Open(block);
            scope.CountHeld(-block.Held!.Cost);
            block.Held.Replay(scope.Next, Number, block.Number);
            if (block.IsOver)
            {
                block.State = GuardedState.Stopped;
                Close(block);
            }
        }
    }

    private void Open(GuardedBlock block)
    {
        block.Number = scope.TakeNumber();
        block.State = GuardedState.Live;
        _live.Add(block);
    }

    private void Close(GuardedBlock block)
    {
        _live.Remove(block);
        scope.Next.On(new ResponseEvent { Kind = EventKind.BlockStop, Index = block.Number, Choice = Number, Block = block.Kind });
    }

    private void Watch(in ResponseEvent e, GuardedBlock block)
    {
        if (scope.IsSequential)
        {
            block.Watch(e);
            if (_held is { Count: > 0 })
            {
                LetIn();
            }
        }
    }

    private void Hold(in ResponseEvent e, GuardedBlock block)
    {
        var held = block.Held ??= new HeldEvents();
        var before = held.Cost;
        held.Add(e);
        block.Watch(e);
        scope.CountHeld(held.Cost - before);
    }

    private void Send(in ResponseEvent e, int index)
    {
        if (e.Index == index)
        {
            scope.Next.On(e);
        }
        else
        {
            scope.Next.On(e with { Index = index });
        }
    }

    /// <summary>White space behind arguments that were already complete means nothing.</summary>
    private static bool IsWhiteSpace(in ResponseEvent e)
    {
        if (e is not { Kind: EventKind.BlockDelta, Delta: DeltaKind.Text })
        {
            return false;
        }

        var unescaper = default(StringUnescaper);
        foreach (var b in e.Text)
        {
            if (unescaper.TryRead(b, out var unit) && !char.IsWhiteSpace(unit))
            {
                return false;
            }
        }

        return true;
    }
}
