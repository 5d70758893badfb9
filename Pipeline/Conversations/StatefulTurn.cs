using System.Buffers;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// The stateful side of one /v1/responses exchange: what it builds on, the body that says so to each candidate, and what is
/// kept of its answer. Null on exchanges that have none of it.
/// </summary>
internal sealed class StatefulTurn(string id, string owner, TurnRequest request, RequestBody body, RequestPeek peek, TurnKeeper keeper) : IAnswerKeeper, IDisposable
{
    private const string SummaryWish =
        "Summarize our conversation so far, so that the summary can stand in its place: what was asked, what was decided and found, names, numbers and files, "
        + "and what is still to do. Answer with the summary only.";

    private RequestBody? _replayed;
    private Exchange? _exchange;

    /// <summary>The end of the ids that are made for this turn; nobody can guess it.</summary>
    public string Id { get; } = id;

    public string Owner { get; } = owner;

    public TurnRequest Request { get; } = request;

    /// <summary>The body as the caller wrote it.</summary>
    public ReadOnlyMemory<byte> Asked => body.Memory;

    /// <summary>What previous_response_id names.</summary>
    public ResponseChain Chain { get; init; } = ResponseChain.None;

    /// <summary>Items of the conversation, the oldest first; null where the request names none, or one that is not known here.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Conversation { get; init; }

    /// <summary>What items of the input name; null where none names anything known here.</summary>
    public ItemReferences? References { get; init; }

    /// <summary>Somebody else keeps the answer: this is the work of a background response.</summary>
    public bool IsRun { get; init; }

    /// <summary>The conversation is to be made shorter (responses/compact).</summary>
    public bool IsCompaction { get; init; }

    /// <summary>Completed when what is to be kept is stored.</summary>
    public Task Kept { get; private set; } = Task.CompletedTask;

    /// <summary>
    /// Gives the exchange the body for its candidate: the caller's own where the candidate holds what it builds on, else one in
    /// which the stored items stand before the input.
    /// </summary>
    /// <param name="exchange">With its candidate.</param>
    /// <param name="isAsked">False where the gateway answers instead of the candidate: what that one holds then does not count.</param>
    public GatewayError? Aim(Exchange exchange, bool isAsked = true)
    {
        _exchange = exchange;
        var candidate = exchange.Candidate!;
        if (isAsked && IsHeldBy(candidate))
        {
            exchange.Body = body;
            exchange.Peek = peek;
            return null;
        }

        if (Chain.Missing.Length > 0 && !ItemForms.IsForeign(Chain.Missing))
        {
            return ConversationErrors.NoPrevious(Chain.Missing);
        }

        var isConversationMissing = Request.Conversation.Length > 0 && Conversation is null;
        if (isConversationMissing && !ItemForms.IsForeign(Request.Conversation))
        {
            return ConversationErrors.NoConversation(Request.Conversation);
        }

        if (isConversationMissing || (Chain.Missing.Length > 0 && Chain.Last is null))
        {
            // Another provider holds it and nobody else can read it there: the request goes on without, which is a reported loss.
            exchange.Body = body;
            exchange.Peek = peek;
            return null;
        }

        if (Chain.Last is { IsOver: false } last)
        {
            return GatewayError.Invalid($"Response '{last.Id}' is not finished yet.", "previous_response_id");
        }

        return Replay(exchange, candidate);
    }

    /// <summary>The input as the store keeps it.</summary>
    public byte[] KeptInput()
    {
        var input = Request.Input.Of(body.Span);
        return ItemForms.Kept(References is null ? input : References.Inlined(input), Id);
    }

    /// <summary>The body as a background response is worked on: as a stream, by somebody who waits for it.</summary>
    public byte[] RunBody()
    {
        var splice = new JsonSplice(body.Memory);
        foreach (var member in Request.State)
        {
            if (member.Of(body.Span).StartsWith("\"background\""u8))
            {
                splice.RemoveMember(member);
            }
        }

        if (peek.StreamValue.IsEmpty)
        {
            splice.InsertMember(peek.AfterBrace, "\"stream\":true"u8.ToArray());
        }
        else
        {
            splice.Replace(peek.StreamValue, "true"u8.ToArray());
        }

        using var run = splice.Apply();
        return run.Memory.ToArray();
    }

    public void TakeAnswer(ReadOnlySpan<byte> response)
    {
        if (Request.Store && !IsRun && _exchange is not null)
        {
            Kept = keeper.KeepAsync(this, _exchange.Candidate!, response);
            _ = Kept.IsCompleted;
        }
    }

    /// <summary>An answer in the form that was asked for: a summary becomes a compaction.</summary>
    public ReadOnlyMemory<byte> Shape(ReadOnlyMemory<byte> answer)
    {
        if (_exchange is not { Candidate: { } candidate } || !IsSummary(candidate))
        {
            return answer;
        }

        var items = new List<ReadOnlyMemory<byte>>();
        foreach (var turn in Chain.Turns)
        {
            items.AddRange(ItemForms.Split(turn.Input));
        }

        items.AddRange(ItemForms.Split(KeptInput()));
        using var shaped = new PooledBuffer(answer.Length);
        ResponsesCompaction.Write(Id, _exchange.Created, items, answer.Span, shaped);
        return shaped.Memory.ToArray();
    }

    public void Dispose()
    {
        body.Dispose();
        _replayed?.Dispose();
    }

    /// <summary>
    /// What a provider issued is known to the account of the key it was asked with. An id that is not known here may be one the
    /// caller got from the provider itself: that only passes where callers are not to be kept apart.
    /// </summary>
    private bool IsHeldBy(Candidate candidate)
    {
        if (!candidate.IsVerbatim || IsSummary(candidate))
        {
            return false;
        }

        // A summary the gateway made means nothing to anybody else.
        if (body.Span.IndexOf(ResponsesCompaction.Mark) >= 0)
        {
            return false;
        }

        if (References is not null && !References.AreHeldBy(candidate))
        {
            return false;
        }

        var isFresh = Request.Previous.Length == 0 && Request.Conversation.Length == 0;
        if (!candidate.Provider.HoldsResponses || isFresh)
        {
            return isFresh && (candidate.Provider.HoldsResponses || !Request.AsksToHold);
        }

        return Request.Conversation.Length > 0 ? Conversation is null && Owner.Length == 0
            : Chain.Last is { } last ? last.IsHeldBy(candidate)
            : Owner.Length == 0;
    }

    private GatewayError? Replay(Exchange exchange, Candidate candidate)
    {
        var splice = new JsonSplice(body.Memory);
        foreach (var member in Request.State)
        {
            // Who holds responses still hears whether to, and whether to work in the background.
            if (!(candidate is { IsVerbatim: true, Provider.HoldsResponses: true } && IsWish(member)))
            {
                splice.RemoveMember(member);
            }
        }

        if (Chain.Turns.Count > 0 || Conversation is { Count: > 0 } || IsSummary(candidate) || candidate.IsVerbatim || References is not null)
        {
            splice.RemoveMember(Request.InputMember);
            splice.InsertMember(peek.AfterBrace, ReplayedInput(candidate));
        }
        else if (Request.InputMember.IsEmpty && Conversation is not null)
        {
            splice.InsertMember(peek.AfterBrace, "\"input\":[]"u8.ToArray());
        }

        _replayed?.Dispose();
        _replayed = splice.IsEmpty ? null : RequestBody.Of(splice.Apply());
        exchange.Body = _replayed ?? body;
        if (_replayed is null)
        {
            exchange.Peek = peek;
            return null;
        }

        var error = RequestPeek.Read(_replayed.Span, exchange.Route.Rules, out var replayedPeek);
        exchange.Peek = replayedPeek;
        return error;
    }

    private bool IsWish(ByteRange member) => member.Of(body.Span) is var text && (text.StartsWith("\"store\""u8) || text.StartsWith("\"background\""u8));

    private byte[] ReplayedInput(Candidate candidate)
    {
        var output = new ArrayBufferWriter<byte>(body.Memory.Length);
        output.Write("\"input\":"u8);
        var json = new JsonEmitter(output);
        json.StartArray();
        foreach (var turn in Chain.Turns)
        {
            var isIssuers = turn.Provider == candidate.Provider.Name;
            WriteAll(turn.Input.Span, candidate, isIssuers, ref json);
            WriteAll(turn.Output.Span, candidate, isIssuers, ref json);
        }

        foreach (var item in Conversation ?? [])
        {
            Write(item.Span, candidate, isIssuers: false, ref json);
        }

        WriteOwn(candidate, ref json);
        if (IsSummary(candidate))
        {
            ItemForms.WriteMessage("", "user"u8, ItemForms.Quoted(SummaryWish), ref json);
        }

        json.EndArray();
        return output.WrittenSpan.ToArray();
    }

    private static void WriteAll(ReadOnlySpan<byte> array, Candidate candidate, bool isIssuers, ref JsonEmitter json)
    {
        var items = new JsonElements(array);
        while (items.MoveNext())
        {
            Write(items.Raw, candidate, isIssuers, ref json);
        }
    }

    /// <summary>A translation knows whose reasoning may go where; another provider of this API is spared what it would refuse.</summary>
    private static void Write(ReadOnlySpan<byte> item, Candidate candidate, bool isIssuers, ref JsonEmitter json)
    {
        if (candidate.IsVerbatim)
        {
            ItemForms.WriteForeign(item, isIssuers, ref json);
        }
        else
        {
            json.Raw(item);
        }
    }

    /// <summary>Whoever compacts nothing is asked for a summary instead.</summary>
    private bool IsSummary(Candidate candidate) => IsCompaction && candidate.Route.Operation == Operation.Generate;

    private void WriteOwn(Candidate candidate, ref JsonEmitter json)
    {
        var input = body.Span.Slice(Request.Input.Start, Request.Input.Length);
        if (input is [(byte)'"', ..])
        {
            ItemForms.WriteMessage("", "user"u8, input, ref json);
            return;
        }

        var items = new JsonElements(input);
        while (items.MoveNext())
        {
            if (References is not null && References.TryGet(items.Raw, out var named, out var provider))
            {
                Write(named, candidate, isIssuers: provider == candidate.Provider.Name, ref json);
            }
            else if (!candidate.IsVerbatim || ItemForms.TypeOf(items.Raw) != "compaction")
            {
                json.Raw(items.Raw);
            }
            else
            {
                ItemForms.WriteForeign(items.Raw, isIssuers: true, ref json);
            }
        }
    }
}
