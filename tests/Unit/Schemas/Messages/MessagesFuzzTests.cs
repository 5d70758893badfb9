using System.Buffers;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;

namespace BifrostLite.Tests.Unit.Schemas.Messages;

/// <summary>Whatever an upstream or a caller sends: a legal stream, a legal answer or an error, never an exception.</summary>
public class MessagesFuzzTests
{
    private const int Rounds = 1500;

    private static readonly string[] Stream =
    [
        """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":5,"cache_creation":{"ephemeral_5m_input_tokens":0},"output_tokens":1}}}""",
        """{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"h\u00e9 \ud83d\ude00"}}""",
        """{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}""",
        """{"type":"content_block_stop","index":0}""",
        """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"f","input":{"a":1}}}""",
        """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}""",
        """{"type":"content_block_stop","index":1}""",
        """{"type":"content_block_start","index":2,"content_block":{"type":"web_search_tool_result","tool_use_id":"s","content":[{"type":"web_search_result","title":"T","url":"u","encrypted_content":"E"}]}}""",
        """{"type":"content_block_stop","index":2}""",
        """{"type":"content_block_start","index":3,"content_block":{"type":"text","text":""}}""",
        """{"type":"content_block_delta","index":3,"delta":{"type":"citations_delta","citation":{"type":"char_location","cited_text":"c","document_index":0,"start_char_index":1,"end_char_index":2}}}""",
        """{"type":"content_block_stop","index":3}""",
        """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":9}}""",
        """{"type":"message_stop"}""",
    ];

    private const string Answer =
        """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"thinking","thinking":"x","signature":"s"},{"type":"redacted_thinking","data":"d"},{"type":"text","text":"hi","citations":[{"type":"page_location","cited_text":"c","start_page_number":1,"end_page_number":2}]},{"type":"server_tool_use","id":"s","name":"web_search","input":{}},{"type":"tool_use","id":"t","name":"f","input":{"a":[1,{"b":null}]}}],"stop_reason":"tool_use","stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":3}}""";

    private const string Request =
        """{"model":"m","max_tokens":9,"stream":true,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"QQ=="}},{"type":"document","source":{"type":"text","data":"d"}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"tool_use","id":"t1","name":"f","input":{"a":1}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"r"}]}],"tools":[{"name":"f","input_schema":{"type":"object","properties":{"a":{"type":"integer","minimum":1}}},"strict":true},{"type":"web_search_20250305","name":"web_search","max_uses":1}],"tool_choice":{"type":"auto"},"thinking":{"type":"enabled","budget_tokens":2000},"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"x":{"type":"string","maxLength":3}}}}},"mcp_servers":[{"type":"url","url":"u","name":"n"}],"metadata":{"user_id":"u"},"temperature":0.5,"stop_sequences":["a"]}""";

    [Fact]
    public void Decoder_DamagedStreams_GiveALegalStreamOrAnError()
    {
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            var output = new ArrayBufferWriter<byte>();
            var context = Wire.Context("claude", "messages");
            var guard = new StreamGuard(Wire.Dialect.CreateEncoder(context, output), StreamRules.Sequential, context.Losses);
            var decoder = Wire.Dialect.CreateDecoder();
            var facts = new StreamFacts();
            var cut = random.Next(Stream.Length + 1);
            for (var i = 0; i < cut; i++)
            {
                var data = random.Next(4) == 0 ? Wounds.Damage(Stream[random.Next(Stream.Length)], random) : Encoding.UTF8.GetBytes(Stream[i]);
                var frame = new StreamFrame { Data = data };
                Wire.Dialect.Inspect(frame, facts);
                decoder.OnFrame(frame, guard);
            }

            decoder.OnUpstreamEnd(guard);
            guard.Complete();
            AssertLegal(output, guard.HasFailed);
        }
    }

    [Fact]
    public void ReadAnswer_DamagedBodies_GiveAnAnswerOrAnError()
    {
        var random = new Random(2);
        for (var round = 0; round < Rounds; round++)
        {
            var body = Wounds.Damage(Answer, random);
            var context = Wire.Context();
            var builder = new AnswerBuilder();
            var guard = new StreamGuard(builder, StreamRules.Sequential, context.Losses);
            Wire.Dialect.ReadAnswer(body, guard);
            Wire.Dialect.InspectAnswer(body, new StreamFacts());
            Wire.Dialect.ReadError(500, body);
            guard.Complete();
            if (!guard.HasFailed)
            {
                var output = new ArrayBufferWriter<byte>();
                Wire.Dialect.WriteAnswer(builder.Answer, context, output);
                using var written = JsonDocument.Parse(output.WrittenMemory);
                Assert.Equal("message", written.RootElement.GetProperty("type").GetString());
            }
        }
    }

    [Fact]
    public void ReadRequest_DamagedBodies_AreReadOrRefused()
    {
        var random = new Random(3);
        for (var round = 0; round < Rounds; round++)
        {
            if (Wire.Dialect.ReadRequest(new RequestSource(Wounds.Damage(Request, random), "", null), out var request) is null)
            {
                using var written = JsonDocument.Parse(Wire.Write(request).Body);
                Assert.Equal("claude-x", written.RootElement.GetProperty("model").GetString());
            }
        }
    }

    private static void AssertLegal(ArrayBufferWriter<byte> output, bool hasFailed)
    {
        var frames = Wire.Data(output);
        foreach (var frame in frames)
        {
            using var json = JsonDocument.Parse(frame);
            Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        }

        Assert.Equal(hasFailed ? "\"error\"" : "\"message_stop\"", frames[^1][8..frames[^1].IndexOfAny([',', '}'], 8)]);
    }
}
