using System.Buffers;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.ChatCompletions;

/// <summary>Bodies read into the hub and written again for a vendor: what one vendor's client says, another vendor must get.</summary>
public class ChatCompletionsRequestTests
{
    private static readonly TargetModel Vendor = new("groq", "llama", "groq") { TakesCacheControl = false, TakesMidSystem = true };
    private static readonly TargetModel OpenAI = new("openai", "gpt", "openai") { TakesMaxCompletionTokens = true, TakesDeveloperRole = true, TakesCustomTools = true };

    [Fact]
    public void Read_ResultsWithoutIds_AnswerTheCallsInTheirOrder()
    {
        var written = Rewrite(
            """
            {"model":"x/glm","messages":[{"role":"user","content":"Add"},
              {"role":"assistant","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"c2","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","content":"one"},{"role":"tool","content":"two"}]}
            """,
            Vendor,
            out _);

        Assert.Contains("""{"role":"tool","tool_call_id":"c1","content":"one"},{"role":"tool","tool_call_id":"c2","content":"two"}""", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WholeConversation_IsLegalChat()
    {
        var written = Rewrite(
            """
            {"model":"x/llama","messages":[
              {"role":"developer","content":[{"type":"text","text":"Be \u00e9 brief."}]},
              {"role":"user","content":[{"type":"text","text":"Look","cache_control":{"type":"ephemeral"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO\/w==","detail":"low"}},
                {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}},{"type":"input_audio","input_audio":{"data":"UklG","format":"mp3"}}]},
              {"role":"assistant","content":"Hm.","reasoning_content":"thinking","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":""}}]},
              {"role":"tool","tool_call_id":"c1","content":"42"},
              {"role":"system","content":"Now hurry."},
              {"role":"user","content":"Go on","name":"ann"}],
             "tools":[{"type":"function","function":{"name":"f","description":"F","parameters":{"type":"object","properties":{"b":{},"a":{}}},"strict":true}}],
             "tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,
             "max_tokens":50,"temperature":0.5,"stop":["a","b"," ","c","d","e"],"seed":7,"n":2,"logit_bias":{"5":1},"reasoning_effort":"low","user":"u1",
             "stream":true,"response_format":{"type":"json_schema","json_schema":{"name":"r","schema":{"z":1,"a":2}}}}
            """,
            Vendor,
            out var losses);

        Assert.Equal(
            """
            {"model":"llama","messages":[{"role":"system","content":"Be \u00e9 brief."},{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBO\/w==","detail":"low"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}},{"type":"input_audio","input_audio":{"data":"UklG","format":"mp3"}}]},{"role":"assistant","content":"Hm.","tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"42"},{"role":"system","content":"Now hurry."},{"role":"user","content":"Go on"}],"tools":[{"type":"function","function":{"name":"f","description":"F","parameters":{"type":"object","properties":{"b":{},"a":{}}},"strict":true}}],"tool_choice":{"type":"function","function":{"name":"f"}},"parallel_tool_calls":false,"max_tokens":50,"temperature":0.5,"stop":["a","b","c","d"],"seed":7,"n":2,"response_format":{"type":"json_schema","json_schema":{"name":"r","schema":{"z":1,"a":2}}},"reasoning_effort":"low","user":"u1","logit_bias":{"5":1},"stream":true,"stream_options":{"include_usage":true}}
            """,
            written);
        Assert.Equal(
            ["messages[1].content[0].cache_control: unsupported", "messages[2].reasoning_content: other_issuer", "messages.name: unsupported", "stop: clamped"],
            losses);
    }

    [Fact]
    public void Write_OwnReasoning_GoesBackToItsIssuer()
    {
        const string Body =
            """
            {"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a","reasoning":"ab","reasoning_details":[
              {"type":"reasoning.text","text":"a","index":0},{"type":"reasoning.text","text":"b","signature":"bfl1:s:claude:openrouter:chat:r1:c2ln","index":0},
              {"type":"reasoning.encrypted","data":"bfl1:r:claude:openrouter:chat::ZGF0YQ==","index":1}]},{"role":"user","content":"q2"}]}
            """;

        Assert.Contains(
            """content":"a","reasoning_details":[{"type":"reasoning.text","text":"ab","signature":"c2ln","id":"r1","format":"anthropic-claude-v1","index":0},{"type":"reasoning.encrypted","data":"ZGF0YQ==","format":"anthropic-claude-v1","index":1}]}""",
            Rewrite(Body, new TargetModel("openrouter", "claude", "claude"), out var kept),
            StringComparison.Ordinal);
        Assert.Empty(kept);
        Assert.DoesNotContain("reasoning", Rewrite(Body, Vendor, out var lost), StringComparison.Ordinal);
        Assert.Equal(["messages[1].reasoning_details[0]: other_issuer", "messages[1].reasoning_details[2]: other_issuer"], lost);
    }

    [Fact]
    public void Write_ParallelResultsWithMedia_StandBehindTheirCalls()
    {
        var written = Rewrite(
            """
            {"model":"m","messages":[{"role":"user","content":"q"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"b","content":[{"type":"text","text":"B"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}}]},{"type":"text","text":"see"}]},
              {"role":"tool","tool_call_id":"a","content":"A"}]}
            """,
            Vendor,
            out var losses);

        Assert.EndsWith(
            """{"role":"tool","tool_call_id":"a","content":"A"},{"role":"tool","tool_call_id":"b","content":"B"},{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ=="}},{"type":"text","text":"see"}]}]}""",
            written,
            StringComparison.Ordinal);
        Assert.Contains("messages[2].content[0].content[1]: moved", losses);
    }

    [Fact]
    public void Write_ForOpenAI_UsesItsOwnWords()
    {
        var written = Rewrite(
            """
            {"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"q"}],"max_tokens":5,"verbosity":"low","prompt_cache_key":"k","service_tier":"flex",
             "store":true,"metadata":{"b":"1","a":"2"},"reasoning":{"max_tokens":2000},"tools":[{"type":"custom","custom":{"name":"sh","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"x"}}}}]}
            """,
            OpenAI,
            out var losses);

        Assert.Equal(
            """
            {"model":"gpt","messages":[{"role":"developer","content":"s"},{"role":"user","content":"q"}],"tools":[{"type":"custom","custom":{"name":"sh","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"x"}}}}],"max_completion_tokens":5,"reasoning_effort":"high","verbosity":"low","prompt_cache_key":"k","store":true,"metadata":{"b":"1","a":"2"},"service_tier":"flex"}
            """,
            written);
        Assert.Empty(losses);
    }

    [Fact]
    public void Write_TheNextTurn_BeginsWithTheBytesOfTheLast()
    {
        const string First = """{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"q"}""";
        const string Tail = """],"tools":[{"type":"function","function":{"name":"f","parameters":{}}}]}""";
        var one = Rewrite(First + Tail, Vendor, out _);
        var two = Rewrite(First + """,{"role":"assistant","content":"a"},{"role":"user","content":"q2"}""" + Tail, Vendor, out _);
        var messages = one[..one.IndexOf("],\"tools\"", StringComparison.Ordinal)];

        Assert.StartsWith(messages, two, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("[]", "")]
    [InlineData("\"hello\"", "")]
    [InlineData("null", "")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":5,"messages":[{"role":"user","content":"x"}]}""", "model")]
    [InlineData("""{"model":"m"}""", "messages")]
    [InlineData("""{"model":"m","messages":[]}""", "messages")]
    [InlineData("""{"model":"m","messages":{"a":1}}""", "messages")]
    [InlineData("""{"model":"m","messages":[1]}""", "messages[0]")]
    [InlineData("""{"model":"m","messages":[{"role":"bard","content":"x"}]}""", "messages[0].role")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":5}]}""", "messages[0].content")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]}""", "messages[0].content[0].type")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":5}]}]}""", "messages[0].content[0].text")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}""", "messages[0].content[0].image_url")]
    [InlineData("""{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a"}]}]}""", "messages[0].tool_calls[0].function")]
    [InlineData("""{"model":"m","messages":[{"role":"assistant","tool_calls":{}}]}""", "messages[0].tool_calls")]
    [InlineData("""{"model":"m","messages":[{"role":"tool","content":"x"}]}""", "messages[0].tool_call_id")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":"hot"}""", "temperature")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"max_tokens":1.5}""", "max_tokens")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"stop":[1]}""", "stop[0]")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{}}]}""", "tools[0].function.name")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"tool_choice":"perhaps"}""", "tool_choice")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":7}""", "response_format")]
    public void ReadRequest_WrongKind_NamesTheField(string body, string param)
    {
        var error = ChatWire.Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "", null), out _);

        Assert.Equal(400, error?.Status);
        Assert.Equal(param, error!.Param ?? "");
    }

    [Fact]
    public void ReadRequest_LegacyFunctions_BecomeToolsWithIds()
    {
        var written = Rewrite(
            """
            {"model":"m","messages":[{"role":"user","content":"q"},{"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"r"}],
             "functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":"auto"}
            """,
            Vendor,
            out _);

        Assert.Contains(
            """tool_calls":[{"id":"call_legacy_1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_legacy_1","content":"r"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"auto"}""",
            written,
            StringComparison.Ordinal);
    }

    private static string Rewrite(string body, TargetModel target, out List<string> losses)
    {
        var error = ChatWire.Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "", null), out var request);
        Assert.Null(error);
        var lost = new Losses();
        var output = new ArrayBufferWriter<byte>();
        ChatWire.Dialect.WriteRequest(request, target, output, lost);
        losses = [.. lost.Kept.Select(static l => $"{l.Path}: {l.Reason}")];
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
