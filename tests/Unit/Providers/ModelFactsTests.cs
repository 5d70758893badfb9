using BifrostLite.Providers;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Providers;

public sealed class ModelFactsTests
{
    [Theory]
    [InlineData("claude-3-5-sonnet-20241022", 3, 5)]
    [InlineData("claude-opus-4-20250514", 4, 0)]
    [InlineData("claude-opus-4@20250514", 4, 0)]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 4, 5)]
    [InlineData("anthropic/claude-sonnet-4.6", 4, 6)]
    [InlineData("anthropic.claude-opus-4-6-v1", 4, 6)]
    [InlineData("anthropic/claude-4.7-opus", 4, 7)]
    [InlineData("claude-opus-5", 5, 0)]
    [InlineData("claude-opus-5-5", 5, 5)]
    [InlineData("anthropic.claude-v2:1", 2, 1)]
    [InlineData("claude-mythos-preview", 0, 0)]
    [InlineData("claude-mythos-v1:0", 0, 0)]
    [InlineData("claude-v2:1", 2, 1)]
    [InlineData("claude-instant-v1", 1, 0)]
    public void Version_AnySpelling_IsRead(string model, int major, int minor) => Assert.Equal(new ClaudeVersion(major, minor), ClaudeVersion.Of(model));

    [Theory]
    [InlineData("anthropic", "anthropic-messages.case.x12", "claude", nameof(ReasoningStyle.Budget))]
    [InlineData("anthropic", "claude-sonnet-4-5", "claude", nameof(ReasoningStyle.Budget))]
    [InlineData("anthropic", "proxy-of-gemini-2-5-flash", "claude", nameof(ReasoningStyle.Budget))]
    [InlineData("anthropic", "claude-opus-4-8", "claude", nameof(ReasoningStyle.Adaptive))]
    [InlineData("anthropic", "claude-fable-5-1", "claude", nameof(ReasoningStyle.Adaptive))]
    [InlineData("bedrock", "bedrock.case.x3", "claude", nameof(ReasoningStyle.Budget))]
    [InlineData("bedrock", "us.amazon.nova-pro-v1:0", "nova", nameof(ReasoningStyle.Effort))]
    [InlineData("bedrock", "meta.llama3-1-70b-instruct-v1:0", "meta", nameof(ReasoningStyle.Effort))]
    [InlineData("gemini", "gemini-2.5-pro", "gemini", nameof(ReasoningStyle.Budget))]
    [InlineData("gemini", "gemini-3.8-flash", "gemini", nameof(ReasoningStyle.Level))]
    [InlineData("gemini", "unknown", "gemini", nameof(ReasoningStyle.Budget))]
    [InlineData("openai", "unknown", "openai", nameof(ReasoningStyle.Effort))]
    [InlineData("openrouter", "anthropic/claude-sonnet-4.5", "claude", nameof(ReasoningStyle.Budget))]
    [InlineData("groq", "llama-3.3-70b-versatile", "groq", nameof(ReasoningStyle.Effort))]
    public void Of_Model_KnowsFamilyAndReasoning(string provider, string model, string family, string style)
    {
        var target = Of(provider, model);

        Assert.Equal((provider, model, family, style), (target.Provider, target.Model, target.Family, target.Reasoning.ToString()));
        Assert.Equal(family == "claude", target.StateIsPortable);
    }

    [Theory]
    [InlineData("gpt-4o", true)]
    [InlineData("openai-chat.case.x1", true)]
    [InlineData("gpt-5", false)]
    [InlineData("gpt-5.1-codex", false)]
    [InlineData("o3-mini", false)]
    [InlineData("gpt-5-chat-latest", true)]
    public void Of_OpenAi_TakesSamplingUnlessItReasons(string model, bool expected) => Assert.Equal(expected, Of("openai", model).TakesSampling);

    [Fact]
    public void Of_OpenAi_OnlyTheRealOneTakesCustomTools()
    {
        Assert.True(Of("openai", "gpt-5").TakesCustomTools);
        Assert.False(ModelFacts.Of(Catalog.Find("openai")!, "mine", "gpt-5").TakesCustomTools);
        Assert.False(Of("openrouter", "openai/gpt-5").TakesCustomTools);
    }

    [Fact]
    public void Of_NewClaude_TakesNoSamplingNorPrefill()
    {
        var target = Of("anthropic", "claude-opus-4-8");

        Assert.False(target.TakesSampling);
        Assert.False(target.TakesPrefill);
        Assert.Equal(128_000, target.MaxOutputTokens);
        Assert.True(Of("anthropic", "claude-sonnet-4-5").TakesSampling);
    }

    private static TargetModel Of(string provider, string model) => ModelFacts.Of(Catalog.Find(provider)!, provider, model);

    /// <summary>The user guide's list of models with structured output: neither Nova nor Llama, and Claude since 4.5.</summary>
    [Theory]
    [InlineData("us.amazon.nova-pro-v1:0", false, true)]
    [InlineData("meta.llama3-1-70b-instruct-v1:0", false, false)]
    [InlineData("minimax.minimax-m2", true, true)]
    [InlineData("us.anthropic.claude-opus-4-1-20250805-v1:0", false, true)]
    [InlineData("us.anthropic.claude-sonnet-4-5-20250929-v1:0", true, true)]
    public void Of_Bedrock_KnowsWhoTakesSchemasAndForcedTools(string model, bool takesSchema, bool takesForced)
    {
        var target = Of("bedrock", model);

        Assert.Equal((takesSchema, takesForced), (target.TakesSchemaFormat, target.TakesForcedTools));
    }

    [Theory]
    [InlineData("claude-opus-4-5", false, true, "disabled")]
    [InlineData("claude-opus-4-1", false, true, "disabled")]
    [InlineData("claude-sonnet-4-0", true, true, "disabled")]
    [InlineData("claude-opus-5-5", false, false, "")]
    [InlineData("claude-fable-5-1", false, false, "")]
    [InlineData("claude-sonnet-5-5", false, false, "between_tools")]
    public void Of_Claude_KnowsWhatEachGenerationRefuses(string model, bool takesBoth, bool takesForced, string off)
    {
        var target = Of("anthropic", model);

        Assert.Equal(takesBoth, target.TakesTemperatureWithTopP);
        Assert.Equal(takesForced, target.TakesForcedTools);
        Assert.Equal(off, target.ThinkingOff);
    }
}
