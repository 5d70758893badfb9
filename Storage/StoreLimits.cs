namespace BifrostLite.Storage;

/// <summary>What is kept at most.</summary>
/// <param name="LogsAfter">Older log entries go.</param>
/// <param name="MaxBytes">Where the store is larger, the oldest log entries go; null for no limit.</param>
internal sealed record StoreLimits(DateTimeOffset LogsAfter, long? MaxBytes = null);
