using System.Text;

namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>Small bodies as providers of each dialect send them.</summary>
internal static class ProviderBodies
{
    public static string Error(string dialect, int status) => dialect switch
    {
        "messages" => """{"type":"error","error":{"type":"api_error","message":"from the provider"}}""",
        "converse" => """{"message":"from the provider"}""",
        _ => $$$"""{"error":{"message":"from the provider","type":"some_error","code":null,"param":null,"status":{{{status}}}}}""",
    };

    public static string ContentRefusal(string dialect) => dialect switch
    {
        "messages" => """{"type":"error","error":{"type":"content_policy_violation","message":"against the rules"}}""",
        "converse" => """{"message":"against the rules","__type":"content_policy_violation"}""",
        _ => """{"error":{"message":"against the rules","type":"invalid_request_error","code":"content_policy_violation","param":null}}""",
    };

    /// <summary>An error event, as it may stand anywhere in a stream.</summary>
    public static byte[] ErrorEvent(string dialect) => dialect switch
    {
        "messages" => Encoding.UTF8.GetBytes("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"full\"}}\n\n"),
        "responses" => Encoding.UTF8.GetBytes("event: error\ndata: {\"type\":\"error\",\"sequence_number\":1,\"code\":\"server_error\",\"message\":\"full\",\"param\":null}\n\n"),
        "converse" => Scene.Exception("serviceUnavailableException", """{"message":"full"}"""),
        _ => Encoding.UTF8.GetBytes("data: {\"error\":{\"message\":\"full\",\"type\":\"server_error\"}}\n\n"),
    };

    public static string Answer(string dialect) => dialect switch
    {
        "messages" => """{"id":"m1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"yes"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":1}}""",
        "converse" => """{"output":{"message":{"role":"assistant","content":[{"text":"yes"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}""",
        "responses" => """{"id":"r1","object":"response","status":"completed","model":"m","output":[{"type":"message","id":"i1","role":"assistant","status":"completed","content":[{"type":"output_text","text":"yes","annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""",
        _ => """{"id":"c1","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"yes"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""",
    };
}
