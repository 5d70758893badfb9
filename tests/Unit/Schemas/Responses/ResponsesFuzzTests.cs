using System.Buffers;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;
using BifrostLite.Tests.Unit.Schemas.Hub;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Responses;

/// <summary>Whatever an upstream sends, the caller gets a legal stream or a legal error.</summary>
public sealed class ResponsesFuzzTests
{
    private static readonly string[] Events =
    [
        """{"type":"response.created","response":{"id":"resp_1","model":"m","created_at":1}}""",
        """{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs_1"}}""",
        """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"a\n\ud83d"}""",
        """{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":1,"delta":"b"}""",
        """{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","encrypted_content":"E"}}""",
        """{"type":"response.content_part.added","output_index":1,"content_index":0,"part":{"type":"output_text"}}""",
        """{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"x \"y\"","logprobs":[{"token":"x","logprob":-1}]}""",
        """{"type":"response.output_text.annotation.added","output_index":1,"content_index":0,"annotation":{"type":"url_citation","url":"u"}}""",
        """{"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","call_id":"c","name":"f"}}""",
        """{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"a\":"}""",
        """{"type":"response.function_call_arguments.done","output_index":2,"arguments":"{\"a\":1}"}""",
        """{"type":"response.output_item.done","output_index":3,"item":{"type":"web_search_call","id":"ws","action":{"type":"search","query":"q"}}}""",
        """{"type":"response.output_item.done","output_index":1,"item":{"type":"message","content":[{"type":"output_text","text":"x"},{"type":"refusal","refusal":"n"}]}}""",
        """{"type":"response.completed","response":{"status":"completed","output":[{"type":"custom_tool_call","call_id":"d","name":"g","input":"i"}],"usage":{"input_tokens":1}}}""",
        """{"type":"response.failed","response":{"error":null}}""",
        """{"type":"error","message":"no"}""",
        """{"type":"response.output_text.delta","delta":7}""",
        "[DONE]",
        "{",
        "null",
        "\u0001",
    ];

    [Fact]
    public void AnyEvents_GiveALegalStream()
    {
        var gen = Gen.ListOf(Gen.Choose(0, Events.Length - 1));
        Prop.ForAll(Arb.From(gen), static picks => Check([.. picks.Select(static i => Encoding.UTF8.GetBytes(Events[i]))]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));
    }

    [Fact]
    public void AnyTruncationOrDamage_GivesALegalStream()
    {
        for (var pick = 0; pick < Events.Length; pick++)
        {
            var whole = Encoding.UTF8.GetBytes(Events[pick]);
            for (var length = 0; length < whole.Length; length++)
            {
                Check([Encoding.UTF8.GetBytes(Events[0]), whole[..length]]);
                var damaged = (byte[])whole.Clone();
                damaged[length] ^= 0x13;
                Check([Encoding.UTF8.GetBytes(Events[0]), damaged]);
            }
        }
    }

    [Theory]
    [InlineData("""{"type":"response.output_text.delta","sequence_number":4,"item_id":"i","output_index":1,"content_index":0,"delta":"a\u00e9\"\\n","logprobs":[],"obfuscation":"x"}""")]
    [InlineData("""{"type":"response.output_text.delta","delta":"","output_index":12,"content_index":3}""")]
    [InlineData("""{ "type": "response.output_text.delta", "delta": "a b", "output_index": 1, "content_index": 0 }""")]
    [InlineData("""{"output_index":1,"type":"response.output_text.delta","delta":"\"delta\":\"no\"","content_index":0}""")]
    [InlineData("""{"output_index":1,"type":"response.output_text.delta","delta":"bad \q escape","content_index":0}""")]
    [InlineData("""{"output_index":1,"type":"response.output_text.delta","delta":"no end""")]
    public void ScannedAndWalkedDeltas_AreTheSame(string data)
    {
        var (scanned, walked) = (new RecordingSink(), new RecordingSink());

        new ResponsesStreamDecoder().OnFrame(new StreamFrame { Event = "response.output_text.delta"u8, Data = Encoding.UTF8.GetBytes(data) }, scanned);
        new ResponsesStreamDecoder().OnFrame(new StreamFrame { Data = Encoding.UTF8.GetBytes(data) }, walked);

        Assert.Equal(walked.Trace, scanned.Trace);
    }

    [Fact]
    public void Deltas_AreReadWithoutAllocating()
    {
        var decoder = new ResponsesStreamDecoder();
        var sink = new NullSink();
        var data = """{"type":"response.output_text.delta","item_id":"i","output_index":0,"content_index":0,"delta":"words","logprobs":[]}"""u8.ToArray();
        decoder.OnFrame(new StreamFrame { Data = data }, sink);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            decoder.OnFrame(new StreamFrame { Data = data }, sink);
            decoder.OnFrame(new StreamFrame { Event = "response.output_text.delta"u8, Data = data }, sink);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Check(IReadOnlyList<byte[]> events)
    {
        var context = ResponsesKit.Context();
        var output = new ArrayBufferWriter<byte>();
        using var encoder = new ResponsesStreamEncoder(context, output);
        var guard = new StreamGuard(encoder, StreamRules.Sequential, context.Losses);
        var decoder = new ResponsesStreamDecoder();
        foreach (var data in events)
        {
            decoder.OnFrame(new StreamFrame { Data = data }, guard);
        }

        decoder.OnUpstreamEnd(guard);
        guard.Complete();
        CheckStream(Encoding.UTF8.GetString(output.WrittenSpan));
    }

    /// <summary>Numbered events of valid JSON, one terminal event and nothing behind it, deltas that add up to what is done.</summary>
    private static void CheckStream(string stream)
    {
        var frames = stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        var text = new StringBuilder();
        for (var i = 0; i < frames.Length; i++)
        {
            using var json = JsonDocument.Parse(frames[i].Split('\n')[1]["data: ".Length..]);
            var type = json.RootElement.GetProperty("type").GetString()!;
            Assert.Equal(i, json.RootElement.GetProperty("sequence_number").GetInt32());
            Assert.Equal(i == frames.Length - 1, type is "response.completed" or "response.incomplete" or "response.failed" or "error");
            if (type == "response.output_text.delta")
            {
                text.Append(json.RootElement.GetProperty("delta").GetRawText()[1..^1]);
            }
            else if (type == "response.output_text.done")
            {
                Assert.Equal(text.ToString(), json.RootElement.GetProperty("text").GetRawText()[1..^1]);
                text.Clear();
            }
        }
    }

    private sealed class NullSink : IResponseSink
    {
        public void On(in ResponseEvent e)
        {
        }
    }
}
