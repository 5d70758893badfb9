using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using static BifrostLite.Tests.Unit.Schemas.Hub.Conversations;

namespace BifrostLite.Tests.Unit.Schemas.Hub;

public class ToolWrappingTests
{
    private static readonly TargetModel Plain = new("p", "m", "f");
    private static readonly TargetModel NoFormat = Plain with { TakesSchemaFormat = false };

    private readonly Losses _losses = new();
    private readonly RecordingSink _sink = new();

    [Fact]
    public void For_PlainTools_IsTheRequestItself()
    {
        var request = Request(User(Text("a")), Assistant(Call("1", "look")), User(Result("1")));
        request.Tools.Add(Function("look"));

        var wrapping = ToolWrapping.For(request, Plain, _losses);

        Assert.Same(request, wrapping.Request);
        Assert.Same(_sink, wrapping.Unwrap(_sink));
        Assert.Equal(0, _losses.Count);
    }

    [Fact]
    public void For_CustomTool_BecomesAFunction()
    {
        var request = Request(User(Text("a")), Assistant(Call("1", "apply_patch", "*** \"x\"\n") with { IsCustom = true }), User(Result("1")));
        request.Tools.Add(new Tool(ToolKind.Custom, JsonText.From("apply_patch"))
        {
            Description = JsonText.From("Patches."),
            Format = Raw("""{"type":"grammar","syntax":"lark","definition":"start: \"x\"\n"}"""),
            Path = "tools[0]",
        });
        request.ToolChoice = new ToolChoice(ToolChoiceMode.Named) { Name = JsonText.From("apply_patch") };

        var wrapped = ToolWrapping.For(request, Plain, _losses).Request;

        var tool = wrapped.Tools[0];
        Assert.Equal(ToolKind.Function, tool.Kind);
        Assert.Equal(
            "Patches.\n\nPass the whole input as plain text in the argument \"input\"; it is not JSON. It must match this lark grammar:\nstart: \"x\"\n",
            tool.Description.Decode());
        Assert.StartsWith("{\"type\":\"object\",\"properties\":{\"input\":{\"type\":\"string\"", Encoding.UTF8.GetString(tool.Parameters.Span));
        var call = Assert.IsType<ToolCallPart>(wrapped.Turns[1].Parts[0]);
        Assert.False(call.IsCustom);
        Assert.Equal("{\"input\":\"*** \\\"x\\\"\\n\"}", call.Arguments.Decode());
        Assert.Equal([new Loss("tools[0]", LossReason.Moved)], _losses.Kept);
        Assert.Equal(ToolKind.Custom, request.Tools[0].Kind);
        Assert.True(((ToolCallPart)request.Turns[1].Parts[0]).IsCustom);
    }

    [Fact]
    public void For_CustomToolWhereTaken_StaysAsItIs()
    {
        var request = Request(User(Text("a")));
        request.Tools.Add(new Tool(ToolKind.Custom, JsonText.From("apply_patch")));

        Assert.Same(request, ToolWrapping.For(request, Plain with { TakesCustomTools = true }, _losses).Request);
    }

    [Fact]
    public void Unwrap_CustomTool_StreamsItsInput()
    {
        var request = Request(User(Text("a")));
        request.Tools.Add(new Tool(ToolKind.Custom, JsonText.From("apply_patch")));
        var sink = ToolWrapping.For(request, Plain, _losses).Unwrap(_sink);

        sink.Open(0, BlockKind.Tool, "1", "apply_patch");
        sink.Add(0, "{\\\"inp");
        sink.Add(0, "ut\\\":\\\"*** Be");
        sink.Add(0, "gin\\\\");
        sink.Add(0, "nPatch\\\"}");
        sink.Stop(0);
        sink.Open(1, BlockKind.Tool, "2", "apply_patch");
        sink.Add(1, "{\\\"input\\\":\\\"open\\\\");
        sink.Open(2, BlockKind.Tool, "3", "other");
        sink.Add(2, "{}");
        sink.Finish(StopKind.ToolCalls);

        Assert.Equal(
            """
            +0 CustomTool 1 apply_patch
            0 *** Be
            0 gin
            0 \nPatch
            -0
            +1 CustomTool 2 apply_patch
            1 open
            +2 Tool 3 other
            2 {}
            finish ToolCalls
            """,
            _sink.Trace);
    }

    [Fact]
    public void For_Namespaces_AreFlattenedAndRestored()
    {
        var request = Request(
            User(Text("a")), Assistant(Call("1", "send") with { Namespace = JsonText.From("agents") }), User(Result("1")));
        request.Tools.Add(Function("send", "agents"));
        request.Tools.Add(Function("send", "mail"));
        request.Tools.Add(Function("send"));
        request.Tools.Add(new Tool(ToolKind.Custom, JsonText.From("edit")) { Namespace = JsonText.From("agents"), Format = Raw("{\"type\":\"text\"}") });

        var wrapping = ToolWrapping.For(request, Plain, _losses);
        Assert.Equal(["agents__send", "mail__send", "send", "agents__edit"], wrapping.Request.Tools.Select(t => t.Name.ToString()));
        Assert.Equal("agents__send", ((ToolCallPart)wrapping.Request.Turns[1].Parts[0]).Name.ToString());

        var sink = wrapping.Unwrap(_sink);
        sink.Open(0, BlockKind.Tool, "1", "mail__send");
        sink.Open(1, BlockKind.Tool, "2", "send");
        sink.Open(2, BlockKind.Tool, "3", "agents__edit");
        Assert.Equal("+0 Tool 1 mail/send\n+1 Tool 2 send\n+2 CustomTool 3 agents/edit", _sink.Trace);
    }

    [Fact]
    public void For_NamesThatCollideOrDoNotFit_AreDistinctLegalAndStable()
    {
        var request = Request(User(Text("a")));
        request.Tools.Add(Function("x", "a_"));
        request.Tools.Add(Function("_x", "a"));
        request.Tools.Add(Function("a___x"));
        request.Tools.Add(Function("server.tool/1"));
        request.Tools.Add(Function("server_tool.1"));
        request.Tools.Add(Function(new string('n', 90)));
        request.Tools.Add(Function("wetter_für"));

        var first = ToolWrapping.For(request, Plain, _losses);
        var names = first.Request.Tools.Select(t => t.Name).ToArray();

        Assert.All(names, n => Assert.True(ToolNames.IsLegal(n), n.ToString()));
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal("a___x", names[2].ToString());
        Assert.Equal(names, ToolWrapping.For(request, Plain, _losses).Request.Tools.Select(t => t.Name));
        var sink = first.Unwrap(_sink);
        for (var i = 0; i < names.Length; i++)
        {
            sink.Open(i, BlockKind.Tool, "", names[i].ToString());
        }

        Assert.Equal(
            ["+0 Tool  a_/x", "+1 Tool  a/_x", "+2 Tool  a___x", "+3 Tool  server.tool/1", "+4 Tool  server_tool.1", $"+5 Tool  {new string('n', 90)}", "+6 Tool  wetter_für"],
            _sink.Lines);
    }

    [Fact]
    public void For_SchemaFormat_IsAForcedTool()
    {
        var request = Formatted("weather report");

        var wrapped = ToolWrapping.For(request, NoFormat, _losses).Request;

        Assert.Null(wrapped.Format);
        Assert.Matches("^weather_report_[0-9a-f]{8}$", wrapped.Tools[0].Name.ToString());
        Assert.Equal(wrapped.Tools[0].Name, wrapped.ToolChoice?.Name);
        Assert.Equal([new Loss("response_format", LossReason.Moved)], _losses.Kept);
        Assert.NotNull(request.Format);
        Assert.Empty(request.Tools);
        Assert.Same(request, ToolWrapping.For(request, Plain, _losses).Request);
    }

    [Fact]
    public void For_SchemaFormatBesideTools_LetsTheModelChoose()
    {
        var request = Formatted("");
        request.Tools.Add(Function("json_output"));

        var wrapped = ToolWrapping.For(request, NoFormat, _losses).Request;

        Assert.Equal(ToolChoiceMode.Required, wrapped.ToolChoice?.Mode);
        Assert.NotEqual(wrapped.Tools[0].Name, wrapped.Tools[1].Name);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void For_SchemaFormatWhereNoToolCanBeForced_AsksForIt(bool thinks, bool takesForced)
    {
        var request = Formatted("");
        request.Reasoning = thinks ? new ReasoningAsk { Budget = 2048 } : null;

        var wrapped = ToolWrapping.For(request, NoFormat with { TakesForcedTools = takesForced }, _losses).Request;

        Assert.Null(wrapped.ToolChoice);
        Assert.Contains("json_output", ((TextPart)wrapped.System[0]).Text.ToString(), StringComparison.Ordinal);
        Assert.Empty(request.System);
    }

    [Fact]
    public void For_SchemaFormatWithForcedTool_GivesWay()
    {
        var request = Formatted("");
        request.Tools.Add(Function("look"));
        request.ToolChoice = new ToolChoice(ToolChoiceMode.Required);

        var wrapped = ToolWrapping.For(request, NoFormat, _losses).Request;

        Assert.Null(wrapped.Format);
        Assert.Single(wrapped.Tools);
        Assert.Equal([new Loss("response_format", LossReason.Conflict)], _losses.Kept);
    }

    [Fact]
    public void Unwrap_StructuredAnswer_IsText()
    {
        var sink = ToolWrapping.For(Formatted(""), NoFormat, _losses).Unwrap(new StreamGuard(_sink, StreamRules.Sequential, _losses));

        sink.Start();
        sink.Open(0, BlockKind.Tool, "1", "json_output");
        sink.Add(0, "{\\\"a\\\":1}");
        sink.Stop(0);
        sink.Finish(StopKind.ToolCalls);
        sink.End();

        Assert.Equal("start m model in=\n+0 Text\n0 {\\\"a\\\":1}\n-0\nfinish Stop\nend", _sink.Trace);
    }

    [Fact]
    public void Unwrap_StructuredAnswerBesideACall_StaysToolCalls()
    {
        var request = Formatted("");
        request.Tools.Add(Function("look"));
        var sink = ToolWrapping.For(request, NoFormat, _losses).Unwrap(_sink);

        sink.Open(0, BlockKind.Tool, "1", "json_output");
        sink.Open(1, BlockKind.Tool, "2", "look");
        sink.Finish(StopKind.ToolCalls);

        Assert.Equal("finish ToolCalls", _sink.Lines[^1]);
    }

    private static Tool Function(string name, string space = "") =>
        new(ToolKind.Function, JsonText.From(name)) { Namespace = JsonText.From(space), Parameters = RawJson.EmptyObject };

    private static ChatRequest Formatted(string name)
    {
        var request = Request(User(Text("a")));
        request.Format = new ResponseFormat(FormatKind.JsonSchema) { Name = JsonText.From(name), Schema = Raw("{\"type\":\"object\"}") };
        return request;
    }

    private static RawJson Raw(string json) => new(Encoding.UTF8.GetBytes(json));
}
