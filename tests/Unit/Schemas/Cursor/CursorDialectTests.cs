using System.Buffers;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Cursor;
using BifrostLite.Schemas.Hub;
using BifrostLite.Tests.Unit.Schemas.ChatCompletions;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Cursor;

public class CursorDialectTests
{
    private const string Expected =
        """[{"role":"system","content":"Be brief."},{"role":"user","content":"Weather?"},{"role":"assistant","content":"Looking.","tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"21"},{"role":"user","content":"..."}]""";

    private static readonly CursorDialect Dialect = new();

    [Theory]
    [InlineData( // chat
        """{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Weather?"},{"role":"assistant","content":"Looking.","tool_calls":[{"id":"c1","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":"21"},{"role":"user","content":""}],"tools":[{"name":"look","description":"d","input_schema":{"type":"object","properties":{}}}],"max_tokens":9}""")]
    [InlineData( // Responses
        """{"model":"m","instructions":"Be brief.","input":[{"role":"user","content":[{"type":"input_text","text":"Weather?"}]},{"role":"assistant","content":[{"type":"output_text","text":"Looking."}]},{"type":"function_call","call_id":"c1","name":"look","arguments":"{\"a\":1}"},{"type":"function_call_output","call_id":"c1","output":"21"},{"role":"user","content":" "}],"tools":[{"name":"look","description":"d","input_schema":{"type":"object","properties":{}}}],"max_output_tokens":9}""")]
    [InlineData( // blocks of Messages within messages, parameters of Responses
        """{"model":"m","instructions":"Be brief.","input":[],"messages":[{"role":"user","content":[{"type":"input_text","text":"Weather?"}]},{"role":"assistant","content":[{"type":"output_text","text":"Looking."},{"type":"tool_use","id":"c1","name":"look","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"21"}]}]},{"role":"user","content":[]}],"tools":[{"type":"function","name":"look","description":"d","parameters":{"type":"object","properties":{}}}],"max_output_tokens":9,"truncation":"auto"}""")]
    [InlineData( // input is an old copy without the results that messages hold
        """{"model":"m","input":[{"role":"user","content":"old"}],"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Weather?"},{"role":"assistant","content":[{"type":"text","text":"Looking."},{"type":"tool_use","tool_call_id":"c1","function":{"name":"look","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"2"},{"type":"text","text":"1"}]},{"role":"user","content":"\n"}],"tools":[{"name":"look","description":"d","input_schema":{"type":"object","properties":{}}}],"max_tokens":9}""")]
    public void ReadRequest_AnyShape_MeansTheSame(string body)
    {
        var error = Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "", null), out var request);
        var output = new ArrayBufferWriter<byte>();
        var losses = new Losses();
        Dialect.WriteRequest(request, new TargetModel("p", "m", "f") { TakesMidSystem = true }, output, losses);

        Assert.Null(error);
        var written = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.Equal(
            """{"model":"m","messages":MESSAGES,"tools":[{"type":"function","function":{"name":"look","description":"d","parameters":{"type":"object","properties":{}}}}],"max_tokens":9}""".Replace("MESSAGES", Expected, StringComparison.Ordinal),
            written.Replace("},{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"...\"}]", "},{\"role\":\"user\",\"content\":\"...\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("nonsense")]
    [InlineData("""{"model":"m","messages":5}""")]
    [InlineData("""{"model":"m","input":{"a":1}}""")]
    [InlineData("""{"model":"m","input":[1,2]}""")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"max_output_tokens":"many"}""")]
    public void ReadRequest_Nonsense_IsRefused(string body) =>
        Assert.Equal(400, Dialect.ReadRequest(new RequestSource(Encoding.UTF8.GetBytes(body), "", null), out _)?.Status);

    [Fact]
    public void Encode_RefusalAndUsage_StandWhereCursorLooks()
    {
        static void Play(IResponseSink sink)
        {
            sink.Start();
            sink.Open(0, BlockKind.Refusal);
            sink.Add(0, "I can't.");
            sink.Stop(0);
            sink.Finish(StopKind.Length);
            sink.Count(new Usage { Input = 3, Output = 2, Cost = 0.25m });
            sink.End();
        }

        var stream = ChatWire.Encode(Play, dialect: Dialect).Split('\n');
        var answer = ChatWire.WriteAnswer(Play, dialect: Dialect);

        Assert.Equal("""{"index":0,"delta":{"content":"I can't."}""", stream[1]);
        Assert.StartsWith("""{"index":0,"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":3,""", stream[2], StringComparison.Ordinal);
        Assert.Contains("""cost":{"total_cost":0.25}}""", stream[2], StringComparison.Ordinal);
        Assert.Equal("data: [DONE]", stream[3]);
        Assert.Contains("""content":"I can't.","refusal":null""", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_Failure_IsAnErrorAndNoEnd()
    {
        var stream = ChatWire.Encode(
            static sink =>
            {
                sink.Start();
                sink.Open(0, BlockKind.Text);
                sink.Add(0, "a");
                sink.Stop(0);
                sink.Finish();
                sink.On(new ResponseEvent { Kind = EventKind.Error, Error = GatewayError.Upstream("gone") });
            },
            dialect: Dialect);

        Assert.DoesNotContain("finish_reason\":\"", stream, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", stream, StringComparison.Ordinal);
        Assert.Contains("\"message\":\"gone\"", stream, StringComparison.Ordinal);
    }
}
