using System.Globalization;
using BifrostLite.Pipeline.Admission;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// Answers what is asked about a stored response: retrieve, stream again, delete, cancel, its input items. What a provider holds
/// and may still change is asked of the provider.
/// </summary>
internal sealed class ResponseDesk(ResponseBook book, NativeResponses natives, BackgroundRuns runs, Gatekeeper gatekeeper, SnapshotSource snapshots, TimeProvider clock)
{
    /// <summary>How often another instance's run is looked at by who waits for its events.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>GET /v1/responses/{id}, with ?stream=true&amp;starting_after=n.</summary>
    public async Task RetrieveAsync(HttpContext http, string id)
    {
        var isStream = string.Equals(http.Request.Query["stream"], "true", StringComparison.OrdinalIgnoreCase);
        if (await FindAsync(http, id) is not { } response)
        {
            return;
        }

        if (response.IsNative && (isStream || !response.IsOver || http.Request.Query.ContainsKey("include")))
        {
            await LearnAsync(response, await natives.RelayAsync(http, response, HttpMethod.Get, ""));
        }
        else if (isStream)
        {
            await StreamAsync(http, response);
        }
        else
        {
            await Replies.ObjectAsync(http, response.Answer);
        }
    }

    /// <summary>DELETE /v1/responses/{id}.</summary>
    public async Task DeleteAsync(HttpContext http, string id)
    {
        if (await FindAsync(http, id) is not { } response)
        {
            return;
        }

        var key = ResponseBook.KeyOf(response.Owner, id);
        if (response.IsNative)
        {
            // Gone there already, or only with a key that is gone: what is here goes all the same.
            using var deadline = Providers.Deadline.Rent(clock, http.RequestAborted);
            (await natives.SendAsync(response, HttpMethod.Delete, "", "", deadline)).Response?.Dispose();
        }
        else if (response.IsBackground)
        {
            await runs.StopAsync(key);
            await book.Store!.DeleteAsync(BackgroundRuns.EventsKind, key);
        }

        await (await book.DeleteAsync(response) is { } error ? Replies.RefuseAsync(http, error) : Replies.DeletedAsync(http, id, "response"));
    }

    /// <summary>POST /v1/responses/{id}/cancel. Again and again gives the same; what is over stays as it is.</summary>
    public async Task CancelAsync(HttpContext http, string id)
    {
        if (await FindAsync(http, id) is not { } response)
        {
            return;
        }

        if (!response.IsBackground)
        {
            await Replies.RefuseAsync(http, ConversationErrors.NotBackground);
            return;
        }

        if (response.IsNative)
        {
            await LearnAsync(response, await natives.RelayAsync(http, response, HttpMethod.Post, "/cancel"));
            return;
        }

        var (cancelled, error) = await CancelOwnAsync(response, id);
        await (error is null ? Replies.ObjectAsync(http, cancelled.Answer) : Replies.RefuseAsync(http, error));
    }

    /// <summary>Cancels what the gateway runs itself; gives the response as it stands then.</summary>
    private async Task<(StoredResponse Response, GatewayError? Error)> CancelOwnAsync(StoredResponse response, string id)
    {
        while (!response.IsOver)
        {
            var cancelled = response with { Status = "cancelled", Answer = ResponsesStates.With(response.Answer.Span, "cancelled") };
            var updated = await book.TryUpdateAsync(cancelled);
            if (updated is null)
            {
                return (response, ConversationErrors.StoreFailed());
            }

            if (updated.Value)
            {
                await runs.StopAsync(ResponseBook.KeyOf(response.Owner, id));
                return (cancelled, null);
            }

            // Somebody was faster: the runner, at its beginning or its end.
            var (current, error) = await book.FindAsync(response.Owner, id);
            if (current is null)
            {
                return (response, error ?? ConversationErrors.NoResponse(id));
            }

            response = current;
        }

        return (response, null);
    }

    /// <summary>GET /v1/responses/{id}/input_items.</summary>
    public async Task InputItemsAsync(HttpContext http, string id)
    {
        if (PageAsk.Read(http.Request.Query, out var ask) is { } error)
        {
            await Replies.RefuseAsync(http, error);
            return;
        }

        if (await FindAsync(http, id) is not { } response)
        {
            return;
        }

        (var chain, error) = await book.ChainAsync(response.Owner, response.Previous);
        if (error is not null)
        {
            await Replies.RefuseAsync(http, error);
            return;
        }

        var items = new List<ReadOnlyMemory<byte>>();
        foreach (var turn in chain.Turns)
        {
            items.AddRange(ItemForms.Split(turn.Input));
            items.AddRange(ItemForms.Split(turn.Output));
        }

        items.AddRange(ItemForms.Split(response.Input));
        await Replies.ListAsync(http, Page(items, ask), ask.Limit);
    }

    private static List<ReadOnlyMemory<byte>> Page(List<ReadOnlyMemory<byte>> items, PageAsk ask)
    {
        if (ask.IsDescending)
        {
            items.Reverse();
        }

        var start = ask.After is { } after ? items.FindIndex(item => ItemForms.IdOf(item.Span) == after) + 1 : 0;
        return items.GetRange(start, Math.Min(ask.Limit + 1, items.Count - start));
    }

    /// <summary>Events of a background response: of its run where that is here, else from the store once it is over.</summary>
    private async Task StreamAsync(HttpContext http, StoredResponse response)
    {
        var key = ResponseBook.KeyOf(response.Owner, response.Id);
        var after = long.TryParse(http.Request.Query["starting_after"], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        if (runs.Find(key) is { } live)
        {
            await (live.KeepsEvents ? BackgroundRuns.FollowAsync(http, live, after) : Replies.RefuseAsync(http, ConversationErrors.NotStreamed));
            return;
        }

        while (response is { IsBackground: true, IsOver: false })
        {
            await Task.Delay(Look, clock, http.RequestAborted);
            response = (await book.FindAsync(response.Owner, response.Id)).Response ?? response with { Status = "gone" };
        }

        var events = await book.Store!.GetAsync(BackgroundRuns.EventsKind, key);
        if (events.Value is not { } record)
        {
            await Replies.RefuseAsync(http, events.IsDone ? ConversationErrors.NotStreamed : ConversationErrors.StoreFailed());
            return;
        }

        BackgroundRuns.BeginStream(http);
        await http.Response.Body.WriteAsync(record.Body[StartOf(record.Body.Span, after)..], http.RequestAborted);
    }

    /// <summary>Where the first event behind a number begins.</summary>
    private static int StartOf(ReadOnlySpan<byte> events, long after)
    {
        var frames = new SseFrameReader();
        var start = 0;
        while (start < events.Length && frames.TryRead(events[start..], isLast: true, out var consumed, out var frame) == FrameStatus.Frame)
        {
            if (JsonPick.Number(frame.Data, "sequence_number"u8) > after)
            {
                break;
            }

            start += consumed;
        }

        return start;
    }

    /// <summary>A response the provider told anew is stored anew.</summary>
    private async Task LearnAsync(StoredResponse response, byte[]? told)
    {
        if (told is not null && !response.IsOver && JsonPick.Text(told, "status"u8) is { Length: > 0 } status && status != response.Status)
        {
            await book.TryUpdateAsync(response with { Status = status, Answer = told });
        }
    }

    /// <summary>The response, or null after the refusal was written.</summary>
    private async Task<StoredResponse?> FindAsync(HttpContext http, string id)
    {
        var error = gatekeeper.Admit(http, snapshots.Current.Config.Client, out var caller);
        StoredResponse? response = null;
        if (error is null && book.Store is null)
        {
            error = ConversationErrors.NoStore;
        }

        if (error is null)
        {
            (response, error) = await book.FindAsync(caller?.Id ?? "", id);
        }

        if (response is null)
        {
            await Replies.RefuseAsync(http, error ?? ConversationErrors.NoResponse(id));
            return null;
        }

        JobAnswer.TellRuns(http, response.Runs);
        return response;
    }
}
