using System.Net;
using System.Text;
using System.Text.Json;
using BifrostLite.Configuration;
using BifrostLite.Pipeline.Jobs;
using BifrostLite.Storage;
using BifrostLite.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>Asynchronous jobs: taken, stored, run once on the way of every request, found by their owner alone.</summary>
public sealed class AsyncJobTests : FunctionalTest, IDisposable
{
    private const string ChatBody = """{"model":"chatonly/m","messages":[{"role":"user","content":"hello"}]}""";
    private const string MessagesBody = """{"model":"chatonly/m","max_tokens":9,"messages":[{"role":"user","content":"hello"}]}""";
    private const string ChatAnswer = """
        {"id":"c1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"done"},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}
        """;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"bifrost-lite-jobs-{Guid.NewGuid():N}.db");
    public void Dispose()
    {
        foreach (var file in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(_file) + "*"))
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Envelope_OfAJob_TellsPendingThenTheAnswer()
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await StartAsync();

        var submitted = await gateway.PostAsync("/v1/async/chat/completions", ChatBody);
        Assert.Equal(HttpStatusCode.Accepted, submitted.StatusCode);
        var envelope = await JsonAsync(submitted);
        Assert.Equal("pending", envelope.GetProperty("status").GetString());
        var id = envelope.GetProperty("id").GetString()!;
        Assert.True(Guid.TryParse(id, out _));

        var (status, done) = await PollEnvelopeAsync(gateway, "chat/completions", id);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("completed", done.GetProperty("status").GetString());
        Assert.Equal(200, done.GetProperty("status_code").GetInt32());
        Assert.Equal("done", done.GetProperty("result").GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        var kept = done.GetProperty("expires_at").GetDateTimeOffset() - done.GetProperty("completed_at").GetDateTimeOffset();
        Assert.Equal(3600, kept.TotalSeconds, 0.5);
        Assert.Equal("chatonly", done.GetProperty("result").GetProperty("extra_fields").GetProperty("provider").GetString());
        Assert.Single(Upstream.Requests);
    }

    [Fact]
    public async Task Header_OnMessages_AnswersInMessagesFromAnotherDialectsProvider()
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await StartAsync();

        var submitted = await gateway.PostAsync("/anthropic/v1/messages", MessagesBody, ("x-bf-async", "true"));
        Assert.Equal(HttpStatusCode.OK, submitted.StatusCode);
        var pending = await JsonAsync(submitted);
        var id = pending.GetProperty("id").GetString()!;
        Assert.Equal("message", pending.GetProperty("type").GetString());
        Assert.Equal(0, pending.GetProperty("content").GetArrayLength());

        using var done = await PollHeaderAsync(gateway, "/anthropic/v1/messages", id, json => json.GetProperty("content").GetArrayLength() > 0);
        Assert.Equal("done", done.RootElement.GetProperty("content")[0].GetProperty("text").GetString());
        Assert.Equal("end_turn", done.RootElement.GetProperty("stop_reason").GetString());
    }

    [Theory]
    [InlineData("/v1/chat/completions", true)]
    [InlineData("/openai/v1/chat/completions", false)]
    public async Task Header_OnTheGatewaysOwnRoutes_AnswersWithExtraFields(string path, bool hasThem)
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await StartAsync();

        var id = (await JsonAsync(await gateway.PostAsync(path, ChatBody, ("x-bf-async", "true")))).GetProperty("id").GetString()!;

        using var done = await PollHeaderAsync(gateway, path, id, json => json.GetProperty("choices").GetArrayLength() > 0);
        Assert.Equal(hasThem, done.RootElement.TryGetProperty("extra_fields", out _));
    }

    [Fact]
    public async Task FailedJob_KeepsStatusAndError_InBothForms()
    {
        Upstream.NextJson(400, """{"error":{"message":"no such thing","type":"invalid_request_error","param":null,"code":null}}""");
        Upstream.NextJson(400, """{"error":{"message":"no such thing","type":"invalid_request_error","param":null,"code":null}}""");
        await using var gateway = await StartAsync();

        var id = await SubmitAsync(gateway, "/v1/async/chat/completions", ChatBody);
        var (_, failed) = await PollEnvelopeAsync(gateway, "chat/completions", id);
        Assert.Equal("failed", failed.GetProperty("status").GetString());
        Assert.Equal(400, failed.GetProperty("status_code").GetInt32());
        Assert.Equal("no such thing", failed.GetProperty("error").GetProperty("error").GetProperty("message").GetString());

        id = await SubmitAsync(gateway, "/anthropic/v1/messages", MessagesBody, ("x-bf-async", "1"));
        using var error = await PollHeaderAsync(gateway, "/anthropic/v1/messages", id, json => json.GetProperty("type").GetString() == "error", HttpStatusCode.BadRequest);
        Assert.Contains("no such thing", error.RootElement.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/async/chat/completions", """{"model":"chatonly/m","stream":true,"messages":[{"role":"user","content":"x"}]}""", "streaming")]
    [InlineData("/v1/async/chat/completions", """{"model":"chatonly/m"}""", "messages is required")]
    [InlineData("/v1/async/chat/completions", "{", "")]
    [InlineData("/cursor/v1/chat/completions", ChatBody, "async operation is not supported on this route")]
    [InlineData("/bedrock/model/m/converse", """{"messages":[{"role":"user","content":[{"text":"x"}]}]}""", "async operation is not supported on this route")]
    [InlineData("/openai/v1/embeddings", """{"model":"openai/m","input":"x"}""", "async operation is not supported on this route")]
    public async Task Submission_ThatCannotRun_IsRefusedWithItsReason(string path, string body, string reason)
    {
        await using var gateway = await StartAsync();
        var refused = await gateway.PostAsync(path, body, ("x-bf-async", "true"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains(reason, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Submission_WithoutAStore_SaysThatThereIsNone()
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var refused = await gateway.PostAsync("/anthropic/v1/messages", MessagesBody, ("x-bf-async", "true"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("async operations not available: logs store not configured", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_OfAnotherOperationOrUnknown_IsNotFound()
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await StartAsync();
        var id = await SubmitAsync(gateway, "/v1/async/chat/completions", ChatBody);

        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.GetAsync(new Uri($"/v1/async/responses/{id}", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await gateway.Client.GetAsync(new Uri($"/v1/async/chat/completions/{Guid.NewGuid()}", UriKind.Relative))).StatusCode);
        var other = await gateway.PostAsync("/anthropic/v1/messages", "", ("x-bf-async-id", id));
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal("not_found_error", (await JsonAsync(other)).GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Job_OfAVirtualKey_IsFoundWithThatKeyOnly()
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await StartAsync(WithKeys);
        var id = await SubmitAsync(gateway, "/v1/async/chat/completions", ChatBody, ("x-bf-vk", "sk-bf-one"));

        Assert.Equal(HttpStatusCode.NotFound, await PollOnceAsync(gateway, id, "sk-bf-two"));
        Assert.Equal(HttpStatusCode.NotFound, await PollOnceAsync(gateway, id, null));
        var (status, _) = await PollEnvelopeAsync(gateway, "chat/completions", id, "sk-bf-one");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.DoesNotContain("sk-bf-one", Encoding.Latin1.GetString(await StoredBytesAsync()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("60", 60)]
    [InlineData("-5", 3600)]
    [InlineData("soon", 3600)]
    public async Task Answer_IsKeptAsLongAsAskedFor(string seconds, double expected)
    {
        Upstream.NextJson(200, ChatAnswer);
        await using var gateway = await StartAsync();

        var id = await SubmitAsync(gateway, "/v1/async/chat/completions", ChatBody, ("x-bf-async-job-result-ttl", seconds));

        var (_, done) = await PollEnvelopeAsync(gateway, "chat/completions", id);
        Assert.Equal(expected, (done.GetProperty("expires_at").GetDateTimeOffset() - done.GetProperty("completed_at").GetDateTimeOffset()).TotalSeconds, 0.5);
    }

    [Fact]
    public async Task Job_OfAStoppedGateway_RunsAtTheNextStart()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            asked.SetResult();
            await Upstream.UntilHungUpAsync(http);
        });
        Upstream.NextJson(200, ChatAnswer);
        string id;
        await using (var gateway = await StartAsync())
        {
            id = await SubmitAsync(gateway, "/v1/async/chat/completions", ChatBody);
            await asked.Task;
        }

        await using var next = await StartAsync();
        var (_, done) = await PollEnvelopeAsync(next, "chat/completions", id);
        Assert.Equal("completed", done.GetProperty("status").GetString());
        Assert.Equal(2, done.GetProperty("runs").GetInt32());
        Assert.Equal(2, Upstream.Requests.Count);
    }

    [Fact]
    public async Task Job_OfAKilledGateway_FailsWhereItMustNotRunAgain()
    {
        var document = new JobDocument { Door = "chat/completions", RequestId = "r1", Body = Encoding.UTF8.GetBytes(ChatBody), ResultSeconds = 60 };
        var store = SqliteStore.Open(_file, TimeProvider.System).Value!;
        await store.PutAsync(new StoredRecord
        {
            Kind = JobKinds.Job,
            Id = "killed",
            State = JobStates.Processing,
            Claims = 1,
            Worker = "gone",
            CreatedAt = DateTimeOffset.UtcNow,
            LeaseUntil = DateTimeOffset.UtcNow.AddSeconds(-1),
            Body = JsonSerializer.SerializeToUtf8Bytes(document, JobJsonContext.Default.JobDocument),
        });
        await store.DisposeAsync();

        await using var gateway = await StartAsync(config => config with { Client = config.Client with { RerunsJobs = false } });
        var (_, failed) = await PollEnvelopeAsync(gateway, "chat/completions", "killed");
        Assert.Equal("failed", failed.GetProperty("status").GetString());
        Assert.Contains("may have been billed", failed.GetProperty("error").GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(Upstream.Requests);
    }

    [Fact]
    public async Task Webhook_IsToldTheEnd_Signed()
    {
        var told = new TaskCompletionSource<(string Signature, string Timestamp, string Id, byte[] Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.NextJson(200, ChatAnswer);
        Upstream.Next(async http =>
        {
            told.SetResult((http.Request.Headers["webhook-signature"].ToString(), http.Request.Headers["webhook-timestamp"].ToString(),
                http.Request.Headers["webhook-id"].ToString(), Upstream.Requests.Last().Body));
            http.Response.StatusCode = 204;
        });
        await using var gateway = await StartAsync(config => config with
        {
            Client = config.Client with { AsyncWebhooks = [new WebhookConfig("ops", new Uri(Upstream.Address, "/hook"), new Secret("whsec"))
                { IncludesResponse = true, Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer s3cret", ["webhook-id"] = "other" } }] },
        });

        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.PostAsync("/v1/async/chat/completions", ChatBody, ("x-bf-async-webhook", "nobody"))).StatusCode);
        var id = await SubmitAsync(gateway, "/v1/async/chat/completions", ChatBody, ("x-bf-async-webhook", "ops"));

        var call = await told.Task.WaitAsync(Patience);
        Assert.Equal(id, call.Id);
        Assert.Equal(WebhookSender.Sign("whsec", id, call.Timestamp, call.Body), call.Signature);
        using var json = JsonDocument.Parse(call.Body);
        Assert.Equal("async_job.completed", json.RootElement.GetProperty("event").GetString());
        var data = json.RootElement.GetProperty("data");
        Assert.Equal((id, "chat_completion", "completed", 200), (data.GetProperty("job_id").GetString(), data.GetProperty("request_type").GetString(),
            data.GetProperty("status").GetString(), data.GetProperty("status_code").GetInt32()));
        Assert.Equal($"/v1/async/chat/completions/{id}", data.GetProperty("result_url").GetString());
        Assert.Equal("chat.completion", data.GetProperty("response").GetProperty("object").GetString());
        Assert.Equal("Bearer s3cret", Upstream.Requests.Last().Headers["Authorization"]);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Webhook_ThatFails_IsToldAgainAsOftenAsConfigured(int retries, bool waits)
    {
        Upstream.NextJson(200, ChatAnswer);
        Upstream.NextJson(500, "{}");
        var webhook = new WebhookConfig("ops", new Uri(Upstream.Address, "/hook"), new Secret("whsec")) { MaxRetries = retries, BackoffInitial = TimeSpan.FromMinutes(20) };
        await using var gateway = await StartAsync(config => config with { Client = config.Client with { AsyncWebhooks = [webhook] } });
        var store = gateway.Service<Stores>().Logs!;
        using var patience = new CancellationTokenSource(Patience);

        var id = await SubmitAsync(gateway, "/v1/async/chat/completions", ChatBody, ("x-bf-async-webhook", "ops"));

        StoredRecord? call;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            call = (await store.GetAsync(JobKinds.Webhook, id)).Value;
        }
        while (Upstream.Requests.Count < 2 || (call is not null && !(call.LeaseUntil > DateTimeOffset.UtcNow.AddMinutes(10))));

        Assert.Equal(waits, call is not null);
    }

    private static GatewayConfig WithKeys(GatewayConfig config) => config with
    {
        Governance = new GovernanceConfig
        {
            VirtualKeys =
            [
                new VirtualKeyConfig { Id = "vk1", Name = "one", Hash = KeyHash.Of("sk-bf-one"), AllowAllProviders = true },
                new VirtualKeyConfig { Id = "vk2", Name = "two", Hash = KeyHash.Of("sk-bf-two"), AllowAllProviders = true },
            ],
        },
    };

    private Task<RunningGateway> StartAsync(Func<GatewayConfig, GatewayConfig>? adjust = null)
    {
        var store = SqliteStore.Open(_file, TimeProvider.System);
        Assert.True(store.IsDone, store.Fault?.Message);

        // Made by a factory, so that the gateway's end closes it.
        return RunningGateway.StartAsync(Upstream, adjust, replace: services => services.AddSingleton(_ => new Stores(null, store.Value)));
    }

    private static async Task<string> SubmitAsync(RunningGateway gateway, string path, string body, params (string, string)[] headers)
    {
        using var answer = await gateway.PostAsync(path, body, headers);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return (await JsonAsync(answer)).GetProperty("id").GetString()!;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Envelope)> PollEnvelopeAsync(RunningGateway gateway, string operation, string id, string? key = null)
    {
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/async/{operation}/{id}");
            if (key is not null)
            {
                request.Headers.Add("x-bf-vk", key);
            }

            using var answer = await gateway.Client.SendAsync(request);
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                return (answer.StatusCode, await JsonAsync(answer));
            }

            await Task.Yield();
        }
    }

    private static async Task<HttpStatusCode> PollOnceAsync(RunningGateway gateway, string id, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/async/chat/completions/{id}");
        if (key is not null)
        {
            request.Headers.Add("x-bf-vk", key);
        }

        using var answer = await gateway.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<JsonDocument> PollHeaderAsync(
        RunningGateway gateway, string path, string id, Func<JsonElement, bool> isOver, HttpStatusCode status = HttpStatusCode.OK)
    {
        while (true)
        {
            using var answer = await gateway.PostAsync(path, "", ("x-bf-async-id", id));
            var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            if (isOver(json.RootElement))
            {
                Assert.Equal(status, answer.StatusCode);
                return json;
            }

            json.Dispose();
            await Task.Yield();
        }
    }

    private async Task<byte[]> StoredBytesAsync()
    {
        using var all = new MemoryStream();
        foreach (var file in Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(_file) + "*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            await stream.CopyToAsync(all);
        }

        return all.ToArray();
    }
}
