using BifrostLite.Configuration;
using BifrostLite.Storage;
using BifrostLite.Tests.Unit.Pipeline.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BifrostLite.Tests.Unit.Storage;

public sealed class StoreSweeperTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, 365, "2025-03-01")]
    [InlineData(30, 365, "2026-01-30")]
    [InlineData(0, 365, "1970-01-01")]
    [InlineData(null, 2_000_000_000, "1970-01-01")]
    public void LimitsOf_TakesTheStoresDaysBeforeTheClients(int? store, int client, string expected)
    {
        var config = new GatewayConfig
        {
            Client = new ClientConfig { LogRetentionDays = client },
            LogsStore = store is null ? null : new StoreConfig { RetentionDays = store },
        };

        Assert.Equal(expected, StoreSweeper.LimitsOf(config, Now).LogsAfter.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void LimitsOf_GivesTheSizeInBytes() =>
        Assert.Equal(3 << 20, StoreSweeper.LimitsOf(new GatewayConfig { LogsStore = new StoreConfig { MaxSizeMb = 3 } }, Now).MaxBytes);

    [Fact]
    public async Task Sweep_AgainAfterTheLast_SweepsAgain()
    {
        var store = new FakeStore();
        var source = new ConfigSource(new GatewayConfig(), () => throw new NotSupportedException(), _ => null, NullLogger<ConfigSource>.Instance);
        using var sweeper = new StoreSweeper(new Stores(store, store), source, TimeProvider.System, NullLogger<StoreSweeper>.Instance);

        await sweeper.SweepAsync();
        await sweeper.SweepAsync();

        Assert.Equal(2, store.Sweeps);
    }
}
