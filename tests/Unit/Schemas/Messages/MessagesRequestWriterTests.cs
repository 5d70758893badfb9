using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Messages;

public class MessagesRequestWriterTests
{
    private static RawJson Json(string json) => new(System.Text.Encoding.UTF8.GetBytes(json));

    private static Tool Function(string name, string schema = """{"type":"object","properties":{}}""") =>
        new(ToolKind.Function, Wire.Text(name)) { Parameters = Json(schema), Path = "tools[0]" };

    [Fact]
    public void WriteRequest_Conversation_IsWrittenInOneOrder()
    {
        var request = Wire.Ask();
        request.Stream = true;
        request.System.Add(new TextPart(Wire.Text("be brief")) { Cache = new CacheControl(null) });
        request.Tools.Add(Function("f") with { Description = Wire.Text("d") });
        request.Turns.Add(Wire.Assistant(
            new ToolCallPart(Wire.Text("a"), Wire.Text("f")) { Arguments = Wire.Text("{\\\"x\\\":1}") },
            new ToolCallPart(Wire.Text("b"), Wire.Text("f")) { Arguments = Wire.Text("") }));
        request.Turns.Add(new Turn(Role.User) { Parts = { new ToolResultPart(Wire.Text("b")) { Content = { new TextPart(Wire.Text("B")) }, IsError = true } } });
        request.Turns.Add(new Turn(Role.User) { Parts = { new ToolResultPart(Wire.Text("a")) { Content = { new TextPart(Wire.Text("A")) { Cache = new CacheControl("1h") } } } } });
        request.User = Wire.Text("u");

        var (body, losses) = Wire.Write(request);

        Assert.Equal(
            """{"model":"claude-x","max_tokens":4096,"stream":true,"tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{}}}]"""
            + ""","system":[{"type":"text","text":"be brief","cache_control":{"type":"ephemeral"}}]"""
            + ""","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]},"""
            + """{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":{"x":1}},{"type":"tool_use","id":"b","name":"f","input":{}}]},"""
            + """{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"A"}],"cache_control":{"type":"ephemeral","ttl":"1h"}},"""
            + """{"type":"tool_result","tool_use_id":"b","content":[{"type":"text","text":"B"}],"is_error":true}]}],"metadata":{"user_id":"u"}}""",
            body);
        Assert.Equal("", losses);
    }

    [Theory]
    [InlineData(null, "medium", 4096, "\"max_tokens\":4096", "{\"type\":\"enabled\",\"budget_tokens\":2560}", "")]
    [InlineData(50, "minimal", 4096, "\"max_tokens\":1074", "{\"type\":\"enabled\",\"budget_tokens\":1024}", "max_tokens:clamped")]
    [InlineData(null, "high", 64000, "\"max_tokens\":64000", "{\"type\":\"enabled\",\"budget_tokens\":32000}", "")]
    public void WriteRequest_Effort_BecomesABudgetBelowTheLimit(int? asked, string effort, long most, string limit, string thinking, string lost)
    {
        var request = Wire.Ask();
        request.Sampling = new Sampling { MaxTokens = asked };
        request.Reasoning = new ReasoningAsk { Effort = effort };

        var (body, losses) = Wire.Write(request, Wire.Claude with { MaxOutputTokens = most });

        Assert.Contains(limit, body, StringComparison.Ordinal);
        Assert.Contains($"\"thinking\":{thinking}", body, StringComparison.Ordinal);
        Assert.Equal(lost, losses);
    }

    [Theory]
    [InlineData(10, 1024)]
    [InlineData(3000, 3000)]
    [InlineData(9000, 3999)]
    public void WriteRequest_Budget_IsClamped(long asked, long written)
    {
        var request = Wire.Ask();
        request.Sampling = new Sampling { MaxTokens = 4000 };
        request.Reasoning = new ReasoningAsk { Budget = asked };

        var (body, losses) = Wire.Write(request);

        Assert.Contains($"\"budget_tokens\":{written}}}", body, StringComparison.Ordinal);
        Assert.Equal(asked == written ? "" : "reasoning:clamped", losses);
    }

    [Theory]
    [InlineData("low", null, "\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"low\"}")]
    [InlineData(null, 4000L, "\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"high\"}")]
    [InlineData("none", null, "\"thinking\":{\"type\":\"disabled\"}}")]
    public void WriteRequest_AdaptiveModel_IsAskedByEffort(string? effort, long? budget, string expected)
    {
        var request = Wire.Ask();
        request.Reasoning = new ReasoningAsk { Effort = effort, Budget = budget };

        Assert.Contains(expected, Wire.Write(request, Wire.Claude with { Reasoning = ReasoningStyle.Adaptive }).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteRequest_WishForSummariesAlone_AsksOnlyWhereThinkingIsTheModelsOwn()
    {
        var request = Wire.Ask();
        request.Reasoning = new ReasoningAsk { Summary = "auto" };

        Assert.DoesNotContain("thinking", Wire.Write(request).Body, StringComparison.Ordinal);
        Assert.Contains(
            """thinking":{"type":"adaptive","display":"summarized"}""",
            Wire.Write(request, Wire.Claude with { Reasoning = ReasoningStyle.Adaptive }).Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public void WriteRequest_BreakpointOnBlankText_MovesToWhatStandsBefore()
    {
        var (body, _) = Wire.Write(Wire.Ask(new TextPart(Wire.Text("a")), new TextPart(Wire.Text("\\n")) { Cache = new CacheControl(null) }));

        Assert.Contains("""content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]""", body, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteRequest_ModelThatAlwaysThinks_IsAskedForLittle()
    {
        var request = Wire.Ask();
        request.Reasoning = new ReasoningAsk { Off = true };

        var (body, losses) = Wire.Write(request, Wire.Claude with { Reasoning = ReasoningStyle.Adaptive, ThinkingOff = "" });

        Assert.DoesNotContain("thinking", body, StringComparison.Ordinal);
        Assert.Contains("\"output_config\":{\"effort\":\"low\"}", body, StringComparison.Ordinal);
        Assert.Equal("reasoning:clamped", losses);
    }

    [Fact]
    public void WriteRequest_Thinking_ForbidsForcedToolsAndSampling()
    {
        var request = Wire.Ask();
        request.Tools.Add(Function("f"));
        request.ToolChoice = new ToolChoice(ToolChoiceMode.Named) { Name = Wire.Text("f") };
        request.ParallelToolCalls = false;
        request.Sampling = new Sampling { Temperature = 0.2, TopP = 0.5, TopK = 4 };
        request.Reasoning = new ReasoningAsk { Effort = "low" };

        var (body, losses) = Wire.Write(request);

        Assert.Contains("\"tool_choice\":{\"type\":\"auto\",\"disable_parallel_tool_use\":true}", body, StringComparison.Ordinal);
        Assert.DoesNotContain("temperature", body, StringComparison.Ordinal);
        Assert.DoesNotContain("top_", body, StringComparison.Ordinal);
        Assert.Equal("tool_choice:conflict temperature:conflict top_p:conflict top_k:conflict", losses);
    }

    [Fact]
    public void WriteRequest_ToolLoopWithoutItsThinking_IsNotAskedToThink()
    {
        var request = Wire.Ask();
        request.Reasoning = new ReasoningAsk { Effort = "high" };
        request.Turns.Add(Wire.Assistant(new ToolCallPart(Wire.Text("a"), Wire.Text("f"))));
        request.Turns.Add(new Turn(Role.User) { Parts = { new ToolResultPart(Wire.Text("a")) { Content = { new TextPart(Wire.Text("x")) } } } });

        var (body, losses) = Wire.Write(request);

        Assert.DoesNotContain("\"thinking\"", body, StringComparison.Ordinal);
        Assert.Equal("reasoning:conflict", losses);
    }

    [Fact]
    public void WriteRequest_VersionOfOctober2026_SendsNoSampling()
    {
        var request = Wire.Ask();
        request.Sampling = new Sampling { Temperature = 1, TopP = 1, TopK = 1, Stop = [Wire.Text("END"), Wire.Text("\\n")] };

        var (body, losses) = Wire.Write(request, Wire.Claude with { Version = "2026-10-21" });

        Assert.EndsWith(",\"stop_sequences\":[\"END\"]}", body, StringComparison.Ordinal);
        Assert.DoesNotContain("temperature", body, StringComparison.Ordinal);
        Assert.Equal("temperature:unsupported top_p:unsupported top_k:unsupported stop:unsupported", losses);
    }

    [Fact]
    public void WriteRequest_Temperature_IsClampedAndMayStandAlone()
    {
        var request = Wire.Ask();
        request.Sampling = new Sampling { Temperature = 1.7, TopP = 0.5 };

        Assert.Contains("\"temperature\":1,\"top_p\":0.5", Wire.Write(request).Body, StringComparison.Ordinal);
        var (body, losses) = Wire.Write(request, Wire.Claude with { TakesTemperatureWithTopP = false });
        Assert.EndsWith("\"temperature\":1}", body, StringComparison.Ordinal);
        Assert.Equal("temperature:clamped top_p:conflict", losses);
    }

    [Fact]
    public void WriteRequest_Schema_LosesWhatStructuredOutputRefuses()
    {
        var request = Wire.Ask();
        request.Format = new ResponseFormat(FormatKind.JsonSchema)
        {
            Schema = Json("""{"$schema":"s","type":"object","properties":{"minimum":{"type":"integer","minimum":1,"enum":[1,2]},"l":{"type":"array","minItems":2,"items":{"type":"object","properties":{}}}},"required":["l"]}"""),
        };

        var (body, losses) = Wire.Write(request);

        Assert.EndsWith(
            """output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"minimum":{"type":"integer","enum":[1,2]},"l":{"type":"array","items":{"type":"object","properties":{},"additionalProperties":false}}},"required":["l"],"additionalProperties":false}}}}""",
            body,
            StringComparison.Ordinal);
        Assert.Equal("response_format.schema.properties.minimum.minimum:unsupported response_format.schema.properties.l.minItems:unsupported", losses);
    }

    [Fact]
    public void WriteRequest_Reasoning_GoesOnlyToItsIssuer()
    {
        ReasoningPart Thought(string text, string family, StateKind kind = StateKind.Signature) =>
            new(Wire.Text(text)) { State = new ReasoningState(kind, Wire.Text("DATA"), new Origin("", family, "converse")), Path = $"p.{text}" };
        var request = Wire.Ask();
        request.Turns.Add(Wire.Assistant(Thought("", "claude"), Thought("x", "claude", StateKind.Redacted), Thought("mine", "openai"), new ReasoningPart(Wire.Text("bare")) { Path = "p.bare" }, new TextPart(Wire.Text("so"))));
        request.Turns.Add(new Turn(Role.User) { Parts = { new TextPart(Wire.Text("go on")) } });

        var (body, losses) = Wire.Write(request);

        Assert.Contains(
            """{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"DATA"},{"type":"redacted_thinking","data":"DATA"},{"type":"text","text":"so"}]}""",
            body,
            StringComparison.Ordinal);
        Assert.Equal("p.mine:other_issuer p.bare:other_issuer", losses);
    }

    [Fact]
    public void WriteRequest_Media_TakesEverySource()
    {
        var (body, losses) = Wire.Write(Wire.Ask(
            new ImagePart(new MediaSource { Base64 = Wire.Text("QQ=="), MediaType = "image/jpg" }),
            new ImagePart(new MediaSource { Url = Wire.Text("https://e.org/i") }) { Detail = "high", Path = "i" },
            new DocumentPart(new MediaSource { Base64 = Wire.Text("YSJi"), MediaType = "text/csv" }) { Name = Wire.Text("n") },
            new DocumentPart(new MediaSource { Base64 = Wire.Text("QQ=="), MediaType = "application/pdf" }) { Citations = true },
            new AudioPart(new MediaSource { Base64 = Wire.Text("QQ==") }) { Path = "a" }));

        Assert.Contains(
            """content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"QQ=="}},{"type":"image","source":{"type":"url","url":"https://e.org/i"}},"""
            + """{"type":"document","source":{"type":"text","media_type":"text/plain","data":"a\"b"},"title":"n"},"""
            + """{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"QQ=="},"citations":{"enabled":true}}]""",
            body,
            StringComparison.Ordinal);
        Assert.Equal("a:unsupported i.detail:unsupported", losses);
    }

    [Fact]
    public void WriteRequest_Breakpoints_AreAtMostFour()
    {
        var parts = Enumerable.Range(0, 6).Select(static i => (Part)new TextPart(Wire.Text($"t{i}")) { Cache = new CacheControl(null) }).ToArray();

        var (body, losses) = Wire.Write(Wire.Ask(parts));

        Assert.Equal(4, body.Split("cache_control").Length - 1);
        Assert.Contains("\"t1\"},{\"type\":\"text\",\"text\":\"t2\",\"cache_control\"", body, StringComparison.Ordinal);
        Assert.Equal("cache_control:clamped cache_control:clamped", losses);
    }

    [Fact]
    public void WriteRequest_SystemInTheMiddle_StaysWhereTheModelTakesIt()
    {
        var request = Wire.Ask();
        request.Turns.Add(new Turn(Role.System) { Parts = { new TextPart(Wire.Text("be kind")) { Path = "messages[1]" } } });

        Assert.Contains("""{"role":"system","content":[{"type":"text","text":"be kind"}]}""", Wire.Write(request, Wire.Claude with { TakesMidSystem = true }).Body, StringComparison.Ordinal);
        var (body, losses) = Wire.Write(request);
        Assert.Contains("""system":[{"type":"text","text":"be kind"}],"messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]""", body, StringComparison.Ordinal);
        Assert.Equal("messages[1]:moved", losses);
    }

    [Fact]
    public void WriteRequest_ServerToolsOfOthers_GetTheirNamesHere()
    {
        var request = Wire.Ask();
        request.Tools.Add(new Tool(ToolKind.Server, Wire.Text("web_search")) { Options = new ServerToolOptions { MaxUses = 2, AllowedDomains = [Wire.Text("e.org")] } });
        request.Tools.Add(new Tool(ToolKind.Server, Wire.Text("mcp")) { Options = new ServerToolOptions { ServerLabel = Wire.Text("s"), ServerUrl = Wire.Text("https://s"), AllowedTools = [Wire.Text("a")] } });
        request.Tools.Add(new Tool(ToolKind.Server, Wire.Text("image_generation")) { Path = "tools[2]" });

        var (body, losses) = Wire.Write(request);

        Assert.Contains(
            """tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2,"allowed_domains":["e.org"]},{"type":"mcp_toolset","mcp_server_name":"s","default_config":{"enabled":false},"configs":{"a":{"enabled":true}}}],"mcp_servers":[{"type":"url","url":"https://s","name":"s"}]""",
            body,
            StringComparison.Ordinal);
        Assert.Equal("tools[2]:unsupported", losses);
    }

    [Fact]
    public void WriteRequest_ToolsAndChoice_AreMadeLegal()
    {
        var request = Wire.Ask();
        request.Tools.Add(Function("f", "{}"));
        request.Tools.Add(Function("g", """{"properties":{"a":{"type":"string"}}}""") with { Strict = true, Path = "tools[1]" });
        request.Tools.Add(Function("h", """{"type":"object","properties":{},"additionalProperties":false}""") with { Strict = true });
        request.ToolChoice = new ToolChoice(ToolChoiceMode.Required);

        var (body, losses) = Wire.Write(request);

        Assert.Contains(
            """tools":[{"name":"f","input_schema":{"type":"object","properties":{}}},{"name":"g","input_schema":{"type":"object","properties":{"a":{"type":"string"}}}},{"name":"h","input_schema":{"type":"object","properties":{},"additionalProperties":false},"strict":true}],"tool_choice":{"type":"any"}""",
            body,
            StringComparison.Ordinal);
        Assert.Equal("tools[1].strict:unsupported", losses);
    }

    [Fact]
    public void WriteRequest_WhatHasNoPlace_IsRecorded()
    {
        var request = Wire.Ask();
        request.Sampling = new Sampling { Seed = 1, Choices = 2, FrequencyPenalty = 0.5, PresencePenalty = 0, Logprobs = true };
        request.Format = new ResponseFormat(FormatKind.JsonObject);
        request.ServiceTier = "flex";
        request.Extra.Add(new ExtraMember("logit_bias", Json("{}")));
        request.Extra.Add(new ExtraMember("context_management", Json("""{"edits":[]}""")));

        var (body, losses) = Wire.Write(request);

        Assert.EndsWith(",\"context_management\":{\"edits\":[]}}", body, StringComparison.Ordinal);
        Assert.Equal("response_format:unsupported service_tier:unsupported logit_bias:unknown frequency_penalty:unsupported seed:unsupported logprobs:unsupported n:unsupported", losses);
    }
}
