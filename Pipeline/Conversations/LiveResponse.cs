using System.IO.Pipelines;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// The events of a background response while it runs in this process. Any number of readers may come and go; each gets every event
/// behind the number it names, and waits for those to come.
/// </summary>
/// <param name="keepsEvents">False where nobody may read them: the response was not created as a stream.</param>
internal sealed class LiveResponse(bool keepsEvents) : IDisposable
{
    private readonly List<LiveEvent> _events = [];
    private readonly CancellationTokenSource _cancelled = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isOver;

    public bool KeepsEvents { get; } = keepsEvents;

    /// <summary>Set when the response is cancelled.</summary>
    public CancellationToken Cancelled => _cancelled.Token;

    public void Cancel() => _cancelled.Cancel();

    public void Add(LiveEvent happened)
    {
        if (KeepsEvents)
        {
            lock (_events)
            {
                _events.Add(happened);
                Wake();
            }
        }
    }

    /// <summary>No more will come.</summary>
    public void End()
    {
        lock (_events)
        {
            _isOver = true;
            Wake();
        }
    }

    /// <summary>All events so far, as they go over the wire.</summary>
    public byte[] Everything()
    {
        lock (_events)
        {
            using var bytes = new MemoryStream();
            foreach (var one in _events)
            {
                bytes.Write(one.Wire);
            }

            return bytes.ToArray();
        }
    }

    /// <summary>Writes events behind a number until there are no more to come, or the reader goes.</summary>
    public async Task CopyAsync(PipeWriter output, long after, CancellationToken cancellationToken)
    {
        var next = 0;
        while (true)
        {
            var (wait, isOver) = Take(output, after, ref next);
            var flushed = await output.FlushAsync(cancellationToken);
            if (isOver || flushed.IsCompleted)
            {
                return;
            }

            await wait.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => _cancelled.Dispose();

    private (Task More, bool IsOver) Take(PipeWriter output, long after, ref int next)
    {
        lock (_events)
        {
            for (; next < _events.Count; next++)
            {
                if (_events[next].Number > after)
                {
                    System.Buffers.BuffersExtensions.Write(output, _events[next].Wire);
                }
            }

            return (_more.Task, _isOver);
        }
    }

    private void Wake()
    {
        var more = _more;
        _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        more.SetResult();
    }
}

/// <summary>One event of a stream.</summary>
/// <param name="Number">Its sequence_number.</param>
/// <param name="Wire">The whole frame.</param>
internal sealed record LiveEvent(long Number, byte[] Wire);
