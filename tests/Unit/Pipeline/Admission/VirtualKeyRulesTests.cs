using BifrostLite.Configuration;
using BifrostLite.Pipeline.Admission;

namespace BifrostLite.Tests.Unit.Pipeline.Admission;

/// <summary>Which of a provider's keys a caller's key may use, where it may call every provider and names some.</summary>
public sealed class VirtualKeyRulesTests
{
    [Theory]
    [InlineData("openai", "main", true)]
    [InlineData("openai", "spare", false)]
    [InlineData("anthropic", "spare", true)]
    public void MayUse_AllProvidersAllowedAndOneNamed_TheNamedOnesListHolds(string provider, string key, bool expected)
    {
        var named = new ProviderGrantConfig { Provider = "openai", KeyIds = ["main"] };
        var caller = new VirtualKey(new VirtualKeyConfig { Id = "vk", AllowAllProviders = true, Providers = [named] }, [new ProviderGrant(named, [])], []);

        Assert.Equal(expected, caller.MayUse(provider, "m", new KeyConfig { Id = key, Name = key }));
    }
}
