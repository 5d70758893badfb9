using System.Buffers;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Responses;

public sealed class ResponsesInspectorTests
{
    private const string Terminal =
        """{"type":"response.incomplete","response":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[],"usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"output_tokens":7,"output_tokens_details":{"reasoning_tokens":3}}}}""";

    [Theory]
    [InlineData("response.incomplete")]
    [InlineData("")]
    public void Inspect_TerminalEvent_GivesFigures(string name)
    {
        var facts = new StreamFacts();

        ResponsesInspector.Inspect(new StreamFrame { Event = Encoding.UTF8.GetBytes(name), Data = Encoding.UTF8.GetBytes(Terminal) }, facts);

        Assert.True(facts.IsTerminated);
        Assert.Equal(StopKind.Length, facts.Stop);
        Assert.Equal(new Usage { Input = 9, CacheRead = 4, CacheWrite5m = 2, Output = 7, Reasoning = 3 }, facts.Usage);
    }

    [Fact]
    public void Inspect_Delta_AllocatesNothing()
    {
        var facts = new StreamFacts();
        var data = """{"delta":"Hi","item_id":"msg_1","output_index":0,"content_index":0,"type":"response.output_text.delta"}"""u8.ToArray();
        ResponsesInspector.Inspect(new StreamFrame { Data = data }, facts);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            ResponsesInspector.Inspect(new StreamFrame { Data = data }, facts);
            ResponsesInspector.Inspect(new StreamFrame { Event = "response.output_text.delta"u8, Data = data }, facts);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(facts.HasContent);
    }

    [Theory]
    [InlineData("""{"type":"error","message":"no"}""")]
    [InlineData("""{"error":{"message":"no"}}""")]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","output":[],"error":{"code":"server_error","message":"no"}}}""")]
    public void Inspect_Failure_IsTold(string data)
    {
        var facts = new StreamFacts();

        ResponsesInspector.Inspect(new StreamFrame { Data = Encoding.UTF8.GetBytes(data) }, facts);

        Assert.Equal("no", facts.Error?.Message);
        Assert.True(facts.IsTerminated);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("[1]", true)]
    [InlineData("{}", true)]
    [InlineData("""{"error":{"message":"no"}}""", true)]
    [InlineData("""{"status":"completed","output":[{"type":"function_call"}]}""", false)]
    public void InspectAnswer_Body_IsAnswerOrError(string body, bool isError)
    {
        var facts = new StreamFacts();

        ResponsesInspector.InspectAnswer(Encoding.UTF8.GetBytes(body), facts);

        Assert.Equal(isError, facts.Error is not null);
        Assert.Equal(isError ? StopKind.Unknown : StopKind.ToolCalls, facts.Stop);
    }

    [Theory]
    [InlineData(429, """{"error":{"message":"slow \"down\"","type":"requests","param":null,"code":"rate_limit_exceeded"}}""", "slow \"down\"", ErrorKind.RateLimit)]
    [InlineData(429, """{"error":{"message":"pay","code":"insufficient_quota"}}""", "pay", ErrorKind.Billing)]
    [InlineData(400, """{"code":"invalid","error":"bad key"}""", "bad key", ErrorKind.InvalidRequest)]
    [InlineData(422, """{"detail":"bad field"}""", "bad field", ErrorKind.InvalidRequest)]
    [InlineData(502, "<html>", "the upstream answered with status 502", ErrorKind.BadGateway)]
    public void ReadError_AnyBody_FindsTheMessage(int status, string body, string message, object kind)
    {
        var error = ResponsesErrors.Read(status, Encoding.UTF8.GetBytes(body));

        Assert.Equal((status, message, (ErrorKind)kind), (error.Status, error.Message, error.Kind));
    }

    [Fact]
    public void WriteError_GatewaysOwn_HasTheEnvelope()
    {
        var output = new ArrayBufferWriter<byte>();

        ResponsesErrors.Write(GatewayError.Invalid("model is \"gone\"", "model"), output);

        Assert.Equal(
            """{"is_bifrost_error":true,"status_code":400,"error":{"message":"model is \"gone\"","type":"invalid_request_error","param":"model","code":null},"extra_fields":{}}""",
            Encoding.UTF8.GetString(output.WrittenSpan));
    }
}
