using System.Text;
using BifrostLite.Providers.Demo;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Providers.Demo;

public sealed class DemoScriptTests
{
    [Theory]
    [InlineData("echo", "echo", 0, null)]
    [InlineData("story", "story", 20, null)]
    [InlineData("story-50ms", "story", 50, null)]
    [InlineData("story@20", "story", 50, null)]
    [InlineData("story-5ms-300t", "story", 5, 300)]
    [InlineData("error-midstream", "error-midstream", 0, null)]
    [InlineData("claude-sonnet-4-5", "stand-in", 0, null)]
    [InlineData("story@x", "stand-in", 0, null)]
    public void Parse_Name_IsKindPaceAndLength(string name, string kind, int milliseconds, int? length)
    {
        var model = DemoModel.Parse(name);

        Assert.Equal((kind, (double)milliseconds, length), (model.Kind, model.Pace.TotalMilliseconds, model.Length));
    }

    [Fact]
    public void Parse_SlowHeaders_WaitsAsLongAsItSays()
    {
        Assert.Equal(TimeSpan.FromSeconds(3), DemoModel.Parse("slow-headers-3s").HeaderDelay);
        Assert.Equal(TimeSpan.FromSeconds(5), DemoModel.Parse("slow-headers").HeaderDelay);
    }

    [Theory]
    [InlineData("error-429", 429, nameof(ErrorKind.RateLimit))]
    [InlineData("error-418", 418, nameof(ErrorKind.InvalidRequest))]
    [InlineData("error-529", 529, nameof(ErrorKind.Overloaded))]
    public void Refusal_ErrorModel_HasItsStatus(string name, int status, string kind)
    {
        var error = DemoScript.Refusal(DemoModel.Parse(name))!;

        Assert.Equal((status, kind), (error.Status, error.Kind.ToString()));
        Assert.Null(DemoScript.Refusal(DemoModel.Parse("echo")));
    }

    [Fact]
    public void Play_Echo_RepeatsTheLastUserText()
    {
        var chat = DemoKit.Chat("first");
        chat.Turns.Add(new Turn(Role.Assistant) { Parts = { new TextPart(JsonText.From("no")) } });
        chat.Turns.Add(new Turn(Role.User) { Parts = { new TextPart(JsonText.From("  two\n \"words\" 🦊")) } });

        var answer = DemoKit.Answer(chat);

        Assert.Equal("  two\n \"words\" 🦊", Assert.Single(answer.Blocks).Text.Decode());
        Assert.Equal(StopKind.Stop, answer.Stops[0].Kind);
        Assert.Equal((TokenEstimate.Of(chat), 3), ((int)answer.Usage.Input!, (int)answer.Usage.Output!));
    }

    [Fact]
    public void Play_MaxTokens_StopsAtTheLimit()
    {
        var answer = DemoKit.Answer(DemoKit.Chat("a", "story", maxTokens: 7));

        Assert.Equal(StopKind.Length, answer.Stops[0].Kind);
        Assert.Equal(7, answer.Usage.Output);
        Assert.Equal(7, answer.Blocks[0].Text.Decode().Split(' ').Length);
    }

    [Fact]
    public void Play_Story_HangsOnTheTextOnly()
    {
        Assert.Equal(Text(DemoKit.Answer(DemoKit.Chat("a", "story-0ms"))), Text(DemoKit.Answer(DemoKit.Chat("a", "story"))));
        Assert.NotEqual(Text(DemoKit.Answer(DemoKit.Chat("a", "story"))), Text(DemoKit.Answer(DemoKit.Chat("b", "story"))));
    }

    [Fact]
    public void Play_Thinking_ReasonsWithASignatureFirst()
    {
        var answer = DemoKit.Answer(DemoKit.Chat("hi", "thinking"));

        Assert.Equal([BlockKind.Reasoning, BlockKind.Text], answer.Blocks.Select(block => block.Kind));
        Assert.False(answer.Blocks[0].Signature.IsEmpty);
        Assert.True(answer.Usage.Reasoning > 0);
    }

    [Fact]
    public void Play_Tools_CallsWithWhatTheSchemaDemands()
    {
        var answer = DemoKit.Answer(WithTools("What is the weather?"));

        var call = Assert.Single(answer.Blocks);
        Assert.Equal((BlockKind.Tool, "get_weather"), (call.Kind, call.Name.Decode()));
        Assert.Equal("{\"city\":\"demo\",\"unit\":\"celsius\"}", call.Text.Decode());
        Assert.Equal(StopKind.ToolCalls, answer.Stops[0].Kind);
    }

    [Fact]
    public void Play_ToolNamedInTheText_IsCalledWithTheObjectAfterIt()
    {
        var call = Assert.Single(DemoKit.Answer(WithTools("Please use search {\"query\": \"fjords\"} for me")).Blocks);

        Assert.Equal(("search", "{\"query\": \"fjords\"}"), (call.Name.Decode(), call.Text.Decode()));
    }

    [Fact]
    public void Play_ToolChoice_IsObeyed()
    {
        var chat = WithTools("hi");
        chat.ToolChoice = new ToolChoice(ToolChoiceMode.Named) { Name = JsonText.From("search") };
        Assert.Equal("search", DemoKit.Answer(chat).Blocks[0].Name.Decode());

        chat.ToolChoice = new ToolChoice(ToolChoiceMode.None);
        Assert.Equal(BlockKind.Text, DemoKit.Answer(chat).Blocks[0].Kind);
    }

    [Fact]
    public void Play_AfterToolResults_TellsThem()
    {
        var chat = WithTools("hi");
        var result = new ToolResultPart(JsonText.From("call_1"));
        result.Content.Add(new TextPart(JsonText.From("12 degrees")));
        chat.Turns.Add(new Turn(Role.Assistant) { Parts = { new ToolCallPart(JsonText.From("call_1"), JsonText.From("get_weather")) } });
        chat.Turns.Add(new Turn(Role.User) { Parts = { result } });

        Assert.Equal("The tool answered: 12 degrees", Text(DemoKit.Answer(chat)));
    }

    [Fact]
    public void Play_SchemaFormat_AnswersInTheSchema()
    {
        var chat = DemoKit.Chat("hi");
        chat.Format = new ResponseFormat(FormatKind.JsonSchema) { Schema = Raw("{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}},\"required\":[\"n\"]}") };

        Assert.Equal("{\"n\":1}", Text(DemoKit.Answer(chat)));
    }

    [Theory]
    [InlineData("error-midstream")]
    [InlineData("truncated")]
    [InlineData("cut")]
    public void Play_ModelThatBreaksOff_NeverFinishes(string model)
    {
        var answer = DemoKit.Answer(DemoKit.Chat("hi", model));

        Assert.NotNull(answer.Error);
        Assert.NotEmpty(answer.Blocks);
        Assert.Empty(answer.Stops);
    }

    [Theory]
    [InlineData("{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"enum\":[\"x\",\"y\"]}}}", "\"x\"")]
    [InlineData("{\"anyOf\":[{\"type\":\"boolean\"},{\"type\":\"null\"}]}", "true")]
    [InlineData("{\"type\":[\"number\",\"null\"],\"minimum\":3}", "3")]
    [InlineData("{\"type\":\"array\",\"minItems\":2,\"items\":{\"const\":0}}", "[0,0]")]
    [InlineData("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"string\"}}}", "{}")]
    [InlineData("null", "{}")]
    [InlineData("{", "{}")]
    public void Least_Schema_GivesASmallValueThatFits(string schema, string expected) => Assert.Equal(expected, DemoSchema.Least(Raw(schema)));

    [Fact]
    public void Least_SchemaOfItself_Ends()
    {
        var least = DemoSchema.Least(Raw("{\"type\":\"object\",\"properties\":{\"me\":{\"$ref\":\"#\"}},\"required\":[\"me\"]}"));

        Assert.StartsWith("{\"me\":{\"me\":", least, StringComparison.Ordinal);
    }

    private static ChatRequest WithTools(string text)
    {
        var chat = DemoKit.Chat(text, "tools");
        chat.Tools.Add(new Tool(ToolKind.Function, JsonText.From("get_weather"))
        {
            Parameters = Raw("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"},\"unit\":{\"enum\":[\"celsius\"]},\"day\":{\"type\":\"string\"}},\"required\":[\"city\",\"unit\"]}"),
        });
        chat.Tools.Add(new Tool(ToolKind.Function, JsonText.From("search")));
        return chat;
    }

    private static RawJson Raw(string json) => new(Encoding.UTF8.GetBytes(json));

    private static string Text(ChatAnswer answer) => answer.Blocks[^1].Text.Decode();
}
