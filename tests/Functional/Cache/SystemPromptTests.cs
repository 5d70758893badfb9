using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional.Cache;

/// <summary>Where the configuration says that instructions do not count, they do not.</summary>
public sealed class SystemPromptTests : CacheTest
{
    public SystemPromptTests() => Settings = new CacheConfig { ExcludesSystem = true };

    [Theory]
    [InlineData("""{"model":"openai/gpt-4o","messages":[{"role":"system","content":"be kind"},{"role":"user","content":"hi"}]}""", "direct")]
    [InlineData("""{"model":"openai/gpt-4o","messages":[{"role":"developer","content":"be kind"},{"role":"user","content":"hi"}]}""", "direct")]
    [InlineData("""{"model":"openai/gpt-4o","messages":[{"role":"assistant","content":"be kind"},{"role":"user","content":"hi"}]}""", "miss")]
    public async Task OtherInstructions_AreTheSameQuestion(string request, string expected)
    {
        await HitAsync(Chat, Key);

        Assert.Equal(expected, await HitAsync(request, Key));
    }
}
