using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// The two places where /v1/responses meets the store: before a request is prepared, what it builds on is fetched; when its
/// answer is whole, the turn is kept.
/// </summary>
internal sealed class TurnKeeper(ResponseBook responses, ConversationBook conversations)
{
    /// <summary>Fetches what the request builds on and hangs it on the exchange. Does nothing where no store is on.</summary>
    public ValueTask<GatewayError?> BeginAsync(Exchange exchange)
    {
        var operation = exchange.Route.Operation;
        var mayHaveState = exchange.Route.Dialect.Name == DialectNames.Responses && !exchange.Route.IsPassthrough
            && (operation == Operation.Compact || (operation is Operation.Generate or Operation.CountTokens && responses.Store is not null));
        return mayHaveState ? FetchAsync(exchange, operation) : default;
    }

    private async ValueTask<GatewayError?> FetchAsync(Exchange exchange, Operation operation)
    {
        var request = TurnRequest.Read(exchange.Body!.Span);
        var owner = exchange.VirtualKey?.Id ?? "";
        if (request is { Previous.Length: > 0, Conversation.Length: > 0 })
        {
            return ConversationErrors.Both;
        }

        var (chain, error) = await ChainAsync(owner, request.Previous);
        IReadOnlyList<ReadOnlyMemory<byte>>? items = null;
        if (error is null && request.Conversation.Length > 0 && responses.Store is not null)
        {
            (items, error) = await conversations.ItemsAsync(owner, request.Conversation);
        }

        ItemReferences? references = null;
        if (error is null && responses.Store is not null)
        {
            (references, error) = await ItemReferences.FindAsync(responses, owner, request.Input.Of(exchange.Body.Memory), chain, items);
        }

        var countsItselfOnly = operation == Operation.CountTokens && request.Previous.Length == 0 && request.Conversation.Length == 0 && references is null;
        if (error is not null || countsItselfOnly || (references is null && request is { Store: false, State.Count: 1 } && exchange.Detached?.ResponseId is null))
        {
            return error;
        }

        var run = exchange.Detached?.ResponseId;
        exchange.Turn = new StatefulTurn(run is null ? ItemForms.NewId() : run["resp_".Length..], owner, request, exchange.Body, exchange.Peek!, this)
        {
            Chain = chain,
            Conversation = items,
            References = references,
            IsRun = run is not null || operation != Operation.Generate,
            IsCompaction = operation == Operation.Compact,
        };
        return null;
    }

    private ValueTask<(ResponseChain Chain, GatewayError? Error)> ChainAsync(string owner, string previous) =>
        previous.Length == 0 ? new((ResponseChain.None, null))
        : responses.Store is null ? new((new ResponseChain([], previous), null))
        : responses.ChainAsync(owner, previous);

    /// <summary>Stores the turn: the response, and its items where it belongs to a conversation.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="candidate">Who answered.</param>
    /// <param name="answer">The response object; copied before this returns.</param>
    public Task KeepAsync(StatefulTurn turn, Candidate candidate, ReadOnlySpan<byte> answer)
    {
        var id = JsonPick.Text(answer, "id"u8);
        if (id.Length == 0)
        {
            return Task.CompletedTask;
        }

        var status = JsonPick.Text(answer, "status"u8);
        var response = new StoredResponse
        {
            Id = id,
            Owner = turn.Owner,
            Status = status.Length > 0 ? status : "completed",
            Provider = candidate.Provider.Name,
            Key = candidate.Key.Name,
            IsNative = candidate is { IsVerbatim: true, Provider.HoldsResponses: true },
            IsBackground = turn.Request.Background,
            Previous = turn.Request.Previous,
            CreatedAt = responses.Now,
            Input = turn.KeptInput(),
            Answer = answer.ToArray(),
        };
        var kept = responses.PutAsync(response);
        return turn.Conversation is null ? kept : Task.WhenAll(kept, conversations.AppendAsync(turn.Owner, turn.Request.Conversation, response));
    }
}
