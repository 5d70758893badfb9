using BifrostLite.Schemas.Hub;
using static BifrostLite.Tests.Unit.Schemas.GenerateContent.GenerateContentKit;

namespace BifrostLite.Tests.Unit.Schemas.GenerateContent;

public class GenerateContentRequestTests
{
    [Fact]
    public void Write_WhatWasRead_IsTheSameAgain()
    {
        const string Body = """{"contents":[{"role":"user","parts":[{"text":"hi"},{"inlineData":{"mimeType":"image/png","data":"iVBORw=="}},{"fileData":{"mimeType":"application/pdf","fileUri":"https://a.example/x.pdf"}}]},{"role":"model","parts":[{"text":"hm","thought":true,"thoughtSignature":"c2ln"},{"functionCall":{"id":"c1","name":"f","args":{"b":1,"a":"\u00fc"}},"thoughtSignature":"c2ln"}]},{"role":"user","parts":[{"functionResponse":{"id":"c1","name":"f","response":{"output":"21"}}}]}],"systemInstruction":{"parts":[{"text":"brief"}]},"tools":[{"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object"}}]}],"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}},"generationConfig":{"maxOutputTokens":100,"temperature":0.5,"topP":0.9,"topK":3,"seed":7,"stopSequences":["END"],"responseMimeType":"application/json","responseJsonSchema":{"type":"object"},"thinkingConfig":{"includeThoughts":true,"thinkingBudget":1024}}}""";
        Assert.Equal(Body, Write(Read(Body)));
    }

    /// <summary>Chat's way of asking for sound and images.</summary>
    [Theory]
    [InlineData("""{"modalities":["text","audio"],"audio":{"voice":"Kore","format":"pcm16"}}""", """{"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}}}""", "")]
    [InlineData("""{"modalities":["text","audio"],"audio":{"voice":"Kore","format":"mp3"}}""", """{"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}}}""", "audio.format")]
    [InlineData("""{"modalities":["image","text"]}""", """{"responseModalities":["TEXT","IMAGE"]}""", "")]
    [InlineData("""{"modalities":["text"]}""", "{}", "")]
    [InlineData("""{"audio":{"voice":"Kore","format":"mp3"}}""", "{}", "audio")]
    public void Write_Modalities_AreGeminis(string members, string config, string lost)
    {
        var body = """{"model":"m","messages":[{"role":"user","content":"hi"}],""" + members[1..];
        Assert.Null(new BifrostLite.Schemas.ChatCompletions.ChatCompletionsDialect().ReadRequest(new BifrostLite.Schemas.RequestSource(System.Text.Encoding.UTF8.GetBytes(body), "", null), out var request));
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var losses = new Losses();
        Dialect.WriteRequest(request, Flash, output, losses);
        Assert.Contains($"\"generationConfig\":{config}", System.Text.Encoding.UTF8.GetString(output.WrittenSpan), StringComparison.Ordinal);
        Assert.Equal(lost, string.Join(' ', losses.Kept.Select(static l => l.Path)));
    }

    [Fact]
    public void Read_SnakeCaseAndNoIds_PairsCallsByName()
    {
        var request = Read("""{"contents":{"parts":{"text":"hi"}},"system_instruction":{"parts":{"text":"s"}}}""");
        Assert.Equal(("hi", "s"), (Shown(request.Turns[0].Parts[0]), Shown(request.System[0])));

        request = Read("""{"contents":[{"role":"model","parts":[{"function_call":{"name":"f","args":{}}},{"function_call":{"name":"f","args":{}}}]},{"role":"function","parts":[{"function_response":{"name":"f","response":{"result":{"a":1}}}},{"function_response":{"name":"f","response":{"error":"no"}}}]}]}""");
        var results = request.Turns[1].Parts.Cast<ToolResultPart>().ToArray();
        Assert.Equal(["call_0", "call_1"], results.Select(static r => r.CallId.ToString()));
        Assert.Equal([false, true], results.Select(static r => r.IsError));
        Assert.Equal("{\\\"a\\\":1}", Shown(results[0].Content[0]));
    }

    /// <summary>Google's Python client writes the alphabet for URLs.</summary>
    [Theory]
    [InlineData("_9j_4AA-", "/9j/4AA+")]
    [InlineData("iVBORw", "iVBORw==")]
    [InlineData("iVBORw==", "iVBORw==")]
    [InlineData("a\\/b_", "a\\/b/")]
    public void Read_Base64_IsOfTheAlphabetEverybodyTakes(string data, string expected)
    {
        var request = Read("""{"contents":[{"parts":[{"inlineData":{"mimeType":"image/jpeg","data":"DATA"}}]}]}""".Replace("DATA", data, StringComparison.Ordinal));
        Assert.Equal(expected, Assert.IsType<ImagePart>(request.Turns[0].Parts[0]).Source.Base64.ToString());
    }

    [Fact]
    public void Read_GoogleSchema_BecomesJsonSchema()
    {
        var request = Read("""{"contents":[],"tools":[{"function_declarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"type":{"type":"STRING","enum":["A"]}}}}]}]}""");
        Assert.Equal("""{"type":"object","properties":{"type":{"type":"string","enum":["A"]}}}""", System.Text.Encoding.UTF8.GetString(request.Tools[0].Parameters.Span));

        request = Read("""{"contents":[],"tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","properties":{"nullable":{"nullable":true,"type":"STRING"}}}}]}]}""");
        Assert.Equal("""{"type":"object","properties":{"nullable":{"type":["string","null"]}}}""", System.Text.Encoding.UTF8.GetString(request.Tools[0].Parameters.Span));
    }

    [Fact]
    public void Read_ThoughtsInPieces_AreOneReasoningWithItsSignature()
    {
        var request = Read("""{"contents":[{"role":"model","parts":[{"text":"a","thought":true},{"text":"b","thought":true},{"text":"","thought":true,"thoughtSignature":"c2ln"},{"text":"x"}]}]}""");
        var reasoning = Assert.IsType<ReasoningPart>(request.Turns[0].Parts[0]);
        Assert.Equal(("ab", "c2ln", 2), (reasoning.Text.ToString(), reasoning.State!.Data.ToString(), request.Turns[0].Parts.Count));
    }

    [Theory]
    [InlineData("{}", "contents")]
    [InlineData("{\"contents\":5}", "contents")]
    [InlineData("{\"contents\":[1]}", "contents[0]")]
    [InlineData("{\"contents\":[{\"role\":\"assistant\"}]}", "contents[0].role")]
    [InlineData("{\"contents\":[],\"generationConfig\":{\"topK\":\"x\"}}", "generationConfig.topK")]
    public void Read_WrongShape_NamesTheField(string body, string field)
    {
        var error = Dialect.ReadRequest(new BifrostLite.Schemas.RequestSource(System.Text.Encoding.UTF8.GetBytes(body), "m", null), out _);
        Assert.Equal(field, error!.Param);
    }

    [Fact]
    public void Write_CallOfAnotherModel_HasThePlaceholderOnGemini3Only()
    {
        var request = Conversation();
        request.Turns.Add(new Turn(Role.Assistant) { Parts = { new ToolCallPart(Text("c1"), Text("f")), new ToolCallPart(Text("c2"), Text("f")) } });
        request.Turns.Add(new Turn(Role.User) { Parts = { new ToolResultPart(Text("c1")), new ToolResultPart(Text("c2")) } });

        Assert.Contains("""{"functionCall":{"id":"c1","name":"f","args":{}},"thoughtSignature":"skip_thought_signature_validator"},{"functionCall":{"id":"c2","name":"f","args":{}}}""", Write(request, Three), StringComparison.Ordinal);
        Assert.DoesNotContain("thoughtSignature", Write(request), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SignatureWithoutText_GoesOnTheCallThatFollows()
    {
        var request = Conversation();
        var state = new ReasoningState(StateKind.Signature, Text("c2ln"), new Origin("gemini", "gemini", "genai"));
        request.Turns.Add(new Turn(Role.Assistant) { Parts = { new ReasoningPart(default) { State = state }, new ToolCallPart(Text("c1"), Text("f")) } });
        request.Turns.Add(new Turn(Role.User) { Parts = { new ToolResultPart(Text("c1")) } });

        Assert.Contains("""{"functionCall":{"id":"c1","name":"f","args":{}},"thoughtSignature":"c2ln"}""", Write(request, Three), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SignatureOfClaude_IsDroppedAndRecorded()
    {
        var request = Conversation();
        var state = new ReasoningState(StateKind.Signature, Text("x"), new Origin("", "claude", "messages"));
        request.Turns.Add(new Turn(Role.Assistant) { Parts = { new ReasoningPart(Text("t")) { State = state, Path = "r" }, new TextPart(Text("ok")) } });
        var losses = new Losses();

        Assert.DoesNotContain("thought", Write(request, losses: losses), StringComparison.Ordinal);
        Assert.Contains(losses.Kept, static l => l is { Path: "r", Reason: LossReason.OtherIssuer });
    }

    [Theory]
    [InlineData("none", "{\"thinkingBudget\":0}", "{\"thinkingLevel\":\"low\"}")]
    [InlineData("medium", "{\"includeThoughts\":true,\"thinkingBudget\":8192}", "{\"includeThoughts\":true,\"thinkingLevel\":\"medium\"}")]
    [InlineData("max", "{\"includeThoughts\":true,\"thinkingBudget\":24576}", "{\"includeThoughts\":true,\"thinkingLevel\":\"high\"}")]
    public void Write_Effort_BecomesBudgetOrLevel(string effort, string budget, string level)
    {
        var request = Conversation();
        request.Reasoning = new ReasoningAsk { Effort = effort, Off = effort == "none" };
        Assert.EndsWith($"\"thinkingConfig\":{budget}}}}}", Write(request), StringComparison.Ordinal);
        Assert.EndsWith($"\"thinkingConfig\":{level}}}}}", Write(request, Three), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TurnOfAForeignServerTool_GoesWithIt()
    {
        var request = Conversation();
        request.Turns.Add(new Turn(Role.Assistant) { Parts = { new ServerToolPart(Text("s"), Text("web_search")) { Path = "s" } } });
        request.Turns.Add(new Turn(Role.System) { Parts = { new TextPart(Text("be brief")) { Path = "sys" } } });
        request.Turns.Add(new Turn(Role.User) { Parts = { new TextPart(Text("go on")) } });
        var losses = new Losses();

        Assert.StartsWith(
            """{"contents":[{"role":"user","parts":[{"text":"hi"},{"text":"go on"}]}],"systemInstruction":{"parts":[{"text":"be brief"}]}""",
            Write(request, losses: losses),
            StringComparison.Ordinal);
        Assert.Equal(["s", "sys"], losses.Kept.Select(static l => l.Path));
    }

    [Fact]
    public void Write_SearchBesideFunctions_NeedsGemini3()
    {
        var request = Conversation();
        request.Tools.Add(new Tool(ToolKind.Function, Text("f")));
        request.Tools.Add(new Tool(ToolKind.Server, Text("web_search")) { Path = "tools[1]" });
        var losses = new Losses();

        Assert.DoesNotContain("googleSearch", Write(request, losses: losses), StringComparison.Ordinal);
        Assert.Equal("tools[1]", losses.Kept[0].Path);
        Assert.Contains("{\"googleSearch\":{}}],\"toolConfig\":{\"includeServerSideToolInvocations\":true}", Write(request, Three), StringComparison.Ordinal);
    }

    private static string Shown(Part part) => Assert.IsType<TextPart>(part).Text.ToString();

    private static ChatRequest Conversation() => new()
    {
        Dialect = "chat",
        Turns = { new Turn(Role.User) { Parts = { new TextPart(Text("hi")) } } },
    };
}
