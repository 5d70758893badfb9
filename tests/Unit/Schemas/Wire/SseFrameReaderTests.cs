using System.Net.ServerSentEvents;
using System.Text;
using BifrostLite.Schemas.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public class SseFrameReaderTests
{
    private static readonly string[] NewLines = ["\n", "\r\n", "\r"];

    private const string Sample =
        "\uFEFF: hello~event: start~data: {\"a\":1}~~data:no space~data~data:  two spaces~id: 7~retry: 10~~~event: lonely~~"
        + "data: 日本語 \\n text~event: late~~dataset: no~data : no~:~~data:~~event: x~event: y~data: z~~data: \t~~";

    public static TheoryData<string> AllNewLines => [.. NewLines];

    [Theory]
    [MemberData(nameof(AllNewLines))]
    public void TryRead_EverySplitPoint_SameFramesAsTheFramework(string newLine)
    {
        var stream = Encoding.UTF8.GetBytes(Sample.Replace("~", newLine, StringComparison.Ordinal));
        var expected = Framework(stream);
        Assert.Equal(6, expected.Count);
        for (var split = 0; split <= stream.Length; split++)
        {
            Assert.Equal(expected, Ours(stream, [split]));
        }

        Assert.Equal(expected, Ours(stream, Enumerable.Range(0, stream.Length)));
    }

    [Fact]
    public void TryRead_RandomStreams_SameFramesAsPlainReadingAndTheFramework()
    {
        var piece = Gen.Elements(
            "data", "event", "id", ":", ": ", " ", "x", "{}", "é", "\n", "\n", "\r", "\r", "\r\n", "\r\n", "\n\n", "\r\n\r\n", "data: ", "event:", "\uFEFF");
        var streams = Gen.Two(Gen.ListOf(piece)).ToArbitrary();
        Prop.ForAll(streams, static pair =>
        {
            var stream = Encoding.UTF8.GetBytes(string.Concat(pair.Item1.Concat(pair.Item2)) + "\n\n");
            var split = Encoding.UTF8.GetByteCount(string.Concat(pair.Item1));
            var expected = Plain(stream);
            Assert.Equal(Framework(stream).Select(frame => frame.Data), expected.Select(frame => frame.Data));
            Assert.Equal(expected, Ours(stream, [split]));
            Assert.Equal(expected, Ours(stream, Enumerable.Range(0, stream.Length)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void TryRead_FrameEndsWithReturnAtBufferEnd_ComesAtOnceAndItsLineFeedIsSkipped()
    {
        var reader = new SseFrameReader();
        Assert.Equal(FrameStatus.Frame, reader.TryRead("data: 1\r\n\r"u8, false, out var consumed, out _));
        Assert.Equal(10, consumed);
        Assert.Equal(FrameStatus.Skipped, reader.TryRead("\n"u8, false, out consumed, out var rest));
        Assert.Equal(1, consumed);
        Assert.Equal("\n", Encoding.UTF8.GetString(rest.Wire));
        Assert.Equal(FrameStatus.Incomplete, reader.TryRead("data: 2\r"u8, false, out consumed, out _));
        Assert.Equal(0, consumed);
        Assert.Equal(FrameStatus.Frame, reader.TryRead("data: 2\r\n\r\n"u8, false, out consumed, out var frame));
        Assert.Equal("2", Encoding.UTF8.GetString(frame.Data));
        Assert.Equal(11, consumed);
    }

    [Theory]
    [InlineData("data: cut", "cut")]
    [InlineData("data: cut\n", "cut")]
    [InlineData("event: e\ndata: a\r", "a")]
    [InlineData("\uFEFFdata:b", "b")]
    public void TryRead_StreamEndsInsideFrame_RestIsAFrame(string text, string data)
    {
        var reader = new SseFrameReader();
        var stream = Encoding.UTF8.GetBytes(text);
        Assert.Equal(FrameStatus.Incomplete, reader.TryRead(stream, false, out var consumed, out _));
        Assert.Equal(0, consumed);
        Assert.Equal(FrameStatus.Frame, reader.TryRead(stream, true, out consumed, out var frame));
        Assert.Equal(stream.Length, consumed);
        Assert.Equal(data, Encoding.UTF8.GetString(frame.Data));
        Assert.Equal(stream, frame.Wire.ToArray());
        Assert.Equal(FrameStatus.Incomplete, reader.TryRead([], true, out _, out _));
    }

    [Theory]
    [InlineData(": ping")]
    [InlineData("event: nothing\n")]
    [InlineData("\uFEFF")]
    public void TryRead_StreamEndsWithoutData_RestIsSkipped(string text)
    {
        var stream = Encoding.UTF8.GetBytes(text);
        Assert.Equal(FrameStatus.Skipped, new SseFrameReader().TryRead(stream, true, out var consumed, out _));
        Assert.Equal(stream.Length, consumed);
    }

    [Fact]
    public void TryRead_SingleLineFrames_AllocatesNothing()
    {
        var stream = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("event: delta\ndata: {\"text\":\"hello\"}\n\n: ping\n\n", 500)));
        var reader = new SseFrameReader();
        Assert.Equal(500, Count(reader, stream));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var frames = Count(reader, stream);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(500, frames);
        Assert.Equal(0, allocated);
    }

    private static int Count(FrameReader reader, ReadOnlySpan<byte> stream)
    {
        var frames = 0;
        while (reader.TryRead(stream, false, out var consumed, out _) is var status && status != FrameStatus.Incomplete)
        {
            frames += status == FrameStatus.Frame ? 1 : 0;
            stream = stream[consumed..];
        }

        return frames;
    }

    /// <summary>Frames read while the stream is shown up to each of the given ends, and then whole.</summary>
    private static List<(string Event, string Data)> Ours(byte[] stream, IEnumerable<int> ends)
    {
        var reader = new SseFrameReader();
        var frames = new List<(string, string)>();
        var wire = new List<byte>();
        var start = 0;
        foreach (var end in ends.Append(stream.Length))
        {
            while (reader.TryRead(stream.AsSpan(start, end - start), false, out var consumed, out var frame) is var status && status != FrameStatus.Incomplete)
            {
                if (status == FrameStatus.Frame)
                {
                    frames.Add((Encoding.UTF8.GetString(frame.Event), Encoding.UTF8.GetString(frame.Data)));
                }

                Assert.Equal(consumed, frame.Wire.Length);
                wire.AddRange(frame.Wire);
                start += consumed;
            }
        }

        Assert.Equal(stream[..start], wire);
        return frames;
    }

    /// <summary>
    /// The standard's text line by line, without thought for speed. Needed beside the framework's parser, which gives the
    /// name of a frame without data to the next frame, where the standard says to forget it.
    /// </summary>
    private static List<(string Event, string Data)> Plain(byte[] stream)
    {
        var frames = new List<(string, string)>();
        var name = "";
        List<string> data = [];
        var text = Encoding.UTF8.GetString(stream);
        text = text.StartsWith('\uFEFF') ? text[1..] : text;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var field = colon < 0 ? line : line[..colon];
            var value = colon < 0 ? "" : line[(colon + 1)..];
            value = value.StartsWith(' ') ? value[1..] : value;
            if (field == "data")
            {
                data.Add(value);
            }

            name = field == "event" ? value : name;
            if (line.Length == 0)
            {
                if (data.Count > 0)
                {
                    frames.Add((name, string.Join('\n', data)));
                }

                name = "";
                data = [];
            }
        }

        return frames;
    }

    /// <summary>The framework's parser calls a frame without a name "message"; ours tells it as it is.</summary>
    private static List<(string Event, string Data)> Framework(byte[] stream) =>
        [.. SseParser.Create(new MemoryStream(stream)).Enumerate().Select(static item => (item.EventType == SseParser.EventTypeDefault ? "" : item.EventType, item.Data))];
}
