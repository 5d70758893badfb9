using System.Globalization;

namespace BifrostLite.Pipeline.Routing;

/// <summary>
/// How long a caller will still wait: what the request's own deadline leaves, and what its SDK says (x-stainless-timeout,
/// the read timeout in seconds that the SDKs of OpenAI and Anthropic send). A wait beyond it would be for nobody.
/// </summary>
internal static class CallersPatience
{
    public static TimeSpan Left(Exchange exchange)
    {
        var left = exchange.Deadline.WholeLeft ?? TimeSpan.MaxValue;
        if (double.TryParse(exchange.Http.Request.Headers["x-stainless-timeout"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and < 1e6)
        {
            var said = TimeSpan.FromSeconds(seconds) - exchange.Clock.GetElapsedTime(exchange.StartedAt);
            return said < left ? said : left;
        }

        return left;
    }
}
