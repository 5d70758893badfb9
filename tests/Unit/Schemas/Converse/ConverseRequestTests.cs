using BifrostLite.Schemas.Hub;
using static BifrostLite.Tests.Unit.Schemas.Converse.ConverseKit;

namespace BifrostLite.Tests.Unit.Schemas.Converse;

public class ConverseRequestTests
{
    /// <summary>A breakpoint on a tool that Converse has no place for still covers the tools before it, once.</summary>
    [Theory]
    [InlineData("1 s2", 1)]
    [InlineData("1 s s2 s2", 1)]
    [InlineData("12 s2", 1)]
    [InlineData("1 s 12", 1)]
    [InlineData("s2 1", 0)]
    [InlineData("s2", 0)]
    public void Write_BreakpointOfAToolThatIsLeftOut_MovesToTheOneBefore(string tools, int points)
    {
        var request = Read("""{"messages":[{"role":"user","content":[{"text":"a"}]}]}""");
        foreach (var word in tools.Split(' '))
        {
            request.Tools.Add(new Tool(word[0] == 's' ? ToolKind.Server : ToolKind.Function, Text(word[0] == 's' ? "web_search" : "f"))
            {
                Parameters = RawJson.EmptyObject,
                Cache = word.Contains('2', StringComparison.Ordinal) ? new CacheControl(null) : null,
            });
        }

        Assert.Equal(points, Write(request).Split("cachePoint").Length - 1);
    }

    [Fact]
    public void Write_WhatWasRead_IsTheSameAgain()
    {
        var body = Flat("""
        {"messages":[{"role":"user","content":[{"text":"look"},{"image":{"format":"png","source":{"bytes":"iVBORw=="}}},
        {"document":{"format":"pdf","name":"Report 1","source":{"bytes":"JVBERg=="},"citations":{"enabled":true}}},{"cachePoint":{"type":"default","ttl":"1h"}}]},
        {"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"hm","signature":"c2ln"}}},{"toolUse":{"toolUseId":"t1","name":"f","input":{"b":1,"a":"\u00fc"}}}]},
        {"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"text":"no"},{"image":{"format":"jpeg","source":{"bytes":"/9j/"}}}],"status":"error"}}]}],
        "system":[{"text":"brief"},{"cachePoint":{"type":"default"}}],
        "inferenceConfig":{"maxTokens":4096,"topP":0.96,"stopSequences":["END"]},
        "toolConfig":{"tools":[{"toolSpec":{"name":"f","description":"d","inputSchema":{"json":{"type":"object","required":["b"],"additionalProperties":false}},"strict":true}},{"cachePoint":{"type":"default"}}],"toolChoice":{"auto":{}}},
        "outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\",\"additionalProperties\":false}","name":"n"}}}},
        "guardrailConfig":{"guardrailIdentifier":"g"},
        "additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000},"anthropic_beta":["x"]},
        "serviceTier":{"type":"flex"},"requestMetadata":{"team":"a b"}}
        """);

        Assert.Equal(body, Write(Read(body)));
    }

    /// <summary>Bedrock answers 400 to schemas beyond its subset, and to strict tools of models without structured output.</summary>
    [Theory]
    [InlineData(true, "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}", "\"strict\":true", "")]
    [InlineData(true, "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":1}}}", "", "tools[0].strict response_format.schema.properties.n.minimum")]
    [InlineData(false, "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}", "", "tools[0].strict response_format")]
    public void Write_SchemaBeyondTheSubset_IsCutDown(bool takesSchema, string schema, string expected, string lost)
    {
        var request = Read("""{"messages":[{"role":"user","content":[{"text":"a"}]}]}""");
        var raw = new RawJson(System.Text.Encoding.UTF8.GetBytes(schema));
        request.Tools.Add(new Tool(ToolKind.Function, Text("f")) { Parameters = raw, Strict = true, Path = "tools[0]" });
        request.Format = new ResponseFormat(FormatKind.JsonSchema) { Schema = raw };
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var losses = new Losses();

        Dialect.WriteRequest(request, Claude with { TakesSchemaFormat = takesSchema }, output, losses);

        var body = System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Contains(expected, body, StringComparison.Ordinal);
        Assert.Equal(takesSchema, body.Contains("additionalProperties\\\":false", StringComparison.Ordinal));
        Assert.Equal(lost, string.Join(' ', losses.Kept.Select(static l => l.Path)));
    }

    /// <summary>AWS takes null for left out, and unions come with their unused members so.</summary>
    [Fact]
    public void Read_Nulls_AreNothing()
    {
        var request = Read("""
            {"messages":[{"role":"user","content":[{"text":"a","image":null}]}],"inferenceConfig":{"maxTokens":null,"temperature":null,"topP":0.5,"stopSequences":null},
             "toolConfig":{"tools":[{"toolSpec":{"name":"f","description":null,"inputSchema":{"json":{}}},"cachePoint":null},{"toolSpec":null,"systemTool":null,"cachePoint":{"type":"default"}}],"toolChoice":{"tool":null,"any":{},"auto":null}}}
            """);

        Assert.Equal((null, null, 0.5), (request.Sampling.MaxTokens, request.Sampling.Temperature, request.Sampling.TopP));
        Assert.Equal((1, true, ToolChoiceMode.Required), (request.Tools.Count, request.Tools[0].Cache is not null, request.ToolChoice!.Mode));
    }

    [Theory]
    [InlineData("5", "")]
    [InlineData("{\"messages\":5}", "messages")]
    [InlineData("{}", "messages")]
    [InlineData("{\"messages\":[1]}", "messages[0]")]
    [InlineData("{\"messages\":[{\"role\":\"tool\",\"content\":[]}]}", "messages[0].role")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}", "messages[0].content")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":1}]}]}", "messages[0].content[0].text")]
    [InlineData("{\"messages\":[],\"inferenceConfig\":{\"maxTokens\":\"x\"}}", "inferenceConfig.maxTokens")]
    [InlineData("{\"messages\":[],\"toolConfig\":{\"tools\":[{\"toolSpec\":{}}]}}", "toolConfig.tools[0].toolSpec.name")]
    public void Read_WrongShape_NamesTheField(string body, string field) => Assert.Equal(field, Refuse(body).Param ?? "");

    [Fact]
    public void Read_CachePoint_MarksThePartBeforeIt()
    {
        var request = Read("""{"messages":[{"role":"user","content":[{"text":"a"},{"cachePoint":{"type":"default"}},{"text":"b"}]}]}""");
        Assert.NotNull(request.Turns[0].Parts[0].Cache);
        Assert.Null(request.Turns[0].Parts[1].Cache);
    }

    [Fact]
    public void Write_ToolHistoryWithoutTools_DeclaresThem()
    {
        var request = Conversation();
        request.Turns.Add(new Turn(Role.Assistant) { Parts = { new ToolCallPart(Text("t1"), Text("f")) } });
        request.Turns.Add(new Turn(Role.User) { Parts = { new ToolResultPart(Text("t1")) } });

        var body = Write(request);
        Assert.Contains("""{"toolUse":{"toolUseId":"t1","name":"f","input":{}}}""", body, StringComparison.Ordinal);
        Assert.Contains("""{"toolResult":{"toolUseId":"t1","content":[{"text":"(no output)"}]}}""", body, StringComparison.Ordinal);
        Assert.Contains("""{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}""", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ThinkingWithForcedTool_DropsTheForceAndTheTemperature()
    {
        var request = Conversation();
        request.Tools.Add(new Tool(ToolKind.Function, Text("f")));
        request.ToolChoice = new ToolChoice(ToolChoiceMode.Required);
        request.Reasoning = new ReasoningAsk { Effort = "medium" };
        request.Sampling = new Sampling { MaxTokens = 5120, Temperature = 0.2, TopK = 5 };
        var losses = new Losses();

        var body = Write(request, losses: losses);

        Assert.Contains("""
        "inferenceConfig":{"maxTokens":5120}
        """.Trim(), body, StringComparison.Ordinal);
        Assert.Contains("""{"thinking":{"type":"enabled","budget_tokens":3072}}""", body, StringComparison.Ordinal);
        Assert.DoesNotContain("toolChoice", body, StringComparison.Ordinal);
        Assert.Equal(["temperature", "top_k", "tool_choice"], losses.Kept.Select(static l => l.Path));
    }

    [Fact]
    public void Write_AdaptiveClaude_GetsEffortBesideThinking()
    {
        var request = Conversation();
        request.Reasoning = new ReasoningAsk { Effort = "minimal" };
        Assert.EndsWith(
            "\"additionalModelRequestFields\":{\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"low\"}}}",
            Write(request, Claude with { Reasoning = ReasoningStyle.Adaptive }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SmallLimitWithThinking_RaisesTheLimit()
    {
        var request = Conversation();
        request.Reasoning = new ReasoningAsk { Budget = 500 };
        request.Sampling = new Sampling { MaxTokens = 200 };
        var body = Write(request);
        Assert.Contains("\"maxTokens\":1224", body, StringComparison.Ordinal);
        Assert.Contains("\"budget_tokens\":1024", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ForeignReasoning_IsDroppedAndRecorded()
    {
        var request = Conversation();
        var state = new ReasoningState(StateKind.Signature, Text("x"), new Origin("openai", "openai", "responses"));
        request.Turns.Add(new Turn(Role.Assistant) { Parts = { new ReasoningPart(Text("t")) { State = state, Path = "r" }, new TextPart(Text("ok")) } });
        var losses = new Losses();

        Assert.DoesNotContain("reasoningContent", Write(request, losses: losses), StringComparison.Ordinal);
        Assert.Contains(losses.Kept, static l => l is { Path: "r", Reason: LossReason.OtherIssuer });
    }

    [Fact]
    public void Write_Documents_GetLegalUniqueNames()
    {
        var request = Conversation();
        var pdf = new MediaSource { Base64 = Text("JVBERg=="), MediaType = "application/pdf" };
        request.Turns[0].Parts.Add(new DocumentPart(pdf) { Name = Text("Q3_Report.pdf") });
        request.Turns[0].Parts.Add(new DocumentPart(pdf) { Name = Text("Q3 Report pdf") });
        request.Turns[0].Parts.Add(new DocumentPart(new MediaSource { Text = Text("h\u00e9") }));

        var body = Write(request);

        Assert.Contains("\"name\":\"Q3 Report pdf\"", body, StringComparison.Ordinal);
        Assert.Contains("\"name\":\"Q3 Report pdf (2)\"", body, StringComparison.Ordinal);
        Assert.Contains("{\"format\":\"txt\",\"name\":\"document\",\"source\":{\"bytes\":\"aMOp\"}}", body, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ImageUrl_IsALoss()
    {
        var request = Conversation();
        request.Turns[0].Parts.Add(new ImagePart(new MediaSource { Url = Text("https://a.example/x.png") }) { Path = "img" });
        var losses = new Losses();
        Assert.DoesNotContain("image", Write(request, losses: losses), StringComparison.Ordinal);
        Assert.Equal("img", losses.Kept[0].Path);
    }

    [Fact]
    public void Write_OtherModel_GetsReasoningEffort()
    {
        var request = Conversation();
        request.Reasoning = new ReasoningAsk { Effort = "high" };
        request.Sampling = new Sampling { TopK = 3 };
        Assert.EndsWith(
            "\"additionalModelRequestFields\":{\"reasoning_effort\":\"high\",\"top_k\":3}}",
            Write(request, new TargetModel("bedrock", "openai.gpt-oss", "gpt-oss")),
            StringComparison.Ordinal);
    }

    private static ChatRequest Conversation() => new()
    {
        Dialect = "chat",
        Turns = { new Turn(Role.User) { Parts = { new TextPart(Text("hi")) } } },
    };

    /// <summary>An image by URL cannot be sent; the breakpoint on it was meant for the text before it as well.</summary>
    [Fact]
    public void Write_BreakpointOnAPartThatIsLeftOut_StandsBehindThePartBefore()
    {
        var request = new ChatRequest { Dialect = "messages" };
        request.Turns.Add(new Turn(Role.User)
        {
            Parts =
            {
                new TextPart(JsonText.From("look")),
                new ImagePart(new MediaSource { Url = JsonText.From("https://x.example/a.png") }) { Cache = new CacheControl(null), Path = "p" },
            },
        });

        Assert.Contains("""{"text":"look"},{"cachePoint":{"type":"default"}}]""", Write(request), StringComparison.Ordinal);
    }
}
