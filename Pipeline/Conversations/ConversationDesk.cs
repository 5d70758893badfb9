using System.Buffers;
using System.Text.Json;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>Answers /v1/conversations: create, retrieve, update, delete, and the same of items (platform.openai.com/docs/api-reference/conversations).</summary>
internal sealed class ConversationDesk(ConversationBook conversations, ResponseBook book, Gatekeeper gatekeeper, SnapshotSource snapshots)
{
    /// <summary>Most items of one request ("You may add up to 20 items at a time").</summary>
    private const int MostItems = 20;

    private static readonly byte[] NoMetadata = "{}"u8.ToArray();

    /// <summary>POST /v1/conversations.</summary>
    public async Task CreateAsync(HttpContext http)
    {
        if (await AdmitAsync(http) is not { } owner || await ReadAsync(http) is not { } read)
        {
            return;
        }

        using (read)
        {
            var id = "conv_" + ItemForms.NewId();
            var (metadata, items, error) = Parts(read.Memory, itemsRequired: false);
            if (error is null)
            {
                error = await conversations.PutAsync(owner, id, metadata) && await conversations.AppendAsync(owner, ResponseBook.KeyOf(owner, id), items)
                    ? null
                    : ConversationErrors.StoreFailed();
            }

            await (error is null ? WriteAsync(http, id, book.Now, metadata) : Replies.RefuseAsync(http, error));
        }
    }

    /// <summary>GET /v1/conversations/{id}.</summary>
    public async Task RetrieveAsync(HttpContext http, string id)
    {
        if (await FindAsync(http, id) is { } conversation)
        {
            await WriteAsync(http, id, conversation.CreatedAt, conversation.Body);
        }
    }

    /// <summary>POST /v1/conversations/{id}: new metadata.</summary>
    public async Task UpdateAsync(HttpContext http, string id)
    {
        if (await FindAsync(http, id) is not { } conversation || await ReadAsync(http) is not { } read)
        {
            return;
        }

        using (read)
        {
            var (metadata, _, error) = Parts(read.Memory, itemsRequired: false);
            var owned = metadata.ToArray();
            error ??= await conversations.UpdateAsync(conversation, owned);
            await (error is null ? WriteAsync(http, id, conversation.CreatedAt, owned) : Replies.RefuseAsync(http, error));
        }
    }

    /// <summary>DELETE /v1/conversations/{id}.</summary>
    public async Task DeleteAsync(HttpContext http, string id)
    {
        if (await FindAsync(http, id) is { } conversation)
        {
            await (await conversations.DeleteAsync(conversation) is { } error
                ? Replies.RefuseAsync(http, error)
                : Replies.DeletedAsync(http, id, "conversation.deleted"));
        }
    }

    /// <summary>GET /v1/conversations/{id}/items.</summary>
    public async Task ListItemsAsync(HttpContext http, string id)
    {
        if (PageAsk.Read(http.Request.Query, out var ask) is { } error)
        {
            await Replies.RefuseAsync(http, error);
        }
        else if (await FindAsync(http, id) is { } conversation)
        {
            await (await conversations.ListAsync(conversation, ask) is { } records
                ? Replies.ListAsync(http, [.. records.Select(static record => record.Body)], ask.Limit)
                : Replies.RefuseAsync(http, ConversationErrors.StoreFailed()));
        }
    }

    /// <summary>POST /v1/conversations/{id}/items.</summary>
    public async Task AddItemsAsync(HttpContext http, string id)
    {
        if (await FindAsync(http, id) is not { } conversation || await ReadAsync(http) is not { } read)
        {
            return;
        }

        using (read)
        {
            var (_, items, error) = Parts(read.Memory, itemsRequired: true);
            if (error is null && !await conversations.AppendAsync(conversation.Owner, conversation.Id, items))
            {
                error = ConversationErrors.StoreFailed();
            }

            await (error is null ? Replies.ListAsync(http, ItemForms.Split(items), MostItems) : Replies.RefuseAsync(http, error));
        }
    }

    /// <summary>GET /v1/conversations/{id}/items/{item}.</summary>
    public async Task RetrieveItemAsync(HttpContext http, string id, string item)
    {
        if (await FindItemAsync(http, id, item) is { Item: { } found })
        {
            await Replies.ObjectAsync(http, found.Body);
        }
    }

    /// <summary>DELETE /v1/conversations/{id}/items/{item}: answers with the conversation.</summary>
    public async Task DeleteItemAsync(HttpContext http, string id, string item)
    {
        if (await FindItemAsync(http, id, item) is { Item: { } found, Conversation: { } conversation })
        {
            await (await conversations.DeleteItemAsync(found) is { } error
                ? Replies.RefuseAsync(http, error)
                : WriteAsync(http, id, conversation.CreatedAt, conversation.Body));
        }
    }

    private static (ReadOnlyMemory<byte> Metadata, ReadOnlyMemory<byte> Items, GatewayError? Error) Parts(ReadOnlyMemory<byte> body, bool itemsRequired)
    {
        if (body.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            body = NoMetadata;
        }

        if (!IsWhole(body.Span))
        {
            return (NoMetadata, default, GatewayError.Invalid("request body must be a JSON object"));
        }

        var metadata = JsonPick.Member(body, "metadata"u8);
        var items = JsonPick.Member(body, "items"u8);
        var error = metadata.Span is [] or [(byte)'{', ..] or [(byte)'n', ..] ? null : GatewayError.Invalid("metadata must be an object", "metadata");
        if (items.Span is not ([] or [(byte)'[', ..] or [(byte)'n', ..]) || (itemsRequired && items.Span is not [(byte)'[', ..]))
        {
            error = GatewayError.Invalid("items must be an array of objects", "items");
        }

        var count = 0;
        var elements = new JsonElements(items.Span);
        while (error is null && elements.MoveNext())
        {
            error = elements.Kind != JsonTokenType.StartObject ? GatewayError.Invalid($"items[{count}] must be an object", $"items[{count}]")
                : ++count > MostItems ? GatewayError.Invalid($"items must not hold more than {MostItems} items at a time", "items")
                : null;
        }

        return (metadata.Span is [(byte)'{', ..] ? metadata : NoMetadata, error is null ? ItemForms.Kept(items.Span, ItemForms.NewId()) : default, error);
    }

    private static bool IsWhole(ReadOnlySpan<byte> body)
    {
        var members = new JsonMembers(body);
        while (members.MoveNext())
        {
        }

        return !members.IsBroken;
    }

    private static async Task WriteAsync(HttpContext http, string id, DateTimeOffset created, ReadOnlyMemory<byte> metadata)
    {
        using var body = new PooledBuffer(metadata.Length + 128);
        Write(id, created, metadata.Span, body);
        await Replies.ObjectAsync(http, body.Memory);
    }

    private static void Write(string id, DateTimeOffset created, ReadOnlySpan<byte> metadata, IBufferWriter<byte> body)
    {
        var json = new JsonEmitter(body);
        json.StartObject();
        json.Member("id"u8, id);
        json.Member("object"u8, "conversation"u8);
        json.Member("created_at"u8, created.ToUnixTimeSeconds());
        json.Name("metadata"u8);
        json.Raw(metadata);
        json.EndObject();
    }

    private async Task<RequestBody?> ReadAsync(HttpContext http)
    {
        var limit = (int)Math.Min((long)snapshots.Current.Config.Client.MaxRequestBodySizeMb << 20, Array.MaxLength);
        var (body, error) = await RequestBody.ReadAsync(http.Request, limit, http.RequestAborted);
        if (error is not null)
        {
            await Replies.RefuseAsync(http, error);
        }

        return body;
    }

    /// <summary>The caller's virtual key (empty for none), or null after the refusal was written.</summary>
    private async Task<string?> AdmitAsync(HttpContext http)
    {
        var error = gatekeeper.Admit(http, snapshots.Current.Config.Client, out var caller) ?? (book.Store is null ? ConversationErrors.NoStore : null);
        if (error is null)
        {
            return caller?.Id ?? "";
        }

        await Replies.RefuseAsync(http, error);
        return null;
    }

    private async Task<StoredRecord?> FindAsync(HttpContext http, string id)
    {
        if (await AdmitAsync(http) is not { } owner)
        {
            return null;
        }

        var (conversation, error) = await conversations.FindAsync(owner, id);
        if (conversation is null)
        {
            await Replies.RefuseAsync(http, error ?? ConversationErrors.NoConversation(id));
        }

        return conversation;
    }

    private async Task<(StoredRecord? Conversation, StoredRecord? Item)> FindItemAsync(HttpContext http, string id, string item)
    {
        if (await FindAsync(http, id) is not { } conversation)
        {
            return default;
        }

        var (found, error) = await conversations.FindItemAsync(conversation, item);
        if (found is null)
        {
            await Replies.RefuseAsync(http, error ?? ConversationErrors.NoItem(item, id));
        }

        return (conversation, found);
    }
}
