using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Cursor;

public class CursorToolChoiceTests
{
    /// <summary>Hybrid bodies choose a tool in the words of any of three APIs.</summary>
    [Theory]
    [InlineData("""{"type":"function","name":"f"}""")]
    [InlineData("""{"type":"function","function":{"name":"f"}}""")]
    [InlineData("""{"type":"tool","name":"f"}""")]
    public void Read_ToolChoiceOfAnyApi_NamesTheTool(string choice)
    {
        var body = $$$"""{"model":"m","input":"hi","tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{{{choice}}}}""";

        Assert.Null(Dialects.Get("cursor").ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "", null), out var request));

        Assert.Equal((ToolChoiceMode.Named, "f"), (request.ToolChoice!.Mode, request.ToolChoice.Name.ToString()));
    }
}
