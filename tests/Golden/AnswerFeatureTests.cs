using System.Text;

namespace BifrostLite.Tests.Golden;

/// <summary>Things few answers have: what becomes of them for callers of another dialect, and that nothing goes without a word.</summary>
public class AnswerFeatureTests
{
    private const string Mcp = """
        {"id":"r","object":"response","status":"completed","model":"m","output":[{"type":"mcp_call","id":"mcp_1","server_label":"wiki","name":"ask","arguments":"{\"q\":1}","output":"R","error":null}]}
        """;

    private const string Bash = """
        {"id":"m","type":"message","role":"assistant","model":"m","stop_reason":"end_turn","container":{"id":"c_1","expires_at":"2026-01-01T00:00:00Z"},"content":[
         {"type":"server_tool_use","id":"s1","name":"bash_code_execution","input":{"command":"ls"}},
         {"type":"bash_code_execution_tool_result","tool_use_id":"s1","content":{"type":"bash_code_execution_result","stdout":"OUT","stderr":"","return_code":0,"content":[]}}]}
        """;

    private const string Guarded = """
        {"output":{"message":{"role":"assistant","content":[{"citationsContent":{"content":[{"text":"a"}],"citations":[{"title":"T","sourceContent":[{"text":"P"}],"location":{"searchResultLocation":{"searchResultIndex":0,"start":0,"end":1}}}]}}]}},"stopReason":"guardrail_intervened","trace":{"guardrail":{}}}
        """;

    private const string Fetched = """
        {"candidates":[{"content":{"role":"model","parts":[{"text":"a"}]},"finishReason":"STOP","urlContextMetadata":{"urlMetadata":[]},"citationMetadata":{"citationSources":[]}}]}
        """;

    [Theory]
    [InlineData("messages", "responses", Mcp, """{"type":"mcp_tool_use","id":"mcp_1","name":"ask","server_name":"wiki","input":{"q":1}}""", "")]
    [InlineData("responses", "messages", Bash, "\"code\":\"ls\"", "container")]
    [InlineData("chat", "messages", Bash, "", "answer.container answer.server_tool")]
    [InlineData("responses", "converse", Guarded, """[{"type":"file_citation","index":1,"file_id":"","filename":"T"}]""", "trace")]
    [InlineData("genai", "converse", Guarded, """{"retrievedContext":{"uri":"","title":"T","text":"P"}}""", "answer.trace")]
    [InlineData("chat", "genai", Fetched, "", "answer.urlContextMetadata answer.citationMetadata")]
    public void Translate_RareThings_ArriveOrAreTold(string inbound, string upstream, string answer, string expected, string lost)
    {
        var (body, losses) = AnswerProbe.Translate(inbound, upstream, Encoding.UTF8.GetBytes(answer));

        Assert.Contains(expected, body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(lost, string.Join(' ', losses.Select(l => l.Path)));
    }
}
