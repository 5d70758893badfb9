using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;

namespace BifrostLite.Tests.Unit.Schemas.Responses;

public sealed class ResponsesRequestReaderTests
{
    [Fact]
    public void Read_StringInput_IsOneUserTurn()
    {
        var request = ResponsesKit.Read("""{"model":"openai/gpt-x","input":"Grüß\ndich","instructions":"Be brief","stream":true}""");

        Assert.Equal("openai/gpt-x", request.Model);
        Assert.True(request.Stream);
        Assert.Equal("Grüß\\ndich", Assert.IsType<TextPart>(Assert.Single(Assert.Single(request.Turns).Parts)).Text.ToString());
        Assert.Equal("Be brief", Assert.IsType<TextPart>(Assert.Single(request.System)).Text.ToString());
    }

    [Fact]
    public void Read_AgentTurn_GroupsItemsByRole()
    {
        var request = ResponsesKit.Read(
            """
            {"model":"m","input":[
             {"type":"message","role":"developer","content":[{"type":"input_text","text":"Rules"}]},
             {"role":"user","content":"Hi"},
             {"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"A"},{"type":"summary_text","text":"B"}],"encrypted_content":"gAAA"},
             {"type":"message","role":"assistant","content":[{"type":"output_text","text":"Ok","annotations":[{"type":"url_citation","url":"http://a","title":"t","start_index":0,"end_index":2}]}]},
             {"type":"function_call","call_id":"c1","name":"f","namespace":"ns","arguments":"{\"a\":1}"},
             {"type":"custom_tool_call","call_id":"c2","name":"patch","input":"*** Begin"},
             {"type":"function_call_output","call_id":"c1","output":"21"},
             {"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"done"},{"type":"input_image","image_url":"data:image/png;base64,iVBO"}]},
             {"role":"user","content":"More"}],
             "tools":[{"type":"namespace","name":"ns","tools":[{"type":"function","name":"f"}]}]}
            """);

        Assert.Equal("Rules", ((TextPart)request.System[0]).Text.ToString());
        Assert.Equal([Role.User, Role.Assistant, Role.User, Role.User], request.Turns.Select(t => t.Role));
        var assistant = request.Turns[1].Parts;
        var reasoning = Assert.IsType<ReasoningPart>(assistant[0]);
        Assert.Equal("A\\n\\nB", reasoning.Text.ToString());
        Assert.Equal(("gAAA", "rs_1", "openai"), (reasoning.State!.Data.ToString(), reasoning.State.ItemId.ToString(), reasoning.State.Origin.Family));
        Assert.Equal("http://a", Assert.Single(Assert.IsType<TextPart>(assistant[1]).Citations).Url.ToString());
        var call = Assert.IsType<ToolCallPart>(assistant[2]);
        Assert.Equal(("c1", "f", "ns", "{\\\"a\\\":1}"), (call.Id.ToString(), call.Name.ToString(), call.Namespace.ToString(), call.Arguments.ToString()));
        Assert.True(Assert.IsType<ToolCallPart>(assistant[3]).IsCustom);
        var results = request.Turns[2].Parts.Cast<ToolResultPart>().ToList();
        Assert.Equal(["c1", "c2"], results.Select(r => r.CallId.ToString()));
        Assert.Equal("image/png", Assert.IsType<ImagePart>(results[1].Content[1]).Source.MediaType);
    }

    [Fact]
    public void Read_TaggedState_IsItsIssuers()
    {
        var request = ResponsesKit.Read(
            """{"model":"m","input":[{"type":"reasoning","id":"rs_x","summary":[{"text":"Hm"}],"encrypted_content":"bfl1:s:claude:anthropic:messages::sig=="}]}""");

        var state = Assert.IsType<ReasoningPart>(request.Turns[0].Parts[0]).State!;
        Assert.Equal(new Origin("anthropic", "claude", "messages"), state.Origin);
        Assert.Equal("sig==", state.Data.ToString());
    }

    [Fact]
    public void Read_Media_KnowsBytesUrlsAndFiles()
    {
        var parts = ResponsesKit.Read(
            """
            {"model":"m","input":[{"role":"user","content":[
             {"type":"input_image","image_url":"https://h/a.png","detail":"low"},
             {"type":"input_image","image_url":"data:image\/png;base64,iVBO\/w=="},
             {"type":"input_file","filename":"a.pdf","file_data":"JVBE"},
             {"type":"input_file","file_url":"https://h/a.pdf"},
             {"type":"input_file","file_id":"file-1"},
             {"type":"input_audio","input_audio":{"data":"UklG","format":"mp3"}},
             {"type":"input_text","text":"x","cache_control":{"type":"ephemeral","ttl":"1h"}},
             {"type":"hologram","depth":3}]}]}
            """).Turns[0].Parts;

        Assert.Equal(("https://h/a.png", "low"), (((ImagePart)parts[0]).Source.Url.ToString(), ((ImagePart)parts[0]).Detail));
        Assert.Equal("iVBO/w==", ((ImagePart)parts[1]).Source.Base64.ToString());
        Assert.Equal(("application/pdf", "JVBE"), (((DocumentPart)parts[2]).Source.MediaType, ((DocumentPart)parts[2]).Source.Base64.ToString()));
        Assert.Equal("https://h/a.pdf", ((DocumentPart)parts[3]).Source.Url.ToString());
        Assert.Equal("file-1", ((DocumentPart)parts[4]).Source.FileId.ToString());
        Assert.Equal("audio/mpeg", ((AudioPart)parts[5]).Source.MediaType);
        Assert.Equal("1h", parts[6].Cache!.Ttl);
        Assert.Equal("hologram", ((ExtensionPart)parts[7]).Type);
    }

    [Fact]
    public void Read_Tools_KnowsEveryKind()
    {
        var request = ResponsesKit.Read(
            """
            {"model":"m","input":"x","tools":[
             {"type":"function","name":"f","description":"d","parameters":{"type":"object","properties":{"b":{},"a":{}}},"strict":true},
             {"type":"custom","name":"patch","format":{"type":"grammar","syntax":"lark","definition":"start: x"}},
             {"type":"namespace","name":"ns","description":"group","tools":[{"type":"function","name":"g","parameters":null}]},
             {"type":"web_search_preview","search_context_size":"low"},
             {"type":"quantum_dice"}],
             "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"f"}]}}
            """);

        Assert.Equal("{\"type\":\"object\",\"properties\":{\"b\":{},\"a\":{}}}", System.Text.Encoding.UTF8.GetString(request.Tools[0].Parameters.Span));
        Assert.Equal((true, ToolKind.Custom), (request.Tools[0].Strict, request.Tools[1].Kind));
        Assert.Equal(("g", "ns", "group"), (request.Tools[2].Name.ToString(), request.Tools[2].Namespace.ToString(), request.Tools[2].NamespaceDescription.ToString()));
        Assert.Equal((ToolKind.Server, "web_search"), (request.Tools[3].Kind, request.Tools[3].Name.ToString()));
        Assert.Equal((ToolKind.Server, "quantum_dice"), (request.Tools[4].Kind, request.Tools[4].Name.ToString()));
        Assert.Equal(ToolChoiceMode.Required, request.ToolChoice!.Mode);
        Assert.Equal("f", Assert.Single(request.ToolChoice.Allowed).ToString());
    }

    [Fact]
    public void Read_ServerTools_ShareTheirSettings()
    {
        var tools = ResponsesKit.Read(
            """
            {"model":"m","input":"x","tools":[
             {"type":"web_search","filters":{"allowed_domains":["a.org"]},"user_location":{"type":"approximate","city":"Bern"}},
             {"type":"mcp","server_label":"zip","server_url":"https://h/mcp","authorization":"t","allowed_tools":{"tool_names":["x"]},"require_approval":"never"}]}
            """).Tools;

        Assert.Equal("a.org", Assert.Single(tools[0].Options!.AllowedDomains).ToString());
        Assert.True(tools[0].Options!.UserLocation.IsObject);
        Assert.Equal(("zip", "https://h/mcp", "t"), (tools[1].Options!.ServerLabel.ToString(), tools[1].Options!.ServerUrl.ToString(), tools[1].Options!.Authorization.ToString()));
        Assert.Equal("x", Assert.Single(tools[1].Options!.AllowedTools).ToString());
    }

    [Fact]
    public void Read_Settings_FillTheirSlots()
    {
        var request = ResponsesKit.Read(
            """
            {"model":"m","input":"x","max_output_tokens":100,"temperature":0.5,"top_p":0.9,"top_logprobs":3,"parallel_tool_calls":false,
             "include":["reasoning.encrypted_content"],"reasoning":{"effort":"high","generate_summary":"auto","max_tokens":2048},
             "text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}},
             "metadata":{"k":"v"},"user":"u","service_tier":"flex","store":false,"prompt_cache_key":"p",
             "truncation":"auto","max_tool_calls":2,"previous_response_id":null,"client_metadata":{"a":1}}
            """);

        Assert.Equal((100L, 0.5, 0.9, 3, true), (request.Sampling.MaxTokens, request.Sampling.Temperature, request.Sampling.TopP, request.Sampling.TopLogprobs, request.Sampling.Logprobs));
        Assert.Equal((false, false, true), (request.ParallelToolCalls, request.Store, request.IncludeEncryptedReasoning));
        Assert.Equal(("high", "auto", 2048L), (request.Reasoning!.Effort, request.Reasoning.Summary, request.Reasoning.Budget));
        Assert.Equal((FormatKind.JsonSchema, true, "low"), (request.Format!.Kind, request.Format.Strict, request.Verbosity));
        Assert.Equal(("u", "flex", "p"), (request.User.ToString(), request.ServiceTier, request.PromptCacheKey.ToString()));
        Assert.Equal(["truncation", "max_tool_calls", "client_metadata"], request.Extra.Select(e => e.Name));
    }

    [Fact]
    public void Read_BuiltInItems_AreKept()
    {
        var request = ResponsesKit.Read(
            """
            {"model":"m","input":[
             {"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"rain","sources":[{"type":"url","url":"http://a"}]}},
             {"type":"local_shell_call","id":"ls","call_id":"c1","action":{"type":"exec","command":["ls"]}},
             {"type":"local_shell_call_output","call_id":"c1","output":"a.txt"},
             {"type":"compaction","id":"cmp","encrypted_content":"x"},
             {"type":"program_output","call_id":"c9","result":"{}"},
             {"type":"item_reference","id":"msg_1"}]}
            """);

        var parts = request.Turns.SelectMany(t => t.Parts).ToList();
        Assert.Equal("{\\\"query\\\":\\\"rain\\\"}", ((ServerToolPart)parts[0]).Input.ToString());
        Assert.Equal("http://a", Assert.Single(((ServerToolResultPart)parts[1]).Outcome.Hits).Url.ToString());
        Assert.Equal("local_shell", ((ToolCallPart)parts[2]).Name.ToString());
        Assert.Equal("c1", ((ToolResultPart)parts[3]).CallId.ToString());
        Assert.Equal(["compaction", "program_output", "item_reference"], parts.Skip(4).Select(p => ((ExtensionPart)p).Type));
    }

    /// <summary>A screenshot is an image, not its base64 as words; a local shell's output may bear the call's id as its own.</summary>
    [Fact]
    public void Read_OutputsOfClientTools_AreResults()
    {
        var request = ResponsesKit.Read(
            """
            {"model":"m","input":[
             {"type":"computer_call","id":"cu","call_id":"c1","action":{"type":"screenshot"},"pending_safety_checks":[]},
             {"type":"computer_call_output","call_id":"c1","output":{"type":"computer_screenshot","image_url":"data:image/png;base64,iVBORw=="}},
             {"type":"local_shell_call","id":"ls","call_id":"c2","action":{"type":"exec","command":["ls"]}},
             {"type":"local_shell_call_output","id":"c2","output":"a.txt"}]}
            """);

        var results = request.Turns.SelectMany(t => t.Parts).OfType<ToolResultPart>().ToList();
        Assert.Equal(["c1", "c2"], results.Select(r => r.CallId.ToString()));
        Assert.Equal("iVBORw==", Assert.IsType<ImagePart>(Assert.Single(results[0].Content)).Source.Base64.ToString());
    }

    [Fact]
    public void Read_HostedToolSearch_IsNoCallOfTheClients()
    {
        var request = ResponsesKit.Read(
            """
            {"model":"m","tools":[{"type":"function","name":"f","defer_loading":true},{"type":"tool_search"}],"input":[
             {"type":"tool_search_call","execution":"server","call_id":"tsc_1","arguments":{"queries":["f"]}},
             {"type":"function_call","call_id":"c1","name":"f","namespace":"f","arguments":"{}"}]}
            """);

        var parts = Assert.Single(request.Turns).Parts;
        Assert.Equal("tool_search_call", Assert.IsType<ExtensionPart>(parts[0]).Type);
        Assert.True(Assert.IsType<ToolCallPart>(parts[1]).Namespace.IsEmpty);
    }

    [Fact]
    public void Read_ToolOutput_TakesAnyJson()
    {
        var request = ResponsesKit.Read(
            """{"model":"m","input":[{"type":"function_call_output","call_id":"c","output":{"a":[1]}},{"type":"function_call_output","call_id":"d","output":[1,2],"status":"incomplete"}]}""");

        var results = request.Turns.Single().Parts.Cast<ToolResultPart>().ToList();
        Assert.Equal("{\\\"a\\\":[1]}", ((TextPart)results[0].Content[0]).Text.ToString());
        Assert.Equal(("[1,2]", true), (((TextPart)results[1].Content[0]).Text.ToString(), results[1].IsError));
    }

    [Fact]
    public void Read_HybridBody_NeedsTheRules()
    {
        const string Body =
            """
            {"model":"m","tools":[{"name":"f","input_schema":{"type":"object"}}],"input":[
             {"role":"assistant","content":[{"type":"text","text":"a"},{"type":"tool_use","id":"t1","name":"f","input":{"x":1}}]},
             {"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"ok"}]},
             {"role":"tool","tool_call_id":"t2","content":"ok2"}]}
            """;

        Assert.Equal("tools[0].type", ResponsesKit.Refuse(Body.Replace("\"tool\"", "\"user\"", StringComparison.Ordinal)).Param);
        var request = ResponsesKit.Read(Body, ResponsesReadRules.UntypedTools | ResponsesReadRules.ToolBlocks);
        Assert.Equal("{\"type\":\"object\"}", System.Text.Encoding.UTF8.GetString(request.Tools[0].Parameters.Span));
        Assert.Equal("{\\\"x\\\":1}", ((ToolCallPart)request.Turns[0].Parts[1]).Arguments.ToString());
        Assert.Equal("t1", ((ToolResultPart)request.Turns[1].Parts[0]).CallId.ToString());
        Assert.Equal("t2", ((ToolResultPart)request.Turns[2].Parts[0]).CallId.ToString());
    }

    [Theory]
    [InlineData("{", null)]
    [InlineData("[]", null)]
    [InlineData("""{"input":"x"}""", "model")]
    [InlineData("""{"model":"m"}""", "input")]
    [InlineData("""{"model":"m","input":5}""", "input")]
    [InlineData("""{"model":"m","input":"x","temperature":"hot"}""", "temperature")]
    [InlineData("""{"model":"m","input":[{"role":"wizard","content":"x"}]}""", "input[0].role")]
    [InlineData("""{"model":"m","input":[{"type":"function_call","name":"f"}]}""", "input[0].call_id")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"text":"x"}]}]}""", "input[0].content[0].type")]
    [InlineData("""{"model":"m","input":"x","tools":{}}""", "tools")]
    [InlineData("""{"model":"m","input":"x","tools":[{"type":"function"}]}""", "tools[0].name")]
    [InlineData("""{"model":"m","input":"x","tool_choice":"maybe"}""", "tool_choice")]
    public void Read_BadRequest_NamesTheField(string body, string? param)
    {
        var error = ResponsesKit.Refuse(body);

        Assert.Equal((400, param), (error.Status, error.Param));
    }
}
