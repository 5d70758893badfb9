using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Messages;

public class MessagesRequestReaderTests
{
    [Fact]
    public void ReadRequest_Scalars_LandInTheirSlots()
    {
        var request = Wire.Read(
            """
            {"model":"p/m","max_tokens":9,"stream":true,"system":"be brief","messages":[{"role":"user","content":"hi"},{"role":"system","content":"now in French"}],
             "temperature":0.5,"top_p":0.9,"top_k":3,"stop_sequences":["END","\n"],"metadata":{"user_id":"u","team":"x"},"service_tier":"standard_only",
             "cache_control":{"type":"ephemeral","ttl":"1h"},"thinking":{"type":"enabled","budget_tokens":2000,"display":"omitted"},
             "output_config":{"effort":"high","task_budget":{"type":"tokens","total":5},"format":{"type":"json_schema","schema":{"type":"object"}}},
             "context_management":{"edits":[]},"fallbacks":["a/b"],"container":null,"top_secret":1}
            """);

        Assert.Equal("p/m", request.Model);
        Assert.True(request.Stream);
        Assert.Equal("be brief", ((TextPart)Assert.Single(request.System)).Text.ToString());
        Assert.Equal([Role.User, Role.System], request.Turns.Select(static t => t.Role));
        Assert.Equal((9, 0.5, 0.9, 3), (request.Sampling.MaxTokens, request.Sampling.Temperature, request.Sampling.TopP, request.Sampling.TopK));
        Assert.Equal("END,\\n", string.Join(',', request.Sampling.Stop));
        Assert.Equal("u", request.User.ToString());
        Assert.Equal("standard_only", request.ServiceTier);
        Assert.Equal("1h", request.Cache!.Ttl);
        Assert.Equal(new ReasoningAsk { Budget = 2000, Effort = "high", Show = false }, request.Reasoning);
        Assert.Equal("""{"type":"object"}""", System.Text.Encoding.UTF8.GetString(request.Format!.Schema.Span));
        Assert.Equal(["output_config.task_budget", "metadata.team", "context_management", "top_secret"], request.Extra.Select(static e => e.Name));
    }

    [Fact]
    public void ReadRequest_Blocks_BecomeParts()
    {
        var request = Wire.Read(
            """
            {"messages":[{"role":"user","content":[
              {"type":"text","text":"see \ud83d","cache_control":{"type":"ephemeral"}},
              {"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"QUJD"}},
              {"type":"image","source":{"type":"url","url":"https://e.org/i.png"}},
              {"type":"document","title":"T","context":"C","citations":{"enabled":true},"source":{"type":"text","media_type":"text/plain","data":"words"}},
              {"type":"document","source":{"type":"file","file_id":"file_1"}},
              {"type":"document","source":{"type":"content","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}},
              {"type":"search_result","source":"https://e.org","title":"R","content":[{"type":"text","text":"found"}]},
              {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"no"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}}]},
              {"type":"container_upload","file_id":"f"}]},
             {"role":"assistant","content":[
              {"type":"thinking","thinking":"","signature":"c2ln"},
              {"type":"redacted_thinking","data":"bfl1:r:openai:prov:responses:rs_1:ENC"},
              {"type":"tool_use","id":"t1","name":"f","input":{"b":1, "a":"x"}},
              {"type":"server_tool_use","id":"s1","name":"bash_code_execution","input":{"command":"ls"}},
              {"type":"bash_code_execution_tool_result","tool_use_id":"s1","content":{"type":"bash_code_execution_result","stdout":"out","stderr":"err","return_code":0,"content":[]}},
              {"type":"compaction","content":"before: nothing"}]}]}
            """);

        var user = request.Turns[0].Parts;
        Assert.NotNull(user[0].Cache);
        Assert.Equal("see \\ud83d", ((TextPart)user[0]).Text.ToString());
        Assert.Equal("QUJD image/jpeg", $"{((ImagePart)user[1]).Source.Base64} {((ImagePart)user[1]).Source.MediaType}");
        Assert.Equal("https://e.org/i.png", ((ImagePart)user[2]).Source.Url.ToString());
        Assert.Equal("T C True words", user[3] is DocumentPart d ? $"{d.Name} {d.Context} {d.Citations} {d.Source.Text}" : "");
        Assert.Equal("file_1", ((DocumentPart)user[4]).Source.FileId.ToString());
        Assert.Equal("a\\nb", ((DocumentPart)user[5]).Source.Text.ToString());
        Assert.Equal(@"R\nhttps://e.org\nfound", ((TextPart)user[6]).Text.ToString());
        var result = (ToolResultPart)user[7];
        Assert.True(result.IsError);
        Assert.Equal([typeof(TextPart), typeof(ImagePart)], result.Content.Select(static p => p.GetType()));
        Assert.Equal("container_upload", ((ExtensionPart)user[8]).Type);

        var assistant = request.Turns[1].Parts;
        Assert.Equal(new Origin("", "claude", "messages"), ((ReasoningPart)assistant[0]).State!.Origin);
        var redacted = ((ReasoningPart)assistant[1]).State!;
        Assert.Equal((new Origin("prov", "openai", "responses"), "ENC", "rs_1"), (redacted.Origin, redacted.Data.ToString(), redacted.ItemId.ToString()));
        Assert.Equal("""{\"b\":1, \"a\":\"x\"}""", ((ToolCallPart)assistant[2]).Arguments.ToString());
        Assert.Equal(ServerToolNames.CodeExecution, ((ServerToolPart)assistant[3]).Name.ToString());
        Assert.Equal("out\\nerr", ((ServerToolResultPart)assistant[4]).Outcome.Text.ToString());
        Assert.Equal("before: nothing", ((TextPart)assistant[5]).Text.ToString());
        Assert.Equal("messages[1].content[5]", assistant[5].Path);
    }

    [Fact]
    public void ReadRequest_Tools_OfBothKinds()
    {
        var request = Wire.Read(
            """
            {"messages":[{"role":"user","content":"hi"}],
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object"},"strict":true,"cache_control":{"type":"ephemeral"}},
                      {"type":"web_search_20250305","name":"web_search","max_uses":2,"allowed_domains":["e.org"]},
                      {"type":"text_editor_20250728","name":"str_replace_based_edit_tool"},
                      {"type":"mcp_toolset","mcp_server_name":"s","configs":{"a":{"enabled":true},"b":{"enabled":false}}}],
             "mcp_servers":[{"type":"url","url":"https://s","name":"s","authorization_token":"tok"}],
             "tool_choice":{"type":"tool","name":"f","disable_parallel_tool_use":true}}
            """);

        Assert.Equal(["f", "web_search", "str_replace_based_edit_tool", "mcp"], request.Tools.Select(static t => t.Name.ToString()));
        Assert.Equal([ToolKind.Function, ToolKind.Server, ToolKind.Function, ToolKind.Server], request.Tools.Select(static t => t.Kind));
        Assert.True(request.Tools[0].Strict);
        Assert.NotNull(request.Tools[0].Cache);
        Assert.Equal((2, "e.org"), (request.Tools[1].Options!.MaxUses, request.Tools[1].Options!.AllowedDomains[0].ToString()));
        var server = request.Tools[3].Options!;
        Assert.Equal("s https://s tok a", $"{server.ServerLabel} {server.ServerUrl} {server.Authorization} {string.Join(',', server.AllowedTools)}");
        Assert.Equal((ToolChoiceMode.Named, "f"), (request.ToolChoice!.Mode, request.ToolChoice.Name.ToString()));
        Assert.False(request.ParallelToolCalls);
    }

    [Theory]
    [InlineData("{", "")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    [InlineData("{}", "messages")]
    [InlineData("""{"messages":5}""", "messages")]
    [InlineData("""{"messages":[]}""", "messages")]
    [InlineData("""{"messages":[1]}""", "messages[0]")]
    [InlineData("""{"messages":[{"role":"robot","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"messages":[{"role":"user"}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":7}]}""", "messages[0].content")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"x"}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text"}]}]}""", "messages[0].content[0].text")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"odd"}}]}]}""", "messages[0].content[0].source.type")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"tool_result"}]}]}""", "messages[0].content[0].tool_use_id")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":"many"}""", "max_tokens")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":1.5}""", "max_tokens")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":"hot"}""", "temperature")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stop_sequences":[1]}""", "stop_sequences")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{"input_schema":{}}]}""", "tools[0].name")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"maybe"}}""", "tool_choice.type")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"thinking":{"type":"hard"}}""", "thinking.type")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"thinking":true}""", "thinking")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"model":5}""", "model")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stream":"yes"}""", "stream")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"output_format":{"type":"json_schema"}}""", "output_format.schema")]
    public void ReadRequest_WrongKinds_AreErrorsThatNameTheField(string body, string param)
    {
        var error = Wire.ReadError(body);

        Assert.NotNull(error);
        Assert.Equal(400, error.Status);
        Assert.Equal(param, error.Param ?? "");
    }

    [Fact]
    public void ReadRequest_NamesNoDecoderTakes_AreAnErrorNotACrash() =>
        Assert.NotNull(Wire.ReadError("""{"messages":[{"role":"user","content":"x"}],"\ud800":1}"""));
}
