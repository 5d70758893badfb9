using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// Conversations and their items (platform.openai.com/docs/api-reference/conversations). Unlike responses they have no end of
/// their own: "not subject to the 30 day TTL" (docs/guides/conversation-state).
/// </summary>
internal sealed class ConversationBook(ResponseBook book)
{
    public const string Kind = "conversation";
    public const string ItemKind = "conversation_item";

    /// <summary>Items read from the store at once.</summary>
    private const int Page = 1000;

    private IStore Store => book.Store!;

    /// <summary>The conversation, or null where this owner has none of that id.</summary>
    public async ValueTask<(StoredRecord? Conversation, GatewayError? Error)> FindAsync(string owner, string id)
    {
        var got = await Store.GetAsync(Kind, ResponseBook.KeyOf(owner, id));
        return !got.IsDone ? (null, ConversationErrors.StoreFailed()) : (got.Value is { } record && record.Owner == owner ? record : null, null);
    }

    public Task<bool> PutAsync(string owner, string id, ReadOnlyMemory<byte> metadata) => book.PutAsync(new StoredRecord
    {
        Kind = Kind, Id = ResponseBook.KeyOf(owner, id), Owner = owner, CreatedAt = book.Now, Body = metadata,
    });

    public async Task<GatewayError?> UpdateAsync(StoredRecord conversation, ReadOnlyMemory<byte> metadata) =>
        await book.PutAsync(conversation with { Body = metadata }) ? null : ConversationErrors.StoreFailed();

    /// <summary>Takes the items along: nothing else leads to them.</summary>
    public async Task<GatewayError?> DeleteAsync(StoredRecord conversation)
    {
        var deleted = await Store.DeleteAsync(Kind, conversation.Id);
        var items = deleted.IsDone ? await Store.DeleteChildrenAsync(ItemKind, conversation.Id) : default;
        var places = items.IsDone ? await Store.DeleteChildrenAsync(ItemPlaces.Kind, conversation.Id) : default;
        return deleted.IsDone && items.IsDone && places.IsDone ? null : ConversationErrors.StoreFailed();
    }

    /// <summary>All items, the oldest first; null where the owner has no such conversation.</summary>
    public async ValueTask<(IReadOnlyList<ReadOnlyMemory<byte>>? Items, GatewayError? Error)> ItemsAsync(string owner, string id)
    {
        var (conversation, error) = await FindAsync(owner, id);
        if (error is not null || conversation is null)
        {
            return (null, error);
        }

        await book.UnderWay.SettledAsync(conversation.Id);
        var items = new List<ReadOnlyMemory<byte>>();
        string? after = null;
        while (true)
        {
            var page = await Store.ListAsync(new RecordQuery { Kind = ItemKind, Parent = conversation.Id, After = after, Limit = Page });
            if (!page.IsDone)
            {
                return (null, ConversationErrors.StoreFailed());
            }

            foreach (var record in page.Value)
            {
                items.Add(record.Body);
                after = record.Id;
            }

            if (page.Value.Count < Page)
            {
                return (items, null);
            }
        }
    }

    /// <summary>One page of items; null where the store fails.</summary>
    /// <param name="conversation">Whose.</param>
    /// <param name="ask">Where the page begins, how long it is, and in which order.</param>
    public async ValueTask<IReadOnlyList<StoredRecord>?> ListAsync(StoredRecord conversation, PageAsk ask)
    {
        await book.UnderWay.SettledAsync(conversation.Id);
        var page = await Store.ListAsync(new RecordQuery
        {
            Kind = ItemKind,
            Parent = conversation.Id,
            After = ask.After is { } after ? KeyOf(conversation, after) : null,
            NewestFirst = ask.IsDescending,
            Limit = ask.Limit + 1,
        });
        return page.IsDone ? page.Value : null;
    }

    public async ValueTask<(StoredRecord? Item, GatewayError? Error)> FindItemAsync(StoredRecord conversation, string id)
    {
        await book.UnderWay.SettledAsync(conversation.Id);
        var got = await Store.GetAsync(ItemKind, KeyOf(conversation, id));
        return got.IsDone ? (got.Value, null) : (null, ConversationErrors.StoreFailed());
    }

    public async Task<GatewayError?> DeleteItemAsync(StoredRecord item) =>
        (await Store.DeleteAsync(ItemKind, item.Id)).IsDone ? null : ConversationErrors.StoreFailed();

    /// <summary>Puts the items of a turn behind those that are there; again changes nothing. False where the store failed.</summary>
    public Task<bool> AppendAsync(string owner, string id, StoredResponse turn)
    {
        var key = ResponseBook.KeyOf(owner, id);
        return book.UnderWay.TrackAsync(key, () =>
        {
            var writes = new List<Task<bool>>();
            Queue(owner, key, turn.Input, hasPlaces: false, writes);
            Queue(owner, key, turn.Output, hasPlaces: false, writes);
            return ResponseBook.AllAsync(writes);
        });
    }

    /// <summary>Puts items, each of them with an id, behind those that are there.</summary>
    public Task<bool> AppendAsync(string owner, string key, ReadOnlyMemory<byte> items)
    {
        var writes = new List<Task<bool>>();
        Queue(owner, key, items, hasPlaces: true, writes);
        return ResponseBook.AllAsync(writes);
    }

    /// <param name="owner">Whose.</param>
    /// <param name="key">Of the conversation.</param>
    /// <param name="array">The items.</param>
    /// <param name="hasPlaces">Whether nothing else leads from their ids to them: the items of a turn are in its response too.</param>
    /// <param name="writes">Gets what is under way.</param>
    private void Queue(string owner, string key, ReadOnlyMemory<byte> array, bool hasPlaces, List<Task<bool>> writes)
    {
        var items = new JsonElements(array.Span);
        while (items.MoveNext())
        {
            var item = items.Raw.ToArray();
            var id = ItemForms.IdOf(item);
            var record = new StoredRecord { Kind = ItemKind, Id = $"{key}/{id}", Owner = owner, Parent = key, CreatedAt = book.Now, Body = item };
            writes.Add(book.PutAsync(record));
            if (hasPlaces)
            {
                writes.Add(book.PutAsync(ItemPlaces.Of(record, id)));
            }
        }
    }

    private static string KeyOf(StoredRecord conversation, string item) => $"{conversation.Id}/{item}";
}
