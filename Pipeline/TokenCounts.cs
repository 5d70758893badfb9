using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>Answers of the counting operation that the gateway writes itself: a provider's number in the caller's shape, or an estimate.</summary>
internal static class TokenCounts
{
    /// <summary>Says that a number is the gateway's estimate and no provider's word.</summary>
    private const string EstimateHeader = "x-bf-estimated";

    /// <summary>The provider answered in another dialect.</summary>
    public static Task RelayAsync(Exchange exchange, UpstreamAnswer answer) =>
        WriteAsync(exchange, answer.Response, exchange.Candidate!.Dialect.ReadTokenTotal(answer.Pump.Unread) ?? 0);

    /// <summary>The provider turned out not to count, or not this: proxies of an API rarely have more than its main operation.</summary>
    public static bool IsRefused(Exchange exchange, Attempt attempt) =>
        exchange.Route.Operation == Operation.CountTokens && attempt.Error?.Status is 400 or 404 or 405 or 501;

    /// <summary>Nobody can be asked. The error says what is wrong with the request.</summary>
    public static async Task<GatewayError?> EstimateAsync(Exchange exchange)
    {
        if ((exchange.Turn?.Aim(exchange, isAsked: false) ?? exchange.ReadRequest()) is { } error)
        {
            return error;
        }

        var candidate = exchange.Candidate!;
        exchange.Http.Response.Headers[EstimateHeader] = "true";
        await WriteAsync(exchange, null, TokenEstimate.Of(exchange.Request!, candidate.Target.ToolPromptTokens));
        return null;
    }

    private static async Task WriteAsync(Exchange exchange, HttpResponseMessage? upstream, long tokens)
    {
        using var body = new PooledBuffer(64);
        exchange.Route.Dialect.WriteTokenTotal(tokens, body);
        exchange.BytesOut = body.Length;
        Caller.Commit(exchange, upstream, "application/json", body.Length);
        await exchange.Http.Response.BodyWriter.WriteAsync(body.Memory, exchange.Aborted);
    }
}
