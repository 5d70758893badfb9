namespace BifrostLite.Pipeline.Jobs;

/// <summary>Log lines of jobs. No content, no secret.</summary>
internal static partial class JobLog
{
    [LoggerMessage(20, LogLevel.Error, "{Kind} {Id} hit a bug in the gateway")]
    public static partial void Crashed(ILogger log, Exception exception, string kind, string id);

    [LoggerMessage(21, LogLevel.Warning, "no {Kind} can be taken: {Problem}")]
    public static partial void Unclaimed(ILogger log, string kind, string problem);

    [LoggerMessage(22, LogLevel.Error, "{Kind} {Id} could not be stored as begun or ended, and it will run again: {Problem}")]
    public static partial void Unstored(ILogger log, string kind, string id, string? problem);

    [LoggerMessage(23, LogLevel.Warning, "webhook {Name} for job {Id} failed, try {Try}: {Problem}")]
    public static partial void WebhookFailed(ILogger log, string name, string id, int @try, string problem);

    [LoggerMessage(24, LogLevel.Error, "webhook {Name} for job {Id} is given up after {Tries} tries")]
    public static partial void WebhookGivenUp(ILogger log, string name, string id, int tries);
}
