using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class CallArgumentsTests
{
    [Theory]
    [InlineData("", "{}", 0)]
    [InlineData(" ", "{}", 0)]
    [InlineData("null", "{}", 0)]
    [InlineData("{\"b\":1.0,\"a\":\"\\ud83d\"}", "{\"b\":1.0,\"a\":\"\\ud83d\"}", 0)]
    [InlineData(" {\"a\":[1]}\n", "{\"a\":[1]}", 0)]
    [InlineData("[1]", "{\"input\":[1]}", 1)]
    [InlineData("{\"a\":", "{\"input\":\"{\\\"a\\\":\"}", 1)]
    [InlineData("ls -l", "{\"input\":\"ls -l\"}", 1)]
    public void AsObject_AnyArguments_GivesAnObject(string arguments, string expected, int lost)
    {
        var losses = new Losses();
        var json = CallArguments.AsObject(JsonText.From(arguments), "messages[1]", losses);
        Assert.Equal(expected, Encoding.UTF8.GetString(json.Span));
        Assert.Equal(lost, losses.Count);
    }

    [Theory]
    [InlineData("", "{}")]
    [InlineData("{\\\"a\\\":1}", "{\\\"a\\\":1}")]
    public void AsText_Empty_IsAnEmptyObject(string escaped, string expected) =>
        Assert.Equal(expected, CallArguments.AsText(new JsonText(Encoding.UTF8.GetBytes(escaped))).ToString());

    [Fact]
    public void FromJson_Object_IsEscapedOnce() =>
        Assert.Equal("{\\\"a\\\":\\\"\\\\n\\\"}", CallArguments.FromJson(new RawJson("{\"a\":\"\\n\"}"u8.ToArray())).ToString());
}
