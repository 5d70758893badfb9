using BifrostLite.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace BifrostLite.Tests.Unit.Configuration;

public sealed class ConfigSourceTests
{
    private static readonly GatewayConfig Old = new() { Source = "old" };
    private static readonly GatewayConfig New = new() { Source = "new" };

    [Fact]
    public void Reload_ValidSnapshot_SwapsAndTells()
    {
        GatewayConfig? told = null;
        var source = Source(() => ConfigLoadResult.Valid(New));
        source.Changed += config => told = config;

        Assert.True(source.Reload());
        Assert.Same(New, source.Current);
        Assert.Same(New, told);
    }

    [Fact]
    public void Reload_Problems_KeepsTheOldAndTellsNobody()
    {
        var source = Source(() => ConfigLoadResult.Invalid(new ConfigProblem("f", 1, 1, "$", "wrong")));
        source.Changed += _ => Assert.Fail("told");

        Assert.False(source.Reload());
        Assert.Same(Old, source.Current);
    }

    [Fact]
    public void Reload_RefusedSnapshot_KeepsTheOld()
    {
        var source = Source(() => ConfigLoadResult.Valid(New), config => ReferenceEquals(config, New) ? "would be open" : null);

        Assert.False(source.Reload());
        Assert.Same(Old, source.Current);
    }

    internal static ConfigSource Source(Func<ConfigLoadResult> load, Func<GatewayConfig, string?>? refusal = null) =>
        new(Old, load, refusal ?? (_ => null), NullLogger<ConfigSource>.Instance);
}
