using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;
using static BifrostLite.Tests.Unit.Schemas.Converse.ConverseKit;

namespace BifrostLite.Tests.Unit.Schemas.Converse;

/// <summary>Whatever an upstream or a caller sends: a legal stream, a legal answer or an error, never an exception.</summary>
public class ConverseFuzzTests
{
    private const int Rounds = 1500;

    private static readonly (string Event, string Data)[] Stream =
    [
        ("messageStart", """{"role":"assistant"}"""),
        ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"text":"h\u00e9"}},"p":"ab"}"""),
        ("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"reasoningContent":{"signature":"c2ln"}}}"""),
        ("contentBlockStop", """{"contentBlockIndex":0}"""),
        ("contentBlockStart", """{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"f","type":"tool_use"}}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"a\":1}"}}}"""),
        ("contentBlockStop", """{"contentBlockIndex":1}"""),
        ("contentBlockStart", """{"contentBlockIndex":2,"start":{"toolResult":{"toolUseId":"t","type":"x_result","status":"success"}}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":2,"delta":{"toolResult":[{"text":"r"},{"json":{"a":1}}]}}"""),
        ("contentBlockStop", """{"contentBlockIndex":2}"""),
        ("contentBlockDelta", """{"contentBlockIndex":3,"delta":{"text":"hi"}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":3,"delta":{"citation":{"title":"T","sourceContent":[{"text":"c"}],"location":{"documentChar":{"documentIndex":0,"start":1,"end":2}}}}}"""),
        ("contentBlockDelta", """{"contentBlockIndex":4,"delta":{"image":{"source":{"bytes":"QQ=="}}}}"""),
        ("contentBlockStop", """{"contentBlockIndex":3}"""),
        ("messageStop", """{"stopReason":"end_turn","additionalModelResponseFields":{"delta":{"stop_sequence":"x"}}}"""),
        ("metadata", """{"usage":{"inputTokens":5,"outputTokens":3,"totalTokens":8,"cacheReadInputTokens":1,"cacheDetails":[{"ttl":"1h","inputTokens":1}]},"metrics":{"latencyMs":1}}"""),
    ];

    private const string Answer =
        """{"output":{"message":{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"x","signature":"s"}}},{"reasoningContent":{"redactedContent":"d"}},{"citationsContent":{"content":[{"text":"hi"}],"citations":[{"title":"T","location":{"web":{"url":"u"}}}]}},{"toolUse":{"toolUseId":"s","name":"nova_grounding","type":"server_tool_use","input":{}}},{"toolResult":{"toolUseId":"s","type":"r","content":[{"json":{"a":1}}]}},{"toolUse":{"toolUseId":"t","name":"f","input":{"a":[1,{"b":null}]}}},{"image":{"format":"png","source":{"bytes":"QQ=="}}}]}},"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":3,"totalTokens":4},"metrics":{"latencyMs":1}}""";

    private const string Request =
        """{"messages":[{"role":"user","content":[{"text":"hi"},{"image":{"format":"png","source":{"bytes":"QQ=="}}},{"document":{"format":"txt","name":"n","source":{"text":"d"},"citations":{"enabled":true}}},{"cachePoint":{"type":"default","ttl":"1h"}},{"guardContent":{"text":{"text":"g"}}},{"searchResult":{"title":"t","source":"s","content":[{"text":"c"}]}}]},{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"t","signature":"s"}}},{"citationsContent":{"content":[{"text":"x"}],"citations":[{"location":{"documentPage":{"start":1}}}]}},{"toolUse":{"toolUseId":"t1","name":"f","input":{"a":1}}}]},{"role":"user","content":[{"toolResult":{"toolUseId":"t1","content":[{"json":{"a":1}}],"status":"error"}}]}],"system":[{"text":"s"},{"cachePoint":{"type":"default"}}],"inferenceConfig":{"maxTokens":9,"temperature":0.5,"topP":0.9,"stopSequences":["a"]},"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object"}},"strict":true}},{"systemTool":{"name":"nova_grounding"}},{"cachePoint":{"type":"default"}}],"toolChoice":{"tool":{"name":"f"}}},"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"{\"type\":\"object\"}","name":"n"}}}},"additionalModelRequestFields":{"thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"effort":"low"},"top_k":5,"inferenceConfig":{"topK":3}},"serviceTier":{"type":"flex"},"requestMetadata":{"a":"b"}}""";

    [Fact]
    public void Decoder_DamagedStreams_GiveALegalStreamOrAnError()
    {
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            var wire = Encode(sink =>
            {
                var decoder = Dialect.CreateDecoder();
                var facts = new StreamFacts();
                foreach (var (name, data) in Stream[..random.Next(Stream.Length + 1)])
                {
                    var frame = new StreamFrame
                    {
                        Event = Encoding.UTF8.GetBytes(name),
                        Data = random.Next(4) == 0 ? Wounds.Damage(data, random) : Encoding.UTF8.GetBytes(data),
                        IsException = random.Next(200) == 0,
                    };
                    Dialect.Inspect(frame, facts);
                    decoder.OnFrame(frame, sink);
                }

                decoder.OnUpstreamEnd(sink);
                ((StreamGuard)sink).Complete();
            });

            var last = wire[(wire.LastIndexOf('\n') + 1)..];
            Assert.True(last.StartsWith("metadata ", StringComparison.Ordinal) || last.Contains("Exception! ", StringComparison.Ordinal), wire);
        }
    }

    [Fact]
    public void ReadAnswer_DamagedBodies_GiveAnAnswerOrAnError() =>
        new DialectFuzz(Dialect, Rounds).Answers(static _ => Answer, Context(), "stopReason");

    [Fact]
    public void ReadRequest_DamagedBodies_AreReadOrRefused() =>
        new DialectFuzz(Dialect, Rounds).Requests(Request, static request => Write(request), "messages");
}
