using Microsoft.AspNetCore.Http.Features;

namespace BifrostLite.Pipeline.Jobs;

/// <summary>Who a request without a connection is made for: the owner was asked when he submitted it.</summary>
/// <param name="VirtualKeyId">Id of the virtual key; empty where callers show none.</param>
internal sealed record DetachedCaller(string VirtualKeyId)
{
    /// <summary>The stored response it is the work of, whose keeping is its runner's business; null for a job.</summary>
    public string? ResponseId { get; init; }
}

/// <summary>A request as it was stored.</summary>
/// <param name="Path">Where it was sent.</param>
/// <param name="Headers">Those that were kept.</param>
/// <param name="Id">Its id in the log.</param>
/// <param name="Body">The whole body.</param>
internal sealed record DetachedRequest(string Path, IReadOnlyList<JobHeader> Headers, string Id, ReadOnlyMemory<byte> Body)
{
    /// <summary>The request as if somebody were connected; what is written to them goes to <paramref name="answer"/>.</summary>
    public DefaultHttpContext Open(Stream answer, CancellationToken cancellationToken)
    {
        var http = new DefaultHttpContext { RequestAborted = cancellationToken };
        http.Request.Method = HttpMethods.Post;
        http.Request.Path = Path;
        foreach (var header in Headers)
        {
            http.Request.Headers.Append(header.Name, header.Value);
        }

        http.Request.Headers["x-request-id"] = Id;
        http.Request.Body = new MemoryStream(Body.ToArray(), writable: false);
        http.Request.ContentLength = Body.Length;
        http.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
        return http;
    }
}

/// <summary>Runs one request on the way of every request, with nobody connected: its answer is collected.</summary>
internal static class DetachedCall
{
    /// <summary>Headers of an answer that tell its reader something; the rest belongs to a connection.</summary>
    private static bool IsKept(string name) =>
        !name.Equals("content-type", StringComparison.OrdinalIgnoreCase) && !name.Equals("content-length", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("cache-control", StringComparison.OrdinalIgnoreCase) && !name.Equals("x-accel-buffering", StringComparison.OrdinalIgnoreCase);

    public static async Task<JobOutcome> RunAsync(
        Gateway gateway, InboundRoute route, JobDocument job, DetachedCaller caller, TimeProvider clock, CancellationToken cancellationToken)
    {
        using var answer = new MemoryStream();
        var http = new DetachedRequest("/v1/async/" + job.Door, job.Headers, job.RequestId, job.Body).Open(answer, cancellationToken);
        await gateway.ServeAsync(http, route, PathFacts.None, caller);
        cancellationToken.ThrowIfCancellationRequested();
        await http.Response.BodyWriter.FlushAsync(CancellationToken.None);
        return new JobOutcome
        {
            Status = http.Response.StatusCode,
            ContentType = http.Response.ContentType ?? "application/json",
            Headers = [.. Kept(http.Response.Headers)],
            Body = answer.ToArray(),
            CompletedAt = clock.GetUtcNow(),
        };
    }

    private static IEnumerable<JobHeader> Kept(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (IsKept(name))
            {
                yield return new JobHeader(name, values.ToString());
            }
        }
    }
}
