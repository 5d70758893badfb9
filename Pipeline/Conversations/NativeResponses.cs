using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>Asks the provider that holds a response about it, by the response's own id and with the key that made it.</summary>
internal sealed class NativeResponses(SnapshotSource snapshots)
{
    /// <summary>Sends METHOD {responses path}/{id}{below}?{query}.</summary>
    public async ValueTask<UpstreamResult> SendAsync(StoredResponse response, HttpMethod method, string below, string query, Deadline deadline)
    {
        var found = snapshots.Current.Providers.TryFind(response.Provider, out var provider);
        var route = found ? provider!.Route(DialectNames.Responses, Operation.Generate) : null;
        var key = route is null ? null : provider!.Keys.FirstOrDefault(one => one.Name == response.Key);
        if (key is null)
        {
            var error = new GatewayError(409, ErrorKind.InvalidRequest, $"Provider \"{response.Provider}\" or its key \"{response.Key}\", which holds this response, is no longer configured.");
            return new UpstreamResult(null, error, FailureCause.Gateway);
        }

        var call = new UpstreamCall
        {
            Provider = provider!,
            Route = route!,
            Key = key,
            Model = "",
            Stream = query.Contains("stream=true", StringComparison.OrdinalIgnoreCase),
            Body = default,
            Method = method,
            Below = $"/{Uri.EscapeDataString(response.Id)}{below}",
            Query = query,
        };
        return await Upstream.SendAsync(call, deadline);
    }

    /// <summary>The same, its answer passed on as it is. Gives the body where it was whole and good, so that the store may learn from it.</summary>
    public async Task<byte[]?> RelayAsync(HttpContext http, StoredResponse response, HttpMethod method, string below)
    {
        using var deadline = Deadline.Rent(TimeProvider.System, http.RequestAborted);
        var result = await SendAsync(response, method, below, http.Request.QueryString.Value?.TrimStart('?') ?? "", deadline);
        if (result.Response is not { } answer)
        {
            await Replies.RefuseAsync(http, result.Error!);
            return null;
        }

        using (answer)
        {
            http.Response.StatusCode = (int)answer.StatusCode;
            http.Response.ContentType = answer.Content.Headers.ContentType?.ToString() ?? "application/json";
            http.Response.Headers["x-bf-provider"] = response.Provider;
            if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                http.Response.Headers.CacheControl = "no-cache";
                http.Response.Headers["X-Accel-Buffering"] = "no";
                await CopyAsync(http, answer);
                return null;
            }

            var body = await answer.Content.ReadAsByteArrayAsync(http.RequestAborted);
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
            return answer.IsSuccessStatusCode ? body : null;
        }
    }

    /// <summary>Every piece goes out as it comes: who resumes a stream waits for each.</summary>
    private static async Task CopyAsync(HttpContext http, HttpResponseMessage answer)
    {
        var stream = await answer.Content.ReadAsStreamAsync(http.RequestAborted);
        var output = http.Response.BodyWriter;
        while (await stream.ReadAsync(output.GetMemory(4096), http.RequestAborted) is > 0 and var count)
        {
            output.Advance(count);
            await output.FlushAsync(http.RequestAborted);
        }
    }
}
