using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class JsonQuoteTests
{
    [Theory]
    [InlineData("{\"a\":1}", "{\\\"a\\\":1}")]
    [InlineData("{\n\t\"é\":\"\\u00e9\\n\"}", "{\\n\\t\\\"é\\\":\\\"\\\\u00e9\\\\n\\\"}")]
    [InlineData("\u0001", "\\u0001")]
    public void Of_Json_EscapesOnlyWhatMust(string json, string expected) =>
        Assert.Equal(expected, JsonQuote.Of(new RawJson(Encoding.UTF8.GetBytes(json))).ToString());
}
