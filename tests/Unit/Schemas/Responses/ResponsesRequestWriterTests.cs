using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;

namespace BifrostLite.Tests.Unit.Schemas.Responses;

public sealed class ResponsesRequestWriterTests
{
    private static readonly TargetModel Target = new("openai", "gpt-x", "openai") { TakesDeveloperRole = true };

    [Fact]
    public void Write_Conversation_BecomesItems()
    {
        var request = new ChatRequest { Dialect = "messages", Stream = true };
        request.System.Add(new TextPart(JsonText.From("Be brief.")));
        request.System.Add(new TextPart(JsonText.From("Be kind.")));
        var user = new Turn(Role.User);
        user.Parts.Add(new TextPart(JsonText.From("Look")));
        user.Parts.Add(new ImagePart(new MediaSource { Base64 = JsonText.From("iVBO"), MediaType = "image/png" }));
        user.Parts.Add(new DocumentPart(new MediaSource { Text = JsonText.From("hé") }) { Name = JsonText.From("notes") });
        var assistant = new Turn(Role.Assistant);
        assistant.Parts.Add(new ReasoningPart(JsonText.From("Hm"))
        {
            State = new ReasoningState(StateKind.Signature, JsonText.From("gAAA"), new Origin("openai", "openai", "responses")) { ItemId = JsonText.From("rs_1") },
        });
        assistant.Parts.Add(new ReasoningPart(JsonText.From("Not yours"))
        {
            State = new ReasoningState(StateKind.Signature, JsonText.From("sig"), new Origin("anthropic", "claude", "messages")),
            Path = "messages[1].content[1]",
        });
        assistant.Parts.Add(new TextPart(JsonText.From("Calling")));
        assistant.Parts.Add(new ToolCallPart(JsonText.From("toolu_1"), JsonText.From("f")) { Arguments = JsonText.From("{\"a\":1}") });
        var result = new ToolResultPart(JsonText.From("toolu_1")) { IsError = true, Path = "messages[2].content[0]" };
        result.Content.Add(new TextPart(JsonText.From("bad")));
        result.Content.Add(new ImagePart(new MediaSource { Url = JsonText.From("https://h/a.png") }) { Detail = "low" });
        var results = new Turn(Role.User);
        results.Parts.Add(result);
        results.Parts.Add(new TextPart(JsonText.From("Go on")));
        var note = new Turn(Role.System);
        note.Parts.Add(new TextPart(JsonText.From("Hurry")));
        request.Turns.AddRange([user, assistant, results, note]);

        var body = ResponsesKit.Write(request, Target, out var losses);

        Assert.Equal(
            """
            {"model":"gpt-x","instructions":"Be brief.\n\nBe kind.","input":[
            {"type":"message","role":"user","content":[{"type":"input_text","text":"Look"},{"type":"input_image","image_url":"data:image/png;base64,iVBO","detail":"auto"},{"type":"input_file","filename":"notes.txt","file_data":"data:text/plain;base64,aMOp"}]},
            {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"Hm"}],"encrypted_content":"gAAA"},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Calling"}]},
            {"type":"function_call","call_id":"toolu_1","name":"f","arguments":"{\"a\":1}"},
            {"type":"function_call_output","call_id":"toolu_1","output":[{"type":"input_text","text":"bad"},{"type":"input_image","image_url":"https://h/a.png","detail":"low"}],"status":"incomplete"},
            {"type":"message","role":"user","content":[{"type":"input_text","text":"Go on"}]},
            {"type":"message","role":"developer","content":[{"type":"input_text","text":"Hurry"}]}],
            "store":false,"include":["reasoning.encrypted_content"],"stream":true}
            """.ReplaceLineEndings(""),
            body);
        Assert.Equal(
            [new Loss("messages[1].content[1]", LossReason.OtherIssuer), new Loss("messages[2].content[0].is_error", LossReason.Moved)],
            losses.Kept);
    }

    [Fact]
    public void Write_Tools_AreStrictOnlyWhenSaid()
    {
        var request = Asking();
        request.Tools.Add(new Tool(ToolKind.Function, JsonText.From("f")) { Description = JsonText.From("d"), Parameters = new RawJson("{\"b\":1,\"a\":2}"u8.ToArray()) });
        request.Tools.Add(new Tool(ToolKind.Function, JsonText.From("g")) { Strict = true });
        request.Tools.Add(new Tool(ToolKind.Custom, JsonText.From("p")) { Format = new RawJson("{\"type\":\"text\"}"u8.ToArray()) });
        request.Tools.Add(new Tool(ToolKind.Function, JsonText.From("h")) { Namespace = JsonText.From("n"), NamespaceDescription = JsonText.From("group") });
        request.Tools.Add(new Tool(ToolKind.Server, JsonText.From("web_search"))
        {
            Options = new ServerToolOptions { MaxUses = 3, AllowedDomains = [JsonText.From("a.org")] },
            Path = "tools[4]",
        });
        request.Tools.Add(new Tool(ToolKind.Server, JsonText.From("text_editor")) { Path = "tools[5]" });
        request.ToolChoice = new ToolChoice(ToolChoiceMode.Named) { Name = JsonText.From("p") };
        request.ParallelToolCalls = false;

        var body = ResponsesKit.Write(request, Target, out var losses);

        Assert.Contains(
            """
            "tools":[{"type":"function","name":"f","description":"d","parameters":{"b":1,"a":2},"strict":false},
            {"type":"function","name":"g","parameters":{"type":"object","properties":{}},"strict":true},
            {"type":"custom","name":"p","format":{"type":"text"}},
            {"type":"namespace","name":"n","description":"group","tools":[{"type":"function","name":"h","parameters":{"type":"object","properties":{}},"strict":false}]},
            {"type":"web_search","filters":{"allowed_domains":["a.org"]}}],
            "tool_choice":{"type":"custom","name":"p"},"parallel_tool_calls":false
            """.ReplaceLineEndings(""),
            body,
            StringComparison.Ordinal);
        Assert.Equal(["tools[5]", "tools[4].max_uses"], losses.Kept.Select(l => l.Path));
    }

    [Fact]
    public void Write_Settings_GoWhereTheApiHasThem()
    {
        var request = Asking();
        request.Sampling = new Sampling { MaxTokens = 1, Temperature = 0.5, TopK = 5, Stop = [JsonText.From("END")], Seed = 1, Logprobs = true, TopLogprobs = 2 };
        request.Format = new ResponseFormat(FormatKind.JsonSchema) { Schema = new RawJson("{\"type\":\"object\"}"u8.ToArray()), Strict = true };
        request.Verbosity = "low";
        request.Reasoning = new ReasoningAsk { Budget = 10_000 };
        request.ServiceTier = "standard_only";
        request.User = JsonText.From(new string('u', 65));
        request.Store = true;

        var body = ResponsesKit.Write(request, Target with { MinOutputTokens = 16 }, out var losses);

        Assert.Contains(
            """
            "max_output_tokens":16,"temperature":0.5,"top_logprobs":2,"reasoning":{"effort":"high","summary":"auto"},
            "text":{"format":{"type":"json_schema","name":"response","schema":{"type":"object"},"strict":true},"verbosity":"low"},
            "store":true,"include":["message.output_text.logprobs"],"user":"
            """.ReplaceLineEndings(""),
            body,
            StringComparison.Ordinal);
        Assert.Contains("\"service_tier\":\"default\"", body, StringComparison.Ordinal);
        Assert.Equal(["max_tokens", "top_k", "stop", "seed", "reasoning.budget", "user"], losses.Kept.Select(l => l.Path));
    }

    [Theory]
    [InlineData("none", "\"reasoning\":{\"effort\":\"none\"}", 0)]
    [InlineData("low", "\"reasoning\":{\"effort\":\"low\"}", 1)]
    public void Write_ReasoningOff_AsksForTheLeast(string least, string expected, int lost)
    {
        var request = Asking();
        request.Reasoning = new ReasoningAsk { Off = true };

        Assert.Contains(expected, ResponsesKit.Write(request, Target with { LeastEffort = least }, out var losses), StringComparison.Ordinal);
        Assert.Equal(lost, losses.Count);
    }

    [Fact]
    public void Write_ModelThatDoesNotReason_IsSparedReasoning()
    {
        var request = Asking();
        request.Reasoning = new ReasoningAsk { Effort = "high" };

        var body = ResponsesKit.Write(request, Target with { TakesReasoningEffort = false }, out var losses);

        Assert.Equal("""{"model":"gpt-x","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}],"store":false}""", body);
        Assert.Equal("reasoning", Assert.Single(losses.Kept).Path);
    }

    [Fact]
    public void Write_CacheBreakpoints_BecomeTheKey()
    {
        var request = Asking();
        request.System.Add(new TextPart(JsonText.From("Long")) { Cache = new CacheControl(null) });
        request.User = JsonText.From("u1");

        var body = ResponsesKit.Write(request, Target, out var losses);

        Assert.EndsWith("\"user\":\"u1\",\"prompt_cache_key\":\"u1\"}", body, StringComparison.Ordinal);
        Assert.Equal(new Loss("cache_control", LossReason.Moved), Assert.Single(losses.Kept));
    }

    [Fact]
    public void Write_BodyOfOwnShape_KeepsWhatOnlyThisApiKnows()
    {
        const string Body =
            """{"model":"m","input":[{"type":"compaction","encrypted_content":"x"},{"role":"user","content":[{"type":"hologram"}]}],"tools":[{"type":"quantum_dice","sides":6}],"truncation":"auto","n":2}""";
        BifrostLite.Schemas.Responses.ResponsesRequestReader.Read(
            new BifrostLite.Schemas.RequestSource(ResponsesKit.Bytes(Body), "", null), ResponsesReadRules.UntypedTools, "cursor", out var request);

        var written = ResponsesKit.Write(request, Target, out var losses);

        Assert.Contains("{\"type\":\"compaction\",\"encrypted_content\":\"x\"},{\"type\":\"message\",\"role\":\"user\",\"content\":[{\"type\":\"hologram\"}]}", written, StringComparison.Ordinal);
        Assert.Contains("\"tools\":[{\"type\":\"quantum_dice\",\"sides\":6}]", written, StringComparison.Ordinal);
        Assert.Contains("\"truncation\":\"auto\"", written, StringComparison.Ordinal);
        Assert.Equal("n", Assert.Single(losses.Kept).Path);
    }

    private static ChatRequest Asking()
    {
        var request = new ChatRequest { Dialect = "messages" };
        var turn = new Turn(Role.User);
        turn.Parts.Add(new TextPart(JsonText.From("Hi")));
        request.Turns.Add(turn);
        return request;
    }
}
