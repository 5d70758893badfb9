using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission.Limits;
using BifrostLite.Storage;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace BifrostLite.Tests.Unit.Pipeline.Admission;

/// <summary>
/// Reservations under concurrency, over windows, restarts, crashes and several instances: never more is used than the limit allows, and
/// nothing is counted twice.
/// </summary>
public sealed class LimitLedgerTests : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly CountingStore _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Theory]
    [InlineData(false, false, nameof(LimitKind.Requests))]
    [InlineData(true, false, nameof(LimitKind.Requests))]
    [InlineData(true, true, nameof(LimitKind.Requests))]
    [InlineData(false, false, nameof(LimitKind.Money))]
    [InlineData(true, true, nameof(LimitKind.Money))]
    [InlineData(true, true, nameof(LimitKind.Tokens))]
    public async Task Reserve_SixtyFourThreadsAThousandTimes_NeverExceedsTheLimit(bool isStored, bool isShared, string kind)
    {
        var ledger = Ledger(isStored, isShared);
        var counter = Counter(Enum.Parse<LimitKind>(kind), 500);
        var (running, billed, most) = (0L, 0L, 0L);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                if (await ledger.ReserveAsync(counter, 1) is { } window)
                {
                    Interlocked.Exchange(ref most, Math.Max(Interlocked.Read(ref most), Interlocked.Increment(ref running) + Interlocked.Read(ref billed)));
                    var isServed = i % 3 > 0;
                    Interlocked.Add(ref billed, isServed ? 1 : 0);
                    ledger.Settle(window, 1, isServed ? 1 : 0);
                    Interlocked.Decrement(ref running);
                }
            }
        })));
        await ledger.FlushAsync();

        Assert.Equal(500, billed);
        Assert.Equal(500, counter.Now(_time.GetUtcNow())!.Value.Used);
        Assert.Equal(isStored ? 500 : 0, _store.Total("it"));
    }

    [Fact]
    public async Task WaitFor_ReservedOrUsedUp_ASecondOrTheWindow()
    {
        var ledger = Ledger(false, false);
        var counter = Counter(LimitKind.Requests, 1);
        var held = await ledger.ReserveAsync(counter, 1);

        Assert.Equal(TimeSpan.FromSeconds(1), counter.WaitFor(_time.GetUtcNow()));
        ledger.Settle(held!, 1, 1);

        Assert.Equal(held!.End - _time.GetUtcNow(), counter.WaitFor(_time.GetUtcNow()));
    }

    [Fact]
    public async Task Reserve_InstancesSharingAStore_TogetherNeverExceedTheLimit()
    {
        var instances = Enumerable.Range(0, 4).Select(_ => (Ledger: Ledger(true, true), Counter: Counter(LimitKind.Money, 50_000))).ToArray();
        var billed = 0L;

        await Task.WhenAll(Enumerable.Range(0, 32).Select(n => Task.Run(async () =>
        {
            var (ledger, counter) = instances[n % instances.Length];
            for (var i = 0; i < 500; i++)
            {
                if (await ledger.ReserveAsync(counter, 100) is { } window)
                {
                    var cost = 20 + (i * 7 % 81);
                    Interlocked.Add(ref billed, cost);
                    ledger.Settle(window, 100, cost);
                }
            }
        })));

        // A lone call on each instance may take more than is left; none here costs more than its estimate, so nothing goes over by more.
        Assert.InRange(billed, 50_000 - (4 * 200), 50_000 + (4 * 100));
    }

    [Fact]
    public async Task Stop_OfAnInstance_GivesBackWhatItHeldAhead()
    {
        var (ledger, counter) = (Ledger(true, true), Counter(LimitKind.Tokens, 1000));
        var window = await ledger.ReserveAsync(counter, 100);
        ledger.Settle(window!, 100, 30);
        await ledger.FlushAsync();
        Assert.Equal(130, _store.Total("it"));

        await ledger.StopAsync(CancellationToken.None);

        Assert.Equal(30, _store.Total("it"));
    }

    [Fact]
    public async Task Reserve_RunningCalls_CountWithTheirEstimates()
    {
        var ledger = Ledger(false, false);
        var counter = Counter(LimitKind.Tokens, 1000);

        var first = await ledger.ReserveAsync(counter, 600);
        var second = await ledger.ReserveAsync(counter, 600);
        ledger.Settle(first!, 600, 100);
        var third = await ledger.ReserveAsync(counter, 600);

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.NotNull(third);
        Assert.Equal(700, counter.Now(_time.GetUtcNow())!.Value.Used);
    }

    [Fact]
    public async Task Reserve_LoneCallLargerThanWhatIsLeft_PassesOnceAndOnlyForEstimates()
    {
        var ledger = Ledger(false, false);
        var (tokens, requests) = (Counter(LimitKind.Tokens, 10), new LimitCounter("requests", LimitKind.Requests, "key", Rule(0)));

        var lone = await ledger.ReserveAsync(tokens, 5000);
        var second = await ledger.ReserveAsync(tokens, 1);
        ledger.Settle(lone!, 5000, 12);

        Assert.NotNull(lone);
        Assert.Null(second);
        Assert.Null(await ledger.ReserveAsync(tokens, 1));
        Assert.Null(await ledger.ReserveAsync(requests, 1));
    }

    [Fact]
    public async Task Window_AtItsEnd_BeginsAnewAndLateSettlementsStayInTheOld()
    {
        var ledger = Ledger(true, false);
        var counter = Counter(LimitKind.Money, 10);
        var late = await ledger.ReserveAsync(counter, 10);
        Assert.Null(await ledger.ReserveAsync(counter, 1));

        _time.Advance(TimeSpan.FromHours(1));
        var next = await ledger.ReserveAsync(counter, 10);
        ledger.Settle(late!, 10, 7);
        ledger.Settle(next!, 10, 3);
        await ledger.FlushAsync();

        Assert.Equal(3, counter.Now(_time.GetUtcNow())!.Value.Used);
        Assert.Equal(10, _store.Total("it"));
    }

    [Fact]
    public async Task Restart_FindsWhatWasUsed_InTheSameRollingWindow()
    {
        _time.Advance(TimeSpan.FromMinutes(17));
        var before = Counter(LimitKind.Money, 10);
        await SpendAsync(Ledger(true, false), before, 4);

        _time.Advance(TimeSpan.FromMinutes(59));
        var after = Counter(LimitKind.Money, 10);
        var ledger = Ledger(true, false);
        await SpendAsync(ledger, after, 2);

        Assert.Equal(6, after.Now(_time.GetUtcNow())!.Value.Used);
        _time.Advance(TimeSpan.FromMinutes(1));
        await SpendAsync(ledger, after, 1);
        Assert.Equal(1, after.Now(_time.GetUtcNow())!.Value.Used);
    }

    [Fact]
    public async Task Crash_RunningCalls_StayCountedOnceWithTheirEstimate()
    {
        var (crashed, counter) = (Ledger(true, false), Counter(LimitKind.Money, 100));
        await SpendAsync(crashed, counter, 30);
        await crashed.ReserveAsync(counter, 20);
        await crashed.FlushAsync();

        var again = Counter(LimitKind.Money, 100);
        await SpendAsync(Ledger(true, false), again, 1);

        Assert.Equal(51, again.Now(_time.GetUtcNow())!.Value.Used);
    }

    [Fact]
    public async Task Crash_ManyTimesAtAnyMoment_IsOffByTheRunningCallsAtMost()
    {
        var steps = Gen.Elements("call", "call", "call", "end", "end", "flush", "crash").ListOf();
        Prop.ForAll(Arb.From(steps), run => RunAsync([.. run]).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Store_ThatIsDown_CountsInMemoryAndCatchesUp()
    {
        var (ledger, counter) = (Ledger(true, false), Counter(LimitKind.Money, 100));
        await SpendAsync(ledger, counter, 5);
        _store.IsDown = true;
        await SpendAsync(ledger, counter, 6);
        await ledger.FlushAsync();
        _store.IsDown = false;
        await ledger.FlushAsync();

        Assert.Equal(11, _store.Total("it"));
        Assert.Equal(11, counter.Now(_time.GetUtcNow())!.Value.Used);
    }

    [Fact]
    public async Task Reserve_WindowOnceOpen_WritesNothingBeforeTheCall()
    {
        var (ledger, counter) = (Ledger(true, false), Counter(LimitKind.Money, 100));
        await SpendAsync(ledger, counter, 1);
        var writes = _store.Writes;

        for (var i = 0; i < 50; i++)
        {
            Assert.True(ledger.ReserveAsync(counter, 1).AsTask().IsCompletedSuccessfully);
        }

        Assert.Equal(writes, _store.Writes);
        await ledger.FlushAsync();
        Assert.Equal(writes + 1, _store.Writes);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Recall_AfterARestart_KnowsWhatWasUsedBeforeACallAsks(bool isAligned, bool isShared)
    {
        _time.Advance(TimeSpan.FromDays(20_000)); // 0 stands for never
        var (before, old) = (Ledger(true, isShared), Counter(LimitKind.Money, 100, isAligned));
        await SpendAsync(before, old, 40);
        await before.StopAsync(default);
        _time.Advance(TimeSpan.FromMinutes(1));

        var (after, counter) = (Ledger(true, isShared), Counter(LimitKind.Money, 100, isAligned));
        await after.RecallAsync([counter]);

        Assert.Equal(40, counter.Now(_time.GetUtcNow())!.Value.Used);
        await SpendAsync(after, counter, 10);
        Assert.Equal(50, counter.Now(_time.GetUtcNow())!.Value.Used);
        await after.StopAsync(default);
        Assert.Equal(50, _store.Total("it"));
    }

    [Fact]
    public async Task Recall_OfALimitNobodyUsed_BeginsNoWindow()
    {
        var (ledger, counter) = (Ledger(true, false), Counter(LimitKind.Requests, 10));

        await ledger.RecallAsync([counter]);

        Assert.Null(counter.Now(_time.GetUtcNow()));
        Assert.Equal(0, _store.Writes);
    }

    [Fact]
    public void Rule_Changed_HoldsForWhatIsAlreadyUsed()
    {
        var counters = new LimitCounters();
        var governance = new GovernanceConfig { Budgets = [new BudgetConfig { Id = "b", MaxLimit = 1, Reset = new ResetPeriod(1, 'd') }] };
        var level = new LimitsConfig { BudgetId = "b", RateLimit = new RateLimitConfig { Id = "", MaxRequests = 3, RequestReset = new ResetPeriod(1, 'm') } };

        var first = counters.Of(level, governance, "virtual key", "vk", _ => false);
        var second = counters.Of(
            level, governance with { Budgets = [governance.Budgets[0] with { MaxLimit = 2 }] }, "virtual key", "vk", budget => budget.Id == "b");

        Assert.Equal(["budget:b", "rate:vk:requests"], first.Select(counter => counter.Key));
        Assert.Equal(first, second);
        Assert.Equal(2_000_000_000, first[0].Rule.Most);
    }

    /// <summary>One process after another; what the store has is held against what was really billed.</summary>
    private async Task<bool> RunAsync(string[] steps)
    {
        var store = new CountingStore();
        var (ledger, counter) = (Ledger(store), Counter(LimitKind.Money, 1_000_000));
        var running = new Queue<CounterWindow>();
        var (billed, tolerated) = (0L, 0L);
        var sinceFlush = 0L;
        foreach (var step in steps)
        {
            switch (step)
            {
                case "call":
                    running.Enqueue((await ledger.ReserveAsync(counter, 10))!);
                    sinceFlush++;
                    break;
                case "end" when running.TryDequeue(out var window):
                    ledger.Settle(window, 10, 7);
                    billed += 7;
                    sinceFlush++;
                    break;
                case "flush":
                    await ledger.FlushAsync();
                    sinceFlush = 0;
                    break;
                case "crash":
                    tolerated += 10 * (running.Count + sinceFlush);
                    running.Clear();
                    sinceFlush = 0;
                    (ledger, counter) = (Ledger(store), Counter(LimitKind.Money, 1_000_000));
                    break;
            }
        }

        while (running.TryDequeue(out var window))
        {
            ledger.Settle(window, 10, 7);
            billed += 7;
        }

        await ledger.FlushAsync();
        return Math.Abs(store.Total("it") - billed) <= tolerated;
    }

    private static async Task SpendAsync(LimitLedger ledger, LimitCounter counter, long amount)
    {
        var window = await ledger.ReserveAsync(counter, amount);
        ledger.Settle(window!, amount, amount);
        await ledger.FlushAsync();
    }

    private LimitLedger Ledger(bool isStored, bool isShared) =>
        new(isStored ? new Stores(_store, null) : Stores.None, _time, NullLogger<LimitLedger>.Instance) { IsShared = isShared };

    private LimitLedger Ledger(CountingStore store) => new(new Stores(store, null), _time, NullLogger<LimitLedger>.Instance);

    private static LimitCounter Counter(LimitKind kind, long most, bool isAligned = false) =>
        new("it", kind, "virtual key", isAligned ? new LimitRule(most, new ResetPeriod(1, 'd'), true) : Rule(most));

    private static LimitRule Rule(long most) => new(most, new ResetPeriod(1, 'h'), false);
}
