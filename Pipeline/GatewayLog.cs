using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline;

/// <summary>The gateway's log lines. No content, no secret.</summary>
internal static partial class GatewayLog
{
    /// <summary>One line for each request.</summary>
    public static void Served(ILogger log, Exchange x)
    {
        var level = x.Failure is { Status: >= 500 } ? LogLevel.Warning : LogLevel.Information;
        if (!log.IsEnabled(level))
        {
            return;
        }

        var status = x.Failure is null ? 200 : x.Failure.Status;
        var usage = x.Facts.Usage;
        Request(
            log, level, x.Id, x.Http.Request.Method, x.Http.Request.Path.Value ?? "", x.Route.Dialect.Name, x.Candidate?.Dialect.Name ?? "-",
            x.Candidate?.Provider.Name ?? "-", x.Candidate?.Model ?? x.Model, status, x.WantsStream, x.HeadersMilliseconds, x.FirstTokenMilliseconds,
            x.Milliseconds, usage.Input, usage.Output, x.Spent, usage.IsEstimate, x.BytesIn, x.BytesOut, x.Losses.Count, x.Failure?.Kind,
            x.Trail.IsEventful ? x.Trail.ToString() : "-");
    }

    [LoggerMessage(1, LogLevel.Error, "request {Id} hit a bug in the gateway")]
    public static partial void Crashed(ILogger log, Exception exception, string id);

    [LoggerMessage(
        EventId = 2,
        Message = "{Id} {Method} {Path} {Dialect}>{Upstream} {Provider}/{Model} {Status} stream={Stream} headers={HeadersMs:0.0}ms first={FirstTokenMs:0.0}ms "
        + "total={TotalMs:0.0}ms in={InputTokens} out={OutputTokens} cost={Cost} estimated={Estimated} bytesIn={BytesIn} bytesOut={BytesOut} losses={Losses} error={Error} trail={Trail}")]
    private static partial void Request(
        ILogger log, LogLevel level, string id, string method, string path, string dialect, string upstream, string provider, string model,
        int status, bool stream, double? headersMs, double? firstTokenMs, double totalMs, long? inputTokens, long? outputTokens, decimal? cost, bool estimated, int bytesIn,
        long bytesOut, int losses, ErrorKind? error, string trail);
}
