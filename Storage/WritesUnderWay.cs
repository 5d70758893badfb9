using System.Collections.Concurrent;

namespace BifrostLite.Storage;

/// <summary>
/// Writes that have begun and are not acknowledged yet, by key: a caller may come back for what was written before a reader of the store can
/// see it.
/// </summary>
internal sealed class WritesUnderWay
{
    private readonly ConcurrentDictionary<string, Task> _writes = new(StringComparer.Ordinal);

    /// <summary>Lets readers of a key wait for a write, from before it begins until it is over.</summary>
    public async Task<bool> TrackAsync(string key, Func<Task<bool>> write)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _writes[key] = over.Task;
        try
        {
            return await write();
        }
        finally
        {
            _writes.TryRemove(KeyValuePair.Create(key, over.Task));
            over.SetResult();
        }
    }

    /// <summary>Completed when nothing is being written under a key.</summary>
    public Task SettledAsync(string key) => _writes.TryGetValue(key, out var write) ? write : Task.CompletedTask;

    /// <summary>Completed when everything that has begun by now is written.</summary>
    public Task AllSettledAsync() => _writes.IsEmpty ? Task.CompletedTask : Task.WhenAll(_writes.Values);
}
