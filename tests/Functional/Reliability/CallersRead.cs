namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>How far the caller of a request has read: a cut connection takes with it what was not read yet.</summary>
internal sealed class CallersRead
{
    private readonly Lock _gate = new();
    private readonly List<(long Bytes, TaskCompletionSource Reached)> _waiting = [];
    private long _bytes;

    public void Add(long bytes)
    {
        lock (_gate)
        {
            _bytes += bytes;
            foreach (var (target, reached) in _waiting)
            {
                if (_bytes >= target)
                {
                    reached.TrySetResult();
                }
            }
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void End() => Add(long.MaxValue / 2);

    /// <summary>Completed when the caller has so many bytes.</summary>
    public Task ReachAsync(long bytes)
    {
        lock (_gate)
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((bytes, reached));
            if (_bytes >= bytes)
            {
                reached.TrySetResult();
            }

            return reached.Task;
        }
    }
}
