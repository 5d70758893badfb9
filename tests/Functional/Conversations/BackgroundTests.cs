using System.Text.Json;
using BifrostLite.Pipeline.Conversations;
using BifrostLite.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional.Conversations;

/// <summary>background: true over providers that have no such thing: stored before it is acknowledged, followed, resumed, cancelled.</summary>
public class BackgroundTests : StatefulTest
{
    private static readonly string[] Terminal = ["completed", "failed", "incomplete", "cancelled"];

    [Theory]
    [InlineData("anthropic", "messages")]
    [InlineData("bedrock", "converse")]
    [InlineData("chatonly", "chat")]
    public async Task Create_OverAnyProvider_IsQueuedAndComesToItsEnd(string provider, string dialect)
    {
        var scene = Scene.Of(dialect);
        Upstream.NextBytes(scene.ContentType, scene.Frames);

        var queued = await AskAsync($$"""{"model":"{{provider}}/m","input":"hi","background":true}""");
        var ended = await EndedAsync(Text(queued, "id"));

        Assert.Equal("queued", Text(queued, "status"));
        Assert.Equal("True", Text(queued, "background"), ignoreCase: true);
        Assert.Equal("completed", Text(ended, "status"));
        Assert.Equal(Text(queued, "id"), Text(ended, "id"));
        Assert.Equal("True", Text(ended, "background"), ignoreCase: true);
        Assert.True(ended.GetProperty("output").GetArrayLength() > 0);
        await RunsAsync(static runs => runs.Count == 0);
    }

    [Fact]
    public async Task Create_WhoseProviderRefuses_Fails()
    {
        Upstream.NextJson(400, """{"type":"error","error":{"type":"invalid_request_error","message":"no such thing"}}""");

        var ended = await EndedAsync(Text(await AskAsync("""{"model":"anthropic/m","input":"hi","background":true}"""), "id"));

        Assert.Equal("failed", Text(ended, "status"));
        Assert.Contains("no such thing", Text(ended, "error", "message"));
    }

    [Fact]
    public async Task Create_WithStoreFalse_IsRefused() =>
        Assert.Equal("background", Text(await AskAsync("""{"model":"anthropic/m","input":"hi","background":true,"store":false}""", 400), "error", "param"));

    [Fact]
    public async Task Stream_Resumed_GivesWhatComesBehindTheNumber()
    {
        var scene = Scene.Of("messages");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        var all = await TextAsync(await Gateway.PostAsync("/v1/responses", """{"model":"anthropic/m","input":"hi","background":true,"stream":true}"""));
        var numbers = Numbers(all);
        var id = all.Split("\"id\":\"")[1].Split('"')[0];
        await EndedAsync(id);

        var rest = await TextAsync(await Gateway.Client.GetAsync($"/v1/responses/{id}?stream=true&starting_after=2"));
        var again = await TextAsync(await Gateway.Client.GetAsync($"/v1/responses/{id}?stream=true"));

        Assert.Equal(Enumerable.Range(0, numbers.Length).Select(number => (long)number), numbers);
        Assert.EndsWith(rest, all);
        Assert.Equal(numbers[3..], Numbers(rest));
        Assert.Equal(all, again);
        Assert.Contains("event: response.completed", rest);
    }

    [Fact]
    public async Task Stream_ResumedWhileItRuns_GoesOn()
    {
        var scene = Scene.Of("messages");
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            http.Response.ContentType = scene.ContentType;
            foreach (var frame in scene.Frames[..4])
            {
                await http.Response.Body.WriteAsync(frame);
            }

            await http.Response.Body.FlushAsync();
            await goOn.Task;
            foreach (var frame in scene.Frames[4..])
            {
                await http.Response.Body.WriteAsync(frame);
            }
        });

        // The caller reads the first event and goes: the work does not.
        string id;
        using (var first = await Gateway.PostAsync("/v1/responses", """{"model":"anthropic/m","input":"hi","background":true,"stream":true}"""))
        using (var reader = new StreamReader(await first.Content.ReadAsStreamAsync()))
        {
            await reader.ReadLineAsync();
            id = (await reader.ReadLineAsync())!.Split("\"id\":\"")[1].Split('"')[0];
        }

        Assert.Equal("in_progress", Text(await GetAsync("/v1/responses/" + id), "status"));
        using var resumed = await Gateway.Client.GetAsync($"/v1/responses/{id}?stream=true&starting_after=0", HttpCompletionOption.ResponseHeadersRead);
        goOn.SetResult();
        var rest = await TextAsync(resumed);

        Assert.Equal(1, Numbers(rest)[0]);
        Assert.Contains("event: response.completed", rest);
    }

    [Fact]
    public async Task Stream_OfWhatWasNoStream_IsRefused()
    {
        NextMessage("hello");
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi"}"""), "id");

        await GetAsync($"/v1/responses/{id}?stream=true", 400);
    }

    [Fact]
    public async Task Cancel_WhileItRuns_StopsTheProvider()
    {
        var scene = Scene.Of("messages");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            http.Response.ContentType = scene.ContentType;
            await http.Response.Body.WriteAsync(scene.Frames[0]);
            await http.Response.Body.FlushAsync();
            begun.SetResult();
            await Upstream.UntilHungUpAsync(http);
        });
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi","background":true}"""), "id");
        await begun.Task.WaitAsync(Patience);

        var cancelled = await PostAsync($"/v1/responses/{id}/cancel", "");

        Assert.Equal("cancelled", Text(cancelled, "status"));
        await Upstream.CallerHungUp.Task.WaitAsync(Patience);
        Assert.Equal("cancelled", Text(await GetAsync("/v1/responses/" + id), "status"));
        Assert.Equal("cancelled", Text(await PostAsync($"/v1/responses/{id}/cancel", ""), "status"));
    }

    [Fact]
    public async Task Cancel_OfWhatIsNoBackgroundResponse_IsRefused()
    {
        NextMessage("hello");
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi"}"""), "id");

        Assert.Contains("synchronous", Text(await PostAsync($"/v1/responses/{id}/cancel", "", 400), "error", "message"));
        await PostAsync("/v1/responses/resp_none/cancel", "", 404);
    }

    [Fact]
    public async Task Create_InAConversation_AddsToItAtTheEnd()
    {
        var conversation = Text(await PostAsync("/v1/conversations", """{"items":[{"role":"user","content":"I am Ada"}]}"""), "id");
        var scene = Scene.Of("messages");
        Upstream.NextBytes(scene.ContentType, scene.Frames);

        var id = Text(await AskAsync($$"""{"model":"anthropic/m","input":"hi","background":true,"conversation":"{{conversation}}"}"""), "id");
        await EndedAsync(id);

        Assert.Contains("I am Ada", Seen().Text);
        Assert.Equal(3, (await GetAsync($"/v1/conversations/{conversation}/items")).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task Create_InAConversation_WhoSawTheEndFindsItsItems()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var store = new GatedStore(Store);
        await Gateway.DisposeAsync();
        Gateway = await RunningGateway.StartAsync(Upstream, replace: services => services.AddSingleton(new Stores(null, store)));
        var conversation = Text(await PostAsync("/v1/conversations", """{"items":[{"role":"user","content":"I am Ada"}]}"""), "id");
        var scene = Scene.Of("messages");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        store.Gate = gate.Task;

        await EndedAsync(Text(await AskAsync($$"""{"model":"anthropic/m","input":"hi","background":true,"conversation":"{{conversation}}"}"""), "id"));
        var isWaitedFor = !Gateway.Service<ResponseBook>().UnderWay.SettledAsync(conversation).IsCompleted;
        gate.SetResult();

        Assert.True(isWaitedFor);
        Assert.Equal(3, (await GetAsync($"/v1/conversations/{conversation}/items")).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task Previous_OfABackgroundResponse_IsReplayed()
    {
        var scene = Scene.Of("messages");
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi","background":true}"""), "id");
        await EndedAsync(id);
        NextMessage("x");

        await AskAsync($$"""{"model":"anthropic/m","input":"more","previous_response_id":"{{id}}"}""");

        Assert.Equal(3, LastAsked().GetProperty("messages").GetArrayLength());
    }

    [Fact]
    public async Task Queued_WhenTheGatewayStops_RunsAfterTheNextStart()
    {
        var scene = Scene.Of("messages");
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            begun.SetResult();
            await Upstream.UntilHungUpAsync(http);
        });
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi","background":true}"""), "id");
        await begun.Task.WaitAsync(Patience);
        Upstream.NextBytes(scene.ContentType, scene.Frames);

        await Gateway.DisposeAsync();
        await RunsAsync(static runs => runs is [{ State: "queued" }]);
        Gateway = await StartAsync();

        Assert.Equal("completed", Text(await EndedAsync(id), "status"));
    }

    [Fact]
    public async Task Queued_WhenTheGatewayStops_FailsWhereItMustNotRunAgain()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            begun.SetResult();
            await Upstream.UntilHungUpAsync(http);
        });
        var id = Text(await AskAsync("""{"model":"anthropic/m","input":"hi","background":true}"""), "id");
        await begun.Task.WaitAsync(Patience);

        await Gateway.DisposeAsync();
        await RunsAsync(static runs => runs is [{ State: "queued" }]);
        Gateway = await StartAsync(config => config with { Client = config.Client with { RerunsJobs = false } });

        var failed = await EndedAsync(id);
        Assert.Equal("failed", Text(failed, "status"));
        Assert.Contains("may have been billed", Text(failed, "error", "message"), StringComparison.Ordinal);
        Seen();
    }

    [Fact]
    public async Task Cancel_BeforeItRuns_LeavesItsConversationAlone()
    {
        await Gateway.DisposeAsync();
        Gateway = await StartAsync(config => config with { Client = config.Client with { AsyncWorkers = 1 } });
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            begun.SetResult();
            await Upstream.UntilHungUpAsync(http);
        });
        var conversation = Text(await PostAsync("/v1/conversations", """{"items":[{"role":"user","content":"I am Ada"}]}"""), "id");
        var running = Text(await AskAsync("""{"model":"anthropic/m","input":"hi","background":true}"""), "id");
        await begun.Task.WaitAsync(Patience);
        var waiting = Text(await AskAsync($$"""{"model":"anthropic/m","input":"hi","background":true,"conversation":"{{conversation}}"}"""), "id");

        Assert.Equal("cancelled", Text(await PostAsync($"/v1/responses/{waiting}/cancel", ""), "status"));
        await PostAsync($"/v1/responses/{running}/cancel", "");
        await RunsAsync(static runs => runs is []);

        Assert.Equal(1, (await GetAsync($"/v1/conversations/{conversation}/items")).GetProperty("data").GetArrayLength());
        Seen();
    }

    [Fact]
    public async Task Native_Background_IsTheProvidersOwn()
    {
        Upstream.NextJson(200, """{"id":"resp_bg","object":"response","status":"queued","background":true,"model":"gpt","output":[]}""");
        Upstream.NextJson(200, """{"id":"resp_bg","object":"response","status":"completed","background":true,"model":"gpt","output":[{"id":"m","type":"message"}]}""");
        await AskAsync("""{"model":"openai/m","input":"hi","background":true}""");

        var got = await GetAsync("/v1/responses/resp_bg");
        var again = await GetAsync("/v1/responses/resp_bg");

        Assert.Equal("completed", Text(got, "status"));
        Assert.Equal(got.GetRawText(), again.GetRawText());
        Assert.Equal(["/v1/responses", "/v1/responses/resp_bg"], Upstream.Requests.Select(request => request.Target));
        Assert.Equal("Bearer " + RunningGateway.OpenAiKey, Upstream.Requests.Last().Headers["Authorization"]);
    }

    [Fact]
    public async Task Native_CancelDeleteAndStream_AreAskedOfTheProvider()
    {
        Upstream.NextJson(200, """{"id":"resp_bg","object":"response","status":"queued","background":true,"model":"gpt","output":[]}""");
        await AskAsync("""{"model":"openai/m","input":"hi","background":true}""");
        Upstream.NextStream("event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":3}\n\n");
        Upstream.NextJson(200, """{"id":"resp_bg","object":"response","status":"cancelled","background":true,"model":"gpt","output":[]}""");
        Upstream.NextJson(200, """{"id":"resp_bg","object":"response","deleted":true}""");

        Assert.Contains("sequence_number", await TextAsync(await Gateway.Client.GetAsync("/v1/responses/resp_bg?stream=true&starting_after=2")));
        Assert.Equal("cancelled", Text(await PostAsync("/v1/responses/resp_bg/cancel", ""), "status"));
        await DeleteAsync("/v1/responses/resp_bg");

        Assert.Equal(
            ["/v1/responses", "/v1/responses/resp_bg?stream=true&starting_after=2", "/v1/responses/resp_bg/cancel", "/v1/responses/resp_bg"],
            Upstream.Requests.Select(request => request.Target));
        await GetAsync("/v1/responses/resp_bg", 404);
    }

    /// <summary>Asks until it is over; there is nothing else to wait on from outside.</summary>
    private async Task<JsonElement> EndedAsync(string id)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var response = await GetAsync("/v1/responses/" + id);
            if (Terminal.Contains(Text(response, "status")))
            {
                return response;
            }

            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private async Task RunsAsync(Func<IReadOnlyList<StoredRecord>, bool> are)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!are((await Store.ListAsync(new Storage.RecordQuery { Kind = "response_run" })).Value))
        {
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    private static long[] Numbers(string stream) =>
        [.. stream.Split("\"sequence_number\":")[1..].Select(rest => long.Parse(rest.Split(',', '}')[0], System.Globalization.CultureInfo.InvariantCulture))];
}
