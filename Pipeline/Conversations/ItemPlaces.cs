using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Storage;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// Where items are stored whose ids do not tell: those that a provider issued, and those that were put into a conversation. One small record
/// an item, named by the item and its owner; it says in which response or conversation the item is, and lives as long as that.
/// </summary>
internal static class ItemPlaces
{
    public const string Kind = "item_place";

    private const string InResponse = "response";
    private const string InConversation = "conversation";

    /// <summary>The places of what a response answered.</summary>
    /// <param name="response">The response.</param>
    /// <param name="record">The same as it is stored.</param>
    public static List<StoredRecord> Of(StoredResponse response, StoredRecord record)
    {
        var places = new List<StoredRecord>();
        var items = new JsonElements(response.Output.Span);
        while (items.MoveNext())
        {
            var id = ItemForms.IdOf(items.Raw);
            if (id.Length > 0 && ItemForms.ResponseIdOf(id) != response.Id)
            {
                places.Add(Place(record, id) with { State = InResponse, Parent = record.Id, ExpiresAt = record.ExpiresAt, Body = Encoding.UTF8.GetBytes(response.Id) });
            }
        }

        return places;
    }

    /// <summary>The place of an item of a conversation.</summary>
    public static StoredRecord Of(StoredRecord item, string id) =>
        Place(item, id) with { State = InConversation, Parent = item.Parent, Body = Encoding.UTF8.GetBytes(item.Id) };

    /// <summary>The item an owner has under this id, and the response it is in if it is in one; null where there is none, or the store's trouble.</summary>
    public static async ValueTask<(StoredResponse? Response, byte[]? Item, GatewayError? Error)> FindAsync(ResponseBook book, string owner, string id)
    {
        var (place, error) = await book.ReadAsync(Kind, owner, ResponseBook.KeyOf(owner, id));
        if (place is null)
        {
            return (null, null, error);
        }

        var holder = Encoding.UTF8.GetString(place.Body.Span);
        if (place.State == InConversation)
        {
            (var item, error) = await book.ReadAsync(ConversationBook.ItemKind, owner, holder);
            return (null, item?.Body.ToArray(), error);
        }

        (var response, error) = await book.FindAsync(owner, holder);
        return (response, null, error);
    }

    private static StoredRecord Place(StoredRecord of, string id) =>
        new() { Kind = Kind, Id = ResponseBook.KeyOf(of.Owner, id), Owner = of.Owner, CreatedAt = of.CreatedAt };
}
