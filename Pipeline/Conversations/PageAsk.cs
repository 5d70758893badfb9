using System.Globalization;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>Which page of a list is asked for: after, limit (20, at most 100) and order (desc) of OpenAI's lists.</summary>
internal readonly record struct PageAsk(string? After, int Limit, bool IsDescending)
{
    private const int Usual = 20;
    private const int Most = 100;

    public static GatewayError? Read(IQueryCollection query, out PageAsk ask)
    {
        ask = default;
        var limit = Usual;
        if (query["limit"].ToString() is { Length: > 0 } given
            && (!int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > Most))
        {
            return GatewayError.Invalid($"limit must be a number from 1 to {Most}.", "limit");
        }

        var order = query["order"].ToString();
        if (order is not ("" or "asc" or "desc"))
        {
            return GatewayError.Invalid("order must be asc or desc.", "order");
        }

        var after = query["after"].ToString();
        ask = new PageAsk(after.Length > 0 ? after : null, limit, order != "asc");
        return null;
    }
}
