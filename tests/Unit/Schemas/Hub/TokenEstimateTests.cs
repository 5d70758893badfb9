using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

/// <summary>The estimate against what tokenizers say of the same kind of text.</summary>
public sealed class TokenEstimateTests
{
    [Theory]
    [InlineData("", 0, 0)]
    [InlineData("What is the capital of France?", 7, 8)]
    [InlineData("The quick brown fox jumps over the lazy dog.", 9, 11)]
    [InlineData("internationalization of counterrevolutionaries", 6, 8)]
    [InlineData("1234567890", 4, 5)]
    [InlineData("for (var i = 0; i < 10; i++) { sum += i; }", 18, 26)]
    [InlineData("こんにちは世界", 5, 8)]
    [InlineData("Привет, как дела?", 5, 9)]
    [InlineData("\U0001F600", 1, 3)]
    [InlineData("a\\nb\\\"c\\u00e9", 4, 7)]
    public void Count_Text_IsInRange(string text, int least, int most) =>
        Assert.InRange(TextTokens.Count(Encoding.UTF8.GetBytes(text)), least, most);

    [Fact]
    public void Of_Request_AddsUpItsParts()
    {
        var request = new ChatRequest { Dialect = "messages" };
        var bare = TokenEstimate.Of(request);
        request.Turns.Add(new Turn(Role.User) { Parts = { new TextPart(JsonText.From("hello there")) } });
        var withText = TokenEstimate.Of(request);
        Assert.Equal(withText, TokenEstimate.Of(request, toolPrompt: 500));
        request.Tools.Add(new Tool(ToolKind.Function, JsonText.From("get_weather")) { Parameters = new RawJson("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}"u8.ToArray()) });
        var withTool = TokenEstimate.Of(request);
        Assert.Equal(withTool + 500, TokenEstimate.Of(request, toolPrompt: 500));
        request.Turns[0].Parts.Add(new ImagePart(new MediaSource { Base64 = JsonText.From("AAAA") }));

        Assert.Equal(3, bare);
        Assert.Equal(bare + 5, withText);
        Assert.InRange(withTool - withText, 20, 40);
        Assert.Equal(withTool + 1000, TokenEstimate.Of(request));
    }
}
