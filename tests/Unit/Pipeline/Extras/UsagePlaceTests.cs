using System.Text;
using BifrostLite.Pipeline.Extras;

namespace BifrostLite.Tests.Unit.Pipeline.Extras;

/// <summary>Where an answer has its usage: found from behind as by a walk from the front.</summary>
public sealed class UsagePlaceTests
{
    [Theory]
    [InlineData("""{"id":"a","usage":{"total":3}}""", """{"total":3}""")]
    [InlineData("""{"usage":{"total":3},"citations":["x"],"n":1.5}""", """{"total":3}""")]
    [InlineData("""{"usage":{"total":3} }""", """{"total":3}""")]
    [InlineData("""{"text":"say \"usage\":{\"a\":1}","usage":{"total":3}}""", """{"total":3}""")]
    [InlineData("""{"usage":{"total":3},"text":"\"usage\":{"}""", """{"total":3}""")]
    [InlineData("""{"usage":{"total":3},"tools":[{"usage":{"total":4}}]}""", """{"total":3}""")]
    [InlineData("""{"usage":{"total":3},"metadata":{"usage":{"total":4}}}""", """{"total":3}""")]
    [InlineData("""{"usage":{"total":3},"x\"usage":{"total":4}}""", """{"total":3}""")]
    [InlineData("""{"tools":[{"usage":{"total":4}}]}""", "")]
    [InlineData("""{"a":{"usage":{"total":4}},"b":{"c":1}}""", "")]
    [InlineData("""{"usage":{"total":3,"cost":1}}""", "")]
    [InlineData("""{"usage":{}}""", "")]
    [InlineData("""{"usage":null}""", "")]
    [InlineData("""{"usage":{"total":3""", "")]
    [InlineData("{}", "")]
    public void FindFromBehind_AnyAnswer_IsTheMemberOfTheAnswerItself(string json, string usage)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        var found = UsagePlace.FindFromBehind(bytes);

        Assert.Equal(usage, Encoding.UTF8.GetString(found.Of(bytes)));
    }
}
