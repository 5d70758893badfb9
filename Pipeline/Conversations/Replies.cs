using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>The small answers about what is stored: objects, lists, deletions, refusals.</summary>
internal static class Replies
{
    public static Task RefuseAsync(HttpContext http, GatewayError error) => GatewayErrors.WriteAsync(http, Dialects.Responses, error);

    public static Task ObjectAsync(HttpContext http, ReadOnlyMemory<byte> json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        return http.Response.Body.WriteAsync(json, http.RequestAborted).AsTask();
    }

    public static async Task DeletedAsync(HttpContext http, string id, string type)
    {
        using var body = new PooledBuffer(128);
        WriteDeleted(id, type, body);
        await ObjectAsync(http, body.Memory);
    }

    /// <summary>One page.</summary>
    /// <param name="http">Who asked.</param>
    /// <param name="items">One more than the page may hold where there are more.</param>
    /// <param name="limit">How many the page may hold.</param>
    public static async Task ListAsync(HttpContext http, IReadOnlyList<ReadOnlyMemory<byte>> items, int limit)
    {
        using var body = new PooledBuffer();
        WriteList(items, limit, body);
        await ObjectAsync(http, body.Memory);
    }

    private static void WriteDeleted(string id, string type, PooledBuffer body)
    {
        var json = new JsonEmitter(body);
        json.StartObject();
        json.Member("id"u8, id);
        json.Member("object"u8, type);
        json.Member("deleted"u8, true);
        json.EndObject();
    }

    private static void WriteList(IReadOnlyList<ReadOnlyMemory<byte>> items, int limit, PooledBuffer body)
    {
        var count = Math.Min(items.Count, limit);
        var json = new JsonEmitter(body);
        json.StartObject();
        json.Member("object"u8, "list"u8);
        json.StartArray("data"u8);
        for (var i = 0; i < count; i++)
        {
            json.Raw(items[i].Span);
        }

        json.EndArray();
        WriteId("first_id"u8, count > 0 ? ItemForms.IdOf(items[0].Span) : null, ref json);
        WriteId("last_id"u8, count > 0 ? ItemForms.IdOf(items[count - 1].Span) : null, ref json);
        json.Member("has_more"u8, items.Count > limit);
        json.EndObject();
    }

    private static void WriteId(ReadOnlySpan<byte> name, string? id, ref JsonEmitter json)
    {
        json.Name(name);
        if (id is null)
        {
            json.Null();
        }
        else
        {
            json.String(id);
        }
    }
}
