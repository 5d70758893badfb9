using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>
/// The sixteen scenarios of failoverbench (github.com/failoverbench/failoverbench, scenarios/catalogue.yaml, methodology
/// v0.1), played by a provider of our own on a clock that only the tests move. Each must come out as "pass": the caller has
/// the whole answer and every check holds, the advisory ones included. The gateway is set up as the methodology asks (two
/// retries, 30 s for headers and silence, one fallback), with a limit for first tokens and held-back streams on top.
/// </summary>
public class FailoverBenchTests : FunctionalTest
{
    private const string Fallback = "fb-ok";

    private readonly ManualTime _time = new();
    private readonly NoWaiting _pacing = new();
    private readonly List<(string Model, TimeSpan At)> _calls = [];
    private bool _isSilent;

    [Fact]
    public async Task S01_RateLimitWithRetryAfter_IsWaitedOut()
    {
        var result = await RunAsync((http, attempt) => attempt == 1 ? SixtyWords.ErrorAsync(http, 429, "rate_limit_exceeded", ("Retry-After", "2")) : SixtyWords.AnswerAsync(http));

        AssertRescued(result);
        Assert.Equal(2, Primary);
        Assert.InRange(Assert.Single(_pacing.Waits).TotalSeconds, 1.8, 3);
    }

    [Fact]
    public async Task S02_RateLimitForGood_FailsOverWithoutHammering()
    {
        var result = await RunAsync((http, _) => SixtyWords.ErrorAsync(http, 429, "rate_limit_exceeded"));

        AssertRescued(result);
        Assert.InRange(Primary, 1, 4);
        Assert.Equal(Primary - 1, _pacing.Waits.Count(wait => wait > TimeSpan.FromMilliseconds(300)));
    }

    [Fact]
    public async Task S03_OneServerError_IsRetriedInPlace()
    {
        AssertRescued(await RunAsync((http, attempt) => attempt == 1 ? SixtyWords.ErrorAsync(http, 500, null) : SixtyWords.AnswerAsync(http)));
        Assert.Equal(2, Primary);
        Assert.Equal(0, Fallbacks);
    }

    [Fact]
    public async Task S04_OverloadedForGood_FailsOverWithinTheBudget()
    {
        AssertRescued(await RunAsync((http, _) => SixtyWords.ErrorAsync(http, 503, "overloaded")));
        Assert.InRange(Primary, 1, 6);
    }

    [Fact]
    public async Task S05_ResetBeforeHeaders_IsRetried()
    {
        AssertRescued(await RunAsync((http, attempt) => attempt == 1 ? SixtyWords.ResetAsync(http) : SixtyWords.AnswerAsync(http)));
    }

    [Fact]
    public async Task S06_NoResponse_FailsOverAfterOneTimeout()
    {
        var result = await RunAsync((http, _) => SilenceAsync(http));

        AssertRescued(result);
        Assert.Equal(1, Primary);
        Assert.InRange(result.Took.TotalSeconds, 25, 100);
    }

    [Fact]
    public async Task S07_SlowFirstToken_FailsOver()
    {
        var result = await RunAsync(After(0, SilenceAsync));

        AssertRescued(result);

        // The limit of 10 s acted, none of those of 30 s; the clock runs on while a busy machine carries it out.
        Assert.InRange(result.Took.TotalSeconds, 10, 28);
    }

    [Fact]
    public async Task S08_StreamCut_TheWholeAnswerArrives()
    {
        AssertRescued(await RunAsync(After(40, SixtyWords.ResetAsync)));
    }

    [Fact]
    public async Task S09_StreamStalls_TheWholeAnswerArrivesInTime()
    {
        var result = await RunAsync(After(20, SilenceAsync));

        AssertRescued(result);
        Assert.InRange(result.Took.TotalSeconds, 0, 45);
    }

    [Fact]
    public async Task S10_MalformedChunk_LosesNothing()
    {
        AssertRescued(await RunAsync(async (http, _) =>
        {
            await SixtyWords.StreamAsync(http, 10);
            await SixtyWords.WriteAsync(http, "data: {\"id\": \"c1\", \"object\": \"chat.completion.chunk\", \"choices\": [{\"delta\": {\"content\": \n\n");
            await SixtyWords.StreamAsync(http, 60, from: 10);
            await SixtyWords.EndAsync(http, withDone: true);
        }));
    }

    [Fact]
    public async Task S11_NoDone_EndsPromptlyWithUsage()
    {
        var result = await RunAsync(After(60, http => SixtyWords.EndAsync(http, withDone: false)));

        AssertRescued(result);
        Assert.True(result.HasUsage);
        Assert.Equal(1, Primary);
        Assert.InRange(result.Took.TotalSeconds, 0, 8);
    }

    [Fact]
    public async Task S12_ContextTooLong_AnotherModelWithoutARetry()
    {
        AssertRescued(await RunAsync((http, _) => SixtyWords.ErrorAsync(http, 400, "context_length_exceeded")));
        Assert.Equal(1, Primary);
    }

    [Fact]
    public async Task S13_ContentRefused_IsToldAndNotOverruled()
    {
        var result = await RunAsync((http, _) => SixtyWords.ErrorAsync(http, 400, "content_policy_violation"));

        Assert.Equal(400, result.Status);
        Assert.Contains("content_policy_violation", result.Error);
        Assert.Equal(1, Primary);
        Assert.Equal(0, Fallbacks);
    }

    [Fact]
    public async Task S14_FallbackTakesNoPrefill_IsAskedAfresh()
    {
        AssertRescued(await RunAsync(After(40, SixtyWords.ResetAsync)));
        Assert.All(Upstream.Requests, request =>
        {
            using var body = JsonDocument.Parse(request.Body);
            Assert.Equal("user", body.RootElement.GetProperty("messages").EnumerateArray().Last().GetProperty("role").GetString());
        });
    }

    [Fact]
    public async Task S15_PrimaryFlaps_IsLeftAloneAndFoundAgain()
    {
        var down = TimeSpan.FromSeconds(60);
        var started = _time.GetUtcNow();
        await using var gateway = await StartAsync((http, _) => _time.GetUtcNow() - started < down ? SixtyWords.ErrorAsync(http, 503, "overloaded") : SixtyWords.AnswerAsync(http));
        for (var i = 0; i < 20; i++)
        {
            var result = await AskAsync(gateway, "fb-primary");
            Assert.Equal(SixtyWords.Canonical, result.Content);
            _time.Advance(TimeSpan.FromSeconds(4));
        }

        var primary = _calls.Where(call => call.Model == "fb-primary").Select(call => call.At - (started - DateTimeOffset.UnixEpoch)).ToList();
        Assert.InRange(primary.First(at => at >= down) - down, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.InRange(primary.Count(at => at < down), 1, 15);
    }

    [Fact]
    public async Task S16_FailOver_IsAccountedToWhoAnswered()
    {
        var result = await RunAsync((http, _) => SixtyWords.ErrorAsync(http, 503, "overloaded"));

        AssertRescued(result);
        Assert.Equal(Fallback, result.Model);
        Assert.True(result.HasUsage);
        Assert.InRange(Primary, 1, 6);
    }

    private int Primary => _calls.Count(call => call.Model == "fb-primary");

    private int Fallbacks => _calls.Count(call => call.Model == Fallback);

    private static void AssertRescued(Result result)
    {
        Assert.Equal("", result.Error);
        Assert.Equal(SixtyWords.Canonical, result.Content);
    }

    /// <summary>A provider that streams so many words, and then does something.</summary>
    private static Func<HttpContext, int, Task> After(int words, Func<HttpContext, Task> then) => async (http, _) =>
    {
        await SixtyWords.StreamAsync(http, words);
        await then(http);
    };

    private async Task<Result> RunAsync(Func<HttpContext, int, Task> primary)
    {
        var gateway = await StartAsync(primary);
        await using (gateway)
        {
            var result = await AskAsync(gateway, "fb-primary");
            await AssertAliveAsync(gateway);
            _calls.RemoveAt(_calls.Count - 1);
            return result;
        }
    }

    /// <summary>After every scenario a healthy call must succeed.</summary>
    private async Task AssertAliveAsync(RunningGateway gateway) => Assert.Equal(SixtyWords.Canonical, (await AskAsync(gateway, Fallback)).Content);

    private async Task<RunningGateway> StartAsync(Func<HttpContext, int, Task> primary)
    {
        Upstream.Always = async http =>
        {
            using var body = JsonDocument.Parse(Upstream.Requests.Last().Body);
            var model = body.RootElement.GetProperty("model").GetString()!;
            Volatile.Write(ref _isSilent, false);
            _calls.Add((model, _time.GetUtcNow() - DateTimeOffset.UnixEpoch));
            http.Items["model"] = model;
            await (model == Fallback ? SixtyWords.AnswerAsync(http) : primary(http, Primary));
        };
        return await RunningGateway.StartAsync(
            Upstream,
            config => config with
            {
                Providers = config.Providers.ToDictionary(p => p.Key, p => p.Value with
                {
                    Network = p.Value.Network with
                    {
                        MaxRetries = 2,
                        RequestTimeout = TimeSpan.FromSeconds(30),
                        StreamIdleTimeout = TimeSpan.FromSeconds(30),
                        FirstTokenTimeout = TimeSpan.FromSeconds(10),
                        StreamHoldBackBytes = 64 * 1024,
                    },
                }),
            },
            replace: services =>
            {
                services.AddSingleton<TimeProvider>(_time);
                _pacing.Install(services);
            });
    }

    /// <summary>Asks as a careful client does: reads the stream, skips what is no JSON, takes an error event for the failure it is.</summary>
    private async Task<Result> AskAsync(RunningGateway gateway, string model)
    {
        var started = _time.GetUtcNow();
        var call = ReadAsync(gateway, model);
        while (!call.IsCompleted)
        {
            if (Volatile.Read(ref _isSilent))
            {
                _time.Advance(TimeSpan.FromSeconds(1));
            }

            await Task.WhenAny(call, Task.Delay(10));
        }

        return await call.WaitAsync(Patience) with { Took = _time.GetUtcNow() - started };
    }

    private static async Task<Result> ReadAsync(RunningGateway gateway, string model)
    {
        using var response = await gateway.PostAsync(
            "/v1/chat/completions",
            $$$"""{"model":"chatonly/{{{model}}}","stream":true,"stream_options":{"include_usage":true},"fallbacks":["chatonly/{{{Fallback}}}"],"messages":[{"role":"user","content":"sixty words, please"}]}""");
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != 200)
        {
            return new Result((int)response.StatusCode, "", "", false, text);
        }

        var content = new StringBuilder();
        var result = new Result(200, "", "", false, "");
        foreach (var line in text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            result = Take(result, line["data: ".Length..], content);
        }

        return result with { Content = content.ToString() };
    }

    private static Result Take(Result result, string data, StringBuilder content)
    {
        try
        {
            using var chunk = JsonDocument.Parse(data);
            var root = chunk.RootElement;
            if (root.TryGetProperty("error", out var error))
            {
                return result with { Error = error.GetRawText() };
            }

            foreach (var choice in root.GetProperty("choices").EnumerateArray())
            {
                content.Append(choice.GetProperty("delta").TryGetProperty("content", out var piece) ? piece.GetString() : "");
            }

            return result with
            {
                Model = root.GetProperty("model").GetString()!,
                HasUsage = result.HasUsage || (root.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object),
            };
        }
        catch (JsonException)
        {
            return result;
        }
    }

    private async Task SilenceAsync(HttpContext http)
    {
        Volatile.Write(ref _isSilent, true);
        await Upstream.UntilHungUpAsync(http);
        Volatile.Write(ref _isSilent, false);
    }

    private sealed record Result(int Status, string Content, string Model, bool HasUsage, string Error)
    {
        public TimeSpan Took { get; init; }
    }
}
