namespace BifrostLite.Storage;

/// <summary>A counter in one window of time, and what is added to it.</summary>
/// <param name="Key">Whose and what: free text such as "vk:team-a:cost".</param>
/// <param name="Window">Where its window starts; a new window starts from 0.</param>
/// <param name="Amount">In whatever unit the key is counted.</param>
/// <param name="ExpiresAt">When nobody asks for this window any more.</param>
internal readonly record struct CounterChange(string Key, DateTimeOffset Window, long Amount, DateTimeOffset ExpiresAt);
