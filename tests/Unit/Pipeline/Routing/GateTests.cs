using BifrostLite.Configuration;
using BifrostLite.Pipeline.Routing;

namespace BifrostLite.Tests.Unit.Pipeline.Routing;

public class GateTests
{
    [Fact]
    public async Task Enter_BeyondTheLimit_WaitsInOrder()
    {
        var gate = new Gate(new ConcurrencyConfig(1, 10));
        Assert.True(await gate.EnterAsync(false, default));
        var second = gate.EnterAsync(false, default).AsTask();
        var third = gate.EnterAsync(false, default).AsTask();
        Assert.False(second.IsCompleted);

        gate.Leave();
        Assert.True(await second);
        Assert.False(third.IsCompleted);
        gate.Leave();
        Assert.True(await third);
        Assert.Equal(1, gate.Running);
    }

    [Fact]
    public async Task Enter_QueueFull_RefusesOnlyWhoDropsExcess()
    {
        var gate = new Gate(new ConcurrencyConfig(1, 1));
        Assert.True(await gate.EnterAsync(true, default));
        var waiting = gate.EnterAsync(true, default).AsTask();

        Assert.False(await gate.EnterAsync(true, default));
        var patient = gate.EnterAsync(false, default).AsTask();
        Assert.False(patient.IsCompleted);
        Assert.Equal(2, gate.Waiting);

        gate.Leave();
        gate.Leave();
        Assert.True(await waiting);
        Assert.True(await patient);
    }

    [Fact]
    public async Task Cancel_LeavesTheQueue_AndThePlaceGoesToTheNext()
    {
        var gate = new Gate(new ConcurrencyConfig(1, 10));
        await gate.EnterAsync(false, default);
        using var gone = new CancellationTokenSource();
        var second = gate.EnterAsync(false, gone.Token).AsTask();
        var third = gate.EnterAsync(false, default).AsTask();

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(1, gate.Waiting);

        gate.Leave();
        Assert.True(await third);
    }

    [Fact]
    public async Task Resize_LetsTheWaitingIn()
    {
        var gate = new Gate(new ConcurrencyConfig(1, 10));
        await gate.EnterAsync(false, default);
        var second = gate.EnterAsync(false, default).AsTask();

        gate.Resize(new ConcurrencyConfig(2, 10));

        Assert.True(await second);
        Assert.Equal(2, gate.Running);
    }

    [Fact]
    public async Task ManyThreads_NeverMoreThanAllowed()
    {
        var gate = new Gate(new ConcurrencyConfig(3, 10));
        var running = 0;
        var most = 0;
        await Parallel.ForAsync(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            using var source = new CancellationTokenSource();
            if (i % 7 == 0)
            {
                await source.CancelAsync();
            }

            try
            {
                await gate.EnterAsync(false, source.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            gate.Leave();
        });

        Assert.InRange(most, 1, 3);
        Assert.Equal(0, gate.Running);
        Assert.Equal(0, gate.Waiting);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (value > seen)
        {
            seen = Interlocked.CompareExchange(ref target, value, seen) is var now && now == seen ? value : Volatile.Read(ref target);
        }
    }
}
