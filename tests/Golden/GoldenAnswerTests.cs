using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Golden;

/// <summary>
/// One answer with reasoning, text, two tool calls and usage, from every upstream dialect into every other a caller can
/// speak, whole and streamed. The upstreams' bytes are in Answers/.
/// </summary>
public class GoldenAnswerTests
{
    private static readonly string[] Upstreams = ["chat", "responses", "messages", "converse", "genai"];
    private static readonly string[] Inbounds = [.. Upstreams, "cursor"];

    /// <summary>Same dialect is verbatim and has nothing to translate.</summary>
    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var (inbound, upstream) in Inbounds.SelectMany(inbound => Upstreams.Select(upstream => (inbound, upstream))).Where(p => p.inbound != p.upstream))
            {
                pairs.Add(inbound, upstream);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Whole_Translated_IsAsKept(string inbound, string upstream)
    {
        var context = Context(inbound, upstream);
        var builder = new AnswerBuilder();
        var guard = new StreamGuard(builder, Dialects.Get(inbound).Rules, context.Losses);
        Dialects.Get(upstream).ReadAnswer(Answer($"{upstream}.json"), guard);
        guard.Complete();
        var output = new ArrayBufferWriter<byte>();
        Dialects.Get(inbound).WriteAnswer(builder.Answer, context, output);
        output.Write("\n"u8);

        GoldenFile.Verify($"{inbound}-from-{upstream}.whole.json", output.WrittenSpan);
    }

    /// <summary>Where a dialect writes an answer as its events come, it comes to what it writes of the collected answer.</summary>
    [Theory]
    [MemberData(nameof(Pairs))]
    public void Whole_WrittenAsItsEventsCome_GivesTheSameBytes(string inbound, string upstream)
    {
        foreach (var body in (byte[][])[Answer($"{upstream}.json"), File.ReadAllBytes(FieldProbe.PathOf(Path.Combine("answers", $"{upstream}.json")))])
        {
            var (collected, collectedLosses) = Whole(inbound, upstream, body, atOnce: false);
            var (written, losses) = Whole(inbound, upstream, body, atOnce: true);

            Assert.Equal(Encoding.UTF8.GetString(collected), Encoding.UTF8.GetString(written));
            Assert.Equal(collectedLosses.Kept.Select(l => $"{l.Path} {l.Reason}").Order(), losses.Kept.Select(l => $"{l.Path} {l.Reason}").Order());
        }
    }

    private static (byte[] Answer, Losses Losses) Whole(string inbound, string upstream, byte[] body, bool atOnce)
    {
        var dialect = Dialects.Get(inbound);
        var context = Context(inbound, upstream);
        var builder = new AnswerBuilder();
        using var sink = atOnce ? dialect.CreateAnswerSink(context) : null;
        var guard = new StreamGuard((IResponseSink?)sink ?? builder, dialect.Rules, context.Losses);
        Dialects.Get(upstream).ReadAnswer(body, guard);
        guard.Complete();
        var output = new ArrayBufferWriter<byte>();
        if (sink is not null)
        {
            sink.Write(output);
        }
        else
        {
            dialect.WriteAnswer(builder.Answer, context, output);
        }

        return (output.WrittenSpan.ToArray(), context.Losses);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Stream_Translated_IsAsKept(string inbound, string upstream)
    {
        var output = new ArrayBufferWriter<byte>();
        Translate(inbound, upstream, UpstreamStream(upstream), int.MaxValue, output);

        GoldenFile.Verify($"{inbound}-from-{upstream}.stream.{(inbound == "converse" ? "txt" : "sse")}", Legible(inbound, output.WrittenSpan));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Stream_InPieces_GivesTheSameBytes(string inbound, string upstream)
    {
        var whole = new ArrayBufferWriter<byte>();
        var pieces = new ArrayBufferWriter<byte>();

        Translate(inbound, upstream, UpstreamStream(upstream), int.MaxValue, whole);
        Translate(inbound, upstream, UpstreamStream(upstream), 7, pieces);

        Assert.True(whole.WrittenSpan.SequenceEqual(pieces.WrittenSpan));
    }

    private static void Translate(string inbound, string upstream, byte[] stream, int step, ArrayBufferWriter<byte> output)
    {
        var context = Context(inbound, upstream);
        var guard = new StreamGuard(Dialects.Get(inbound).CreateEncoder(context, output), Dialects.Get(inbound).Rules, context.Losses);
        var decoder = Dialects.Get(upstream).CreateDecoder();
        var frames = Reader(Dialects.Get(upstream));
        var start = 0;
        for (var end = Math.Min(step, stream.Length); ; end = (int)Math.Min((long)end + step, stream.Length))
        {
            start += Drain(stream.AsSpan(start, end - start), end == stream.Length, frames, decoder, guard);
            if (end == stream.Length)
            {
                break;
            }
        }

        decoder.OnUpstreamEnd(guard);
        guard.Complete();
    }

    private static int Drain(ReadOnlySpan<byte> unread, bool isLast, FrameReader frames, StreamDecoder decoder, StreamGuard guard)
    {
        var at = 0;
        while (at < unread.Length)
        {
            var status = frames.TryRead(unread[at..], isLast, out var consumed, out var frame);
            Assert.NotEqual(FrameStatus.Corrupt, status);
            if (status == FrameStatus.Incomplete)
            {
                break;
            }

            if (status == FrameStatus.Frame)
            {
                decoder.OnFrame(frame, guard);
            }

            at += consumed;
        }

        return at;
    }

    /// <summary>Event-stream frames as one line each; SSE as it is.</summary>
    private static byte[] Legible(string inbound, ReadOnlySpan<byte> stream)
    {
        if (inbound != "converse")
        {
            return stream.ToArray();
        }

        var text = new ArrayBufferWriter<byte>();
        var frames = new EventStreamFrameReader();
        while (!stream.IsEmpty)
        {
            Assert.Equal(FrameStatus.Frame, frames.TryRead(stream, true, out var consumed, out var frame));
            text.Write(frame.Event);
            text.Write(" "u8);
            text.Write(frame.Data);
            text.Write("\n"u8);
            stream = stream[consumed..];
        }

        return text.WrittenSpan.ToArray();
    }

    private static byte[] UpstreamStream(string upstream)
    {
        if (upstream != "converse")
        {
            return Answer($"{upstream}.sse");
        }

        var output = new ArrayBufferWriter<byte>();
        foreach (var line in Encoding.UTF8.GetString(Answer("converse.events")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var blank = line.IndexOf(' ', StringComparison.Ordinal);
            EventStreamWriter.WriteEvent(output, Encoding.UTF8.GetBytes(line[..blank]), Encoding.UTF8.GetBytes(line[(blank + 1)..]));
        }

        return output.WrittenSpan.ToArray();
    }

    private static FrameReader Reader(Dialect dialect) => dialect.Framing == Framing.AwsEventStream ? new EventStreamFrameReader() : new SseFrameReader();

    private static AnswerContext Context(string inbound, string upstream)
    {
        var body = Encoding.UTF8.GetBytes(inbound switch
        {
            "responses" => """{"model":"gw/up-model","input":"Weather?","temperature":0.5,"metadata":{"k":"v"}}""",
            "converse" => """{"messages":[{"role":"user","content":[{"text":"Weather?"}]}]}""",
            "genai" => """{"contents":[{"role":"user","parts":[{"text":"Weather?"}]}]}""",
            _ => """{"model":"gw/up-model","max_tokens":99,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Weather?"}]}""",
        });
        return GoldenContext.Of(inbound, upstream, body, isStream: true);
    }

    private static byte[] Answer(string name, [CallerFilePath] string here = "") => File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(here)!, "Answers", name));
}
