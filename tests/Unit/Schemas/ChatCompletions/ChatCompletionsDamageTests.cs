using System.Buffers;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Cursor;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.ChatCompletions;

/// <summary>Every value of a rich body or stream replaced by every other kind, cut anywhere: an answer or an error, never an exception.</summary>
public class ChatCompletionsDamageTests
{
    private const string Request =
        """
        {"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"system","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}]},
        {"role":"user","name":"n","content":[{"type":"text","text":"t"},{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ==","detail":"low"}},{"type":"input_audio","input_audio":{"data":"QQ==","format":"wav"}},
        {"type":"file","file":{"filename":"f","file_data":"data:text/plain,a%20b"}},{"type":"video_url","video_url":{"url":"https://v"}},{"type":"tool_result","tool_use_id":"z","content":[{"type":"text","text":"r"}],"is_error":true}]},
        {"role":"assistant","content":"a","refusal":"r","reasoning":"x","reasoning_details":[{"type":"reasoning.text","text":"x","signature":"bfl1:s:f:p:chat:i:d","index":0,"format":"f","id":"i"},{"type":"reasoning.encrypted","data":"d"}],
        "audio":{"id":"au"},"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"g"}}},{"id":"k","type":"custom","custom":{"name":"sh","input":"ls"}}],"function_call":{"name":"f","arguments":"{"}},
        {"role":"tool","tool_call_id":"c","content":"r"},{"role":"function","name":"f","content":"r"},{"role":"user","content":[{"type":"tool_use","id":"t","name":"n","input":{"a":1}},{"type":"thinking","thinking":[{"type":"text","text":"h"}]},{"type":"image","source":{"type":"url","url":"u"}}]}],
        "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":false},"cache_control":{"type":"ephemeral"}},{"type":"custom","custom":{"name":"sh","format":{"type":"grammar","grammar":{"syntax":"lark","definition":"x"}}}},{"type":"web_search"}],
        "functions":[{"name":"g"}],"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"f"}}]}},"function_call":"auto","parallel_tool_calls":true,"web_search_options":{"a":1},
        "max_tokens":5,"max_completion_tokens":6,"temperature":0.1,"top_p":0.2,"top_k":3,"stop":["a"],"frequency_penalty":0.1,"presence_penalty":0.1,"seed":1,"logprobs":true,"top_logprobs":2,"n":2,
        "response_format":{"type":"json_schema","json_schema":{"name":"n","description":"d","schema":{"a":1},"strict":true}},"reasoning_effort":"low","reasoning":{"effort":"high","max_tokens":2000,"exclude":true,"enabled":true,"summary":"auto"},
        "thinking":{"type":"enabled","budget_tokens":5},"enable_thinking":true,"verbosity":"low","user":"u","safety_identifier":"s","metadata":{"a":"b"},"service_tier":"flex","store":true,"prompt_cache_key":"k","cache_control":{"type":"ephemeral"},
        "logit_bias":{"1":2},"instructions":"i","max_output_tokens":7,"text":{"verbosity":"low","format":{"type":"json_schema","name":"n","schema":{}}}}
        """;

    private const string Answer =
        """
        {"id":"i","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},{"type":"text","text":"u"}],"refusal":"r","reasoning":"x","reasoning_content":"y",
        "reasoning_details":[{"type":"reasoning.text","text":"x","signature":"s","index":0,"id":"i"},{"type":"reasoning.encrypted","data":"d","index":1}],"annotations":[{"type":"url_citation","url_citation":{"url":"u","title":"t","start_index":1,"end_index":2,"content":"c"}},{"type":"file","file":{"name":"n"}}],
        "images":[{"type":"image_url","image_url":{"url":"data:image/png;base64,QQ=="}}],"audio":{"id":"a","data":"QQ==","transcript":"t"},"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"g"}}},
        {"id":"k","type":"custom","custom":{"name":"sh","input":"ls"}},{"function":{"arguments":"{"}}],"function_call":{"name":"g","arguments":"{}"}},"logprobs":{"content":[{"token":"u"}],"refusal":null},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1,"cache_write_tokens":1,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":1},"cost":0.5,"server_tool_use_details":{"web_search_requests":1}},
        "citations":["https://a"],"search_results":[{"title":"t","url":"u"}],"service_tier":"default"}
        """;

    private static readonly string[] Others = ["null", "5", "-1.5e300", "\"x\"", "\"\"", "true", "{}", "[]", "[5]", "{\"a\":1}", "[[{}]]"];

    [Fact]
    public void ReadRequest_AnyValueOfAnyKind_IsReadOrRefused()
    {
        var target = new TargetModel("openai", "m", "openai") { TakesCustomTools = true, TakesMidSystem = true };
        foreach (var body in Damaged(Request))
        {
            foreach (var dialect in (Dialect[])[ChatWire.Dialect, new CursorDialect()])
            {
                if (dialect.ReadRequest(new RequestSource(body, "", null), out var request) is null)
                {
                    var output = new ArrayBufferWriter<byte>();
                    dialect.WriteRequest(request, target, output, new Losses());
                    using var written = JsonDocument.Parse(output.WrittenMemory, new JsonDocumentOptions { MaxDepth = 512 });
                    Assert.Equal("m", written.RootElement.GetProperty("model").GetString());
                }
            }
        }
    }

    [Fact]
    public void ReadAnswer_AnyValueOfAnyKind_IsReadOrAnError()
    {
        var context = ChatWire.Context();
        foreach (var body in Damaged(Answer))
        {
            var builder = new AnswerBuilder();
            var guard = new StreamGuard(builder, ChatWire.Dialect.Rules, new Losses());
            ChatWire.Dialect.ReadAnswer(body, guard);
            guard.Complete();
            ChatWire.Dialect.InspectAnswer(body, new StreamFacts());
            var output = new ArrayBufferWriter<byte>();
            ChatWire.Dialect.WriteAnswer(builder.Answer, context, output);

            Assert.True(builder.IsComplete);
            JsonDocument.Parse(output.WrittenMemory).Dispose();
        }
    }

    [Fact]
    public void OnFrame_AnyValueOfAnyKind_EndsInALegalStream()
    {
        var chunk = Answer.Replace("\"message\"", "\"delta\"", StringComparison.Ordinal);
        foreach (var body in Damaged(chunk))
        {
            var output = new ArrayBufferWriter<byte>();
            var guard = new StreamGuard(ChatWire.Dialect.CreateEncoder(ChatWire.Context(), output), ChatWire.Dialect.Rules, new Losses());
            var decoder = ChatWire.Dialect.CreateDecoder();
            foreach (var data in (byte[][])[Encoding.UTF8.GetBytes(ChatWire.Chunk("""{"content":"x"}""")), body, Encoding.UTF8.GetBytes(ChatWire.Chunk("""{"content":"y"}""", "\"stop\""))])
            {
                decoder.OnFrame(new StreamFrame { Data = data }, guard);
                ChatWire.Dialect.Inspect(new StreamFrame { Data = data }, new StreamFacts());
            }

            decoder.OnUpstreamEnd(guard);
            guard.Complete();
            var events = Encoding.UTF8.GetString(output.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.True(guard.HasFailed ? events[^1].StartsWith("data: {\"error\":", StringComparison.Ordinal) : events[^1] == "data: [DONE]");
            foreach (var line in events.Where(static l => l != "data: [DONE]"))
            {
                JsonDocument.Parse(line[6..]).Dispose();
            }
        }
    }

    /// <summary>The body cut at every 7th byte, and with each of its values replaced by others.</summary>
    private static IEnumerable<byte[]> Damaged(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        for (var length = 0; length <= body.Length; length += 7)
        {
            yield return body[..length];
        }

        foreach (var (start, end) in Values(body))
        {
            foreach (var other in Others)
            {
                yield return [.. body[..start], .. Encoding.UTF8.GetBytes(other), .. body[end..]];
            }
        }
    }

    private static List<(int Start, int End)> Values(byte[] json)
    {
        var values = new List<(int, int)>();
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                var start = (int)reader.TokenStartIndex;
                var copy = reader;
                copy.Skip();
                values.Add((start, (int)copy.BytesConsumed));
            }
        }

        return values;
    }
}
