using BifrostLite.Configuration;

namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// Lets so many calls of a provider run at once and the others wait in the order they came. A caller who goes away leaves
/// the queue at once.
/// </summary>
internal sealed class Gate(ConcurrencyConfig limits)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource<bool>> _waiting = [];
    private ConcurrencyConfig _limits = limits;
    private int _running;

    public int Running => Volatile.Read(ref _running);

    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <param name="dropsExcess">Whether a full queue refuses (client.drop_excess_requests) instead of growing.</param>
    /// <param name="cancellationToken">Ends the wait with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Whether the call may run; its end is told by <see cref="Leave"/>. False: the queue is full.</returns>
    public ValueTask<bool> EnterAsync(bool dropsExcess, CancellationToken cancellationToken)
    {
        LinkedListNode<TaskCompletionSource<bool>> place;
        lock (_lock)
        {
            if (_running < _limits.Concurrency)
            {
                _running++;
                return new ValueTask<bool>(true);
            }

            if (dropsExcess && _waiting.Count >= _limits.BufferSize)
            {
                return new ValueTask<bool>(false);
            }

            place = _waiting.AddLast(new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        return WaitAsync(place, cancellationToken);
    }

    /// <summary>A call that ran has ended: the first in the queue takes its place.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            _running--;
            Fill();
        }
    }

    public void Resize(ConcurrencyConfig limits)
    {
        lock (_lock)
        {
            _limits = limits;
            Fill();
        }
    }

    private async ValueTask<bool> WaitAsync(LinkedListNode<TaskCompletionSource<bool>> place, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource<bool>)state!).TrySetCanceled(token), place.Value);
        try
        {
            return await place.Value.Task;
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (place.List is not null)
                {
                    _waiting.Remove(place);
                }
            }

            throw;
        }
    }

    /// <summary>Who was cancelled meanwhile does not take the place.</summary>
    private void Fill()
    {
        while (_running < _limits.Concurrency && _waiting.First is { } first)
        {
            _waiting.RemoveFirst();
            if (first.Value.TrySetResult(true))
            {
                _running++;
            }
        }
    }
}
