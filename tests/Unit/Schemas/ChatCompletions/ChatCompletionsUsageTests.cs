using System.Text;
using BifrostLite.Schemas.ChatCompletions;

namespace BifrostLite.Tests.Unit.Schemas.ChatCompletions;

/// <summary>The spellings of vendors: what counts where two say the same.</summary>
public sealed class ChatCompletionsUsageTests
{
    [Theory]
    [InlineData("""{"prompt_tokens":9,"prompt_cache_hit_tokens":7}""", 7L)]
    [InlineData("""{"prompt_tokens":9,"prompt_tokens_details":{"cached_tokens":4},"prompt_cache_hit_tokens":7}""", 4L)]
    [InlineData("""{"prompt_tokens":9,"cached_tokens":7,"prompt_tokens_details":{"cached_tokens":4}}""", 4L)]
    [InlineData("""{"prompt_tokens":9,"num_cached_tokens":7}""", null)]
    public void Read_CachedTokens_TheDetailsWin(string usage, long? expected) =>
        Assert.Equal(expected, ChatCompletionsUsage.Read(Encoding.UTF8.GetBytes(usage)).CacheRead);

    [Theory]
    [InlineData("""{"prompt_tokens":12,"completion_tokens":1,"total_tokens":303,"completion_tokens_details":{"reasoning_tokens":290}}""", 291L)]
    [InlineData("""{"prompt_tokens":12,"completion_tokens":291,"total_tokens":303,"completion_tokens_details":{"reasoning_tokens":290}}""", 291L)]
    public void Read_ReasoningBesideTheAnswer_CountsOnlyWhereTheTotalSaysSo(string usage, long expected) =>
        Assert.Equal(expected, ChatCompletionsUsage.Read(Encoding.UTF8.GetBytes(usage)).Output);
}
