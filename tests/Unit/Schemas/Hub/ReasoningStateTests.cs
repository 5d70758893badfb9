using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class ReasoningStateTests
{
    private static readonly Origin Native = new("", "openai", "responses");

    [Theory]
    [InlineData('s', "my-anthropic_2.eu", "claude", "messages", "", "EqQBCg==")]
    [InlineData('r', "openai", "openai", "responses", "rs_1", "gAAA:with:colons")]
    [InlineData('s', "p", "gemini", "genai", "", "")]
    public void Open_OwnTag_GivesWhatWasWritten(char kind, string provider, string family, string dialect, string item, string data)
    {
        var origin = new Origin(provider, family, dialect);

        var state = ReasoningState.Open(Tagged((StateKind)kind, origin, item, data), StateKind.Signature, Native);

        Assert.Equal((StateKind)kind, state.Kind);
        Assert.Equal(origin, state.Origin);
        Assert.Equal(item, state.ItemId.ToString());
        Assert.Equal(data, state.Data.ToString());
    }

    [Theory]
    [InlineData("EqQBCg==")]
    [InlineData("")]
    [InlineData("bfl1:")]
    [InlineData("bfl1:s:claude:anthropic")]
    [InlineData("bfl1:s:claude:anthropic:messages:data")]
    [InlineData("bfl1:x:claude:anthropic:messages::data")]
    [InlineData("bfl1::claude:anthropic:messages::data")]
    [InlineData("bfl1:ss:claude:anthropic:messages::data")]
    [InlineData("bfl2:s:claude:anthropic:messages::data")]
    public void Open_NoTagOfOurs_IsNativeAndUntouched(string carried)
    {
        var state = ReasoningState.Open(JsonText.From(carried), StateKind.Redacted, Native);

        Assert.Equal(StateKind.Redacted, state.Kind);
        Assert.Equal(Native, state.Origin);
        Assert.Equal(carried, state.Data.ToString());
        Assert.True(state.ItemId.IsEmpty);
    }

    [Fact]
    public void WriteTag_ItemWithColon_LeavesTheDataWhole()
    {
        var state = ReasoningState.Open(Tagged(StateKind.Signature, new Origin("p", "f", "d"), "a:b", "data"), StateKind.Signature, Native);

        Assert.Equal("data", state.Data.ToString());
        Assert.True(state.ItemId.IsEmpty);
    }

    [Theory]
    [InlineData("claude", "anthropic", "messages", false, true)]
    [InlineData("claude", "bedrock", "messages", false, false)]
    [InlineData("claude", "bedrock", "converse", true, true)]
    [InlineData("openai", "anthropic", "messages", true, false)]
    public void IsFor_OnlyTheIssuerOrItsFamilyWherePortable(string family, string provider, string dialect, bool isPortable, bool expected)
    {
        var state = new ReasoningState(StateKind.Signature, JsonText.From("x"), new Origin("anthropic", "claude", "messages"));
        var target = new TargetModel(provider, "model", family) { StateIsPortable = isPortable };

        Assert.Equal(expected, state.IsFor(target, dialect));
    }

    private static JsonText Tagged(StateKind kind, Origin origin, string item, string data)
    {
        var output = new ArrayBufferWriter<byte>();
        ReasoningState.WriteTag(kind, origin, Encoding.UTF8.GetBytes(item), output);
        output.Write(Encoding.UTF8.GetBytes(data));
        return new JsonText(output.WrittenMemory);
    }
}
