using System.Text;
using System.Text.Json;
using BifrostLite.Schemas.Converse;

namespace BifrostLite.Tests.Unit.Schemas.Converse;

/// <summary>Converse counts what the cache read and wrote beside the input; the hub counts it in.</summary>
public sealed class ConverseUsageTests
{
    [Theory]
    [InlineData("""{"inputTokens":3,"outputTokens":2}""", 3L, null, null)]
    [InlineData("""{"inputTokens":3,"cacheReadInputTokens":5,"cacheWriteInputTokens":7}""", 15L, 5L, 7L)]
    [InlineData("""{"inputTokens":3,"cacheReadInputTokens":5,"cacheReadInputTokenCount":null,"cacheWriteInputTokenCount":7,"cacheWriteInputTokens":null}""", 15L, 5L, 7L)]
    [InlineData("""{"outputTokens":2}""", null, null, null)]
    public void Read_Figures_AreThoseOfTheHub(string usage, long? input, long? read, long? written)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(usage));
        reader.Read();

        var found = ConverseUsage.Read(ref reader);

        Assert.Equal((input, read, written), (found.Input, found.CacheRead, found.CacheWrite));
    }
}
