using System.Buffers;
using System.Globalization;
using System.Text;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline;

/// <summary>Commits the head of an answer to the caller.</summary>
internal static class Caller
{
    /// <summary>A header must stay readable and below common proxy limits: this many losses are named, the rest counted.</summary>
    private const int MaxNamedLosses = 12;

    /// <summary>Longer than any path of fields an API has.</summary>
    private const int MaxLossPath = 160;

    /// <summary>Status and headers of an answer. After this a failure is an event in the stream.</summary>
    public static void Commit(Exchange exchange, HttpResponseMessage? upstream, string contentType, long? length)
    {
        var response = exchange.Http.Response;
        response.StatusCode = StatusCodes.Status200OK;
        var headers = response.Headers;
        headers.ContentType = contentType;
        headers.ContentLength = length;
        if (length is null)
        {
            // Proxies in front must not hold frames back (nginx reads X-Accel-Buffering).
            headers.CacheControl = "no-cache";
            headers["X-Accel-Buffering"] = "no";
            if (exchange.Route.Dialect.Framing == Framing.AwsEventStream)
            {
                headers["x-amzn-bedrock-content-type"] = "application/json"; // what the frames hold; SDKs hand it to their callers
            }
        }

        AddHeaders(exchange, upstream);
        exchange.IsCommitted = true;
    }

    /// <summary>Request ids, rate limits and losses: on answers and on errors alike.</summary>
    public static void AddHeaders(Exchange exchange, HttpResponseMessage? upstream)
    {
        var headers = exchange.Http.Response.Headers;
        if (upstream is not null)
        {
            foreach (var (name, values) in upstream.Headers.NonValidated)
            {
                if (UpstreamHeaders.PassesOn(name))
                {
                    headers[name] = values.ToString();
                }
            }
        }

        headers["x-bf-request-id"] = exchange.Id;
        exchange.Limits?.AddHeaders(exchange, headers);
        if (exchange.Candidate is { } candidate)
        {
            headers["x-bf-provider"] = candidate.Provider.Name;
        }

        if (exchange is { Cache: { } run, Candidate: not null })
        {
            headers["x-bf-cache"] = CacheJson.NameOf(run.Hit);
            headers["x-bf-cache-id"] = run.IdOf(exchange);
        }

        if (exchange.Trail.IsEventful)
        {
            headers["x-bf-trail"] = exchange.Trail.ToString();
        }

        if (exchange.Losses.Count > 0)
        {
            headers["x-bf-losses"] = Describe(exchange.Losses);
        }
    }

    private static string Describe(Losses losses)
    {
        if (losses is { Count: 1, Kept: [var only] })
        {
            return $"{Printable(Shortened(only.Path))}={only.Reason}";
        }

        var text = new StringBuilder();
        for (var i = 0; i < Math.Min(losses.Kept.Count, MaxNamedLosses); i++)
        {
            var loss = losses.Kept[i];
            text.Append(text.Length > 0 ? ", " : "").Append(Printable(Shortened(loss.Path))).Append('=').Append(loss.Reason);
        }

        var left = losses.Count - Math.Min(losses.Kept.Count, MaxNamedLosses);
        return left > 0 ? text.Append(CultureInfo.InvariantCulture, $", +{left}").ToString() : text.ToString();
    }

    /// <summary>A member's name may be a megabyte, a client reads 8 to 64 kB of headers.</summary>
    private static string Shortened(string path) => path.Length <= MaxLossPath ? path : string.Concat(path.AsSpan(0, MaxLossPath), "...");

    /// <summary>Paths may hold member names the caller chose: nothing that could break a header line gets out.</summary>
    private static string Printable(string path)
    {
        if (!path.AsSpan().ContainsAnyExcept(PathCharacters))
        {
            return path;
        }

        return string.Create(path.Length, path, static (printable, path) =>
        {
            for (var i = 0; i < path.Length; i++)
            {
                printable[i] = PathCharacters.Contains(path[i]) ? path[i] : '?';
            }
        });
    }

    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-[]$/*@");
}
