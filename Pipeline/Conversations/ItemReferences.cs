using System.Buffers;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// Input items that only name a stored one ({"type":"item_reference","id":...}, platform.openai.com/docs/api-reference/responses/create),
/// with what they name. It is looked for in what the request builds on, in the response that an id of the gateway tells, and where
/// <see cref="ItemPlaces"/> says; what is nowhere may still be known to the provider that issued it.
/// </summary>
internal sealed class ItemReferences
{
    private readonly Dictionary<string, (byte[] Item, StoredResponse? Response)> _found = [];

    /// <summary>Looks up what an input refers to; null where it refers to nothing that is known here.</summary>
    /// <param name="book">Where responses are.</param>
    /// <param name="owner">Whose.</param>
    /// <param name="input">The value of "input".</param>
    /// <param name="chain">What previous_response_id names.</param>
    /// <param name="conversation">Items of the conversation.</param>
    public static async ValueTask<(ItemReferences? References, GatewayError? Error)> FindAsync(
        ResponseBook book, string owner, ReadOnlyMemory<byte> input, ResponseChain chain, IReadOnlyList<ReadOnlyMemory<byte>>? conversation)
    {
        if (input.Span.IndexOf("\"item_reference\""u8) < 0)
        {
            return default;
        }

        var references = new ItemReferences();
        foreach (var item in ItemForms.Split(input))
        {
            var id = IdOf(item.Span);
            if (id.Length == 0 || references.Take(id, chain, conversation))
            {
                continue;
            }

            if (await references.LookUpAsync(book, owner, id) is { } error)
            {
                return (null, error);
            }
        }

        return (references._found.Count > 0 ? references : null, null);
    }

    /// <summary>What an item of the input stands for; false where it stands for itself.</summary>
    public bool TryGet(ReadOnlySpan<byte> item, out ReadOnlySpan<byte> named, out string provider)
    {
        var isFound = _found.TryGetValue(IdOf(item), out var found);
        named = found.Item;
        provider = found.Response?.Provider ?? "";
        return isFound;
    }

    /// <summary>The candidate's provider has them all itself.</summary>
    public bool AreHeldBy(Candidate candidate)
    {
        foreach (var (_, response) in _found.Values)
        {
            if (response is null || !response.IsHeldBy(candidate))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The input with what is named in the place of its name.</summary>
    public byte[] Inlined(ReadOnlySpan<byte> input)
    {
        var output = new ArrayBufferWriter<byte>(input.Length);
        var json = new JsonEmitter(output);
        json.StartArray();
        var items = new JsonElements(input);
        while (items.MoveNext())
        {
            json.Raw(TryGet(items.Raw, out var named, out _) ? named : items.Raw);
        }

        json.EndArray();
        return output.WrittenSpan.ToArray();
    }

    private static string IdOf(ReadOnlySpan<byte> item) => ItemForms.TypeOf(item) == "item_reference" ? ItemForms.IdOf(item) : "";

    private async ValueTask<GatewayError?> LookUpAsync(ResponseBook book, string owner, string id)
    {
        var (response, error) = ItemForms.ResponseIdOf(id) is { } holder ? await book.FindAsync(owner, holder) : (null, null);
        if (error is not null || (response is not null && Take(id, response)))
        {
            return error;
        }

        (response, var item, error) = await ItemPlaces.FindAsync(book, owner, id);
        if (item is not null)
        {
            _found[id] = (item, null);
            return null;
        }

        var isKnown = (response is not null && Take(id, response)) || ItemForms.IsForeign(id);
        return error ?? (isKnown ? null : ConversationErrors.NoItem(id));
    }

    private bool Take(string id, ResponseChain chain, IReadOnlyList<ReadOnlyMemory<byte>>? conversation)
    {
        foreach (var turn in chain.Turns)
        {
            if (Take(id, turn))
            {
                return true;
            }
        }

        foreach (var item in conversation ?? [])
        {
            if (ItemForms.IdOf(item.Span) == id)
            {
                _found[id] = (item.ToArray(), null);
                return true;
            }
        }

        return false;
    }

    private bool Take(string id, StoredResponse response) => Take(id, response, response.Output.Span) || Take(id, response, response.Input.Span);

    private bool Take(string id, StoredResponse response, ReadOnlySpan<byte> array)
    {
        var items = new JsonElements(array);
        while (items.MoveNext())
        {
            if (ItemForms.IdOf(items.Raw) == id)
            {
                _found[id] = (items.Raw.ToArray(), response);
                return true;
            }
        }

        return false;
    }
}
