using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using BifrostLite.Schemas.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public class EventStreamFrameReaderTests
{
    /// <summary>Two published vectors of the format (no headers), then messages put together apart from this code.</summary>
    private const string Empty = "000000100000000005c248eb7d98c8ff";
    private const string PayloadOnly = "0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936";
    private const string MessageStart =
        "000000760000005296d5fade0b3a6576656e742d7479706507000c6d65737361676553746172740d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a73"
        + "6f6e0d3a6d6573736167652d747970650700056576656e747b22726f6c65223a22617373697374616e74227d6fa8c599";

    private const string Throttled =
        "0000008e00000061514180540f3a657863657074696f6e2d747970650700137468726f74746c696e67457863657074696f6e0d3a636f6e74656e742d74797065070010617070"
        + "6c69636174696f6e2f6a736f6e0d3a6d6573736167652d74797065070009657863657074696f6e7b226d657373616765223a22546f6f206d616e7920746f6b656e73227dc81b"
        + "1ec1";

    private const string Unmodelled =
        "0000006800000058a9d03a230d3a6d6573736167652d747970650700056572726f720b3a6572726f722d636f646507000d496e7465726e616c4572726f720e3a6572726f722d"
        + "6d657373616765070014416e2022696e7465726e616c22206572726f722ef761133d";

    /// <summary>One header of each of the ten types, a to i around :event-type and :message-type.</summary>
    private const string AllTypes =
        "0000008300000071b46654810161000162010163027f016403010201650400000001016605000000000000000001670600036162630b3a6576656e742d747970650700056368"
        + "756e6b0168080000000000000000016909050505050505050505050505050505050d3a6d6573736167652d747970650700056576656e747b7d90e8623d";

    [Theory]
    [InlineData(Empty, "", "", false)]
    [InlineData(PayloadOnly, "", "{'foo':'bar'}", false)]
    [InlineData(MessageStart, "messageStart", """{"role":"assistant"}""", false)]
    [InlineData(Throttled, "throttlingException", """{"message":"Too many tokens"}""", true)]
    [InlineData(Unmodelled, "InternalError", """{"message":"An \"internal\" error."}""", true)]
    [InlineData(AllTypes, "chunk", "{}", false)]
    public void TryRead_KnownMessage_TypeAndPayload(string hex, string type, string data, bool isException)
    {
        var wire = Convert.FromHexString(hex);
        Assert.Equal(FrameStatus.Frame, new EventStreamFrameReader().TryRead(wire, false, out var consumed, out var frame));
        Assert.Equal(wire.Length, consumed);
        Assert.Equal(type, Encoding.UTF8.GetString(frame.Event));
        Assert.Equal(data, Encoding.UTF8.GetString(frame.Data));
        Assert.Equal(isException, frame.IsException);
        Assert.Equal(wire, frame.Wire.ToArray());
    }

    [Fact]
    public void TryRead_EverySplitPoint_SameMessages()
    {
        var wire = Convert.FromHexString(MessageStart + Throttled + AllTypes);
        string[] expected = ["messageStart", "throttlingException", "chunk"];
        for (var split = 0; split <= wire.Length; split++)
        {
            Assert.Equal(expected, Types(wire, [split]));
        }

        Assert.Equal(expected, Types(wire, Enumerable.Range(0, wire.Length)));
    }

    /// <summary>CRC-32 finds every change within one byte, wherever it is.</summary>
    [Fact]
    public void TryRead_AnyByteChanged_IsCorrupt()
    {
        var good = Convert.FromHexString(MessageStart);
        for (var at = 0; at < good.Length; at++)
        {
            byte[] bad = [.. good];
            bad[at] ^= 0x40;
            Assert.Equal(FrameStatus.Corrupt, new EventStreamFrameReader().TryRead(bad, true, out var consumed, out _));
            Assert.Equal(0, consumed);
        }
    }

    [Theory]
    [InlineData(0xFu, 0u)]
    [InlineData(16u, 1u)]
    [InlineData(100u, 85u)]
    [InlineData(0x7FFFFFFFu, 0u)]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu)]
    public void TryRead_ImpossibleLength_IsCorruptAtThePrelude(uint total, uint headers)
    {
        var prelude = new byte[12];
        BinaryPrimitives.WriteUInt32BigEndian(prelude, total);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(4), headers);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Crc32.Compute(prelude.AsSpan(0, 8)));
        Assert.Equal(FrameStatus.Corrupt, new EventStreamFrameReader().TryRead(prelude, false, out _, out _));
    }

    /// <summary>Header bytes that do not read as headers, under right checksums.</summary>
    [Theory]
    [InlineData("00")]
    [InlineData("05")]
    [InlineData("0161")]
    [InlineData("01610A")]
    [InlineData("01610700")]
    [InlineData("0161070005AB")]
    [InlineData("016109AABB")]
    public void TryRead_BadHeaders_IsCorrupt(string headers) =>
        Assert.Equal(FrameStatus.Corrupt, new EventStreamFrameReader().TryRead(Message(Convert.FromHexString(headers)), false, out _, out _));

    [Fact]
    public void TryRead_StreamEndsInsideMessage_IsCorrupt()
    {
        var wire = Convert.FromHexString(MessageStart);
        for (var length = 1; length < wire.Length; length++)
        {
            var reader = new EventStreamFrameReader();
            Assert.Equal(FrameStatus.Incomplete, reader.TryRead(wire.AsSpan(0, length), false, out _, out _));
            Assert.Equal(FrameStatus.Corrupt, reader.TryRead(wire.AsSpan(0, length), true, out _, out _));
        }

        Assert.Equal(FrameStatus.Incomplete, new EventStreamFrameReader().TryRead([], true, out _, out _));
    }

    [Fact]
    public void Write_EventAndException_BytesAsAwsSendsThem()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new EventStreamWriter(output);
        writer.Begin().Write("""{"role":"assistant"}"""u8);
        writer.EndEvent("messageStart"u8);
        writer.Begin().Write("""{"message":"Too many tokens"}"""u8);
        writer.EndException("throttlingException"u8);
        Assert.Equal(MessageStart + Throttled, Convert.ToHexString(output.WrittenSpan), ignoreCase: true);
    }

    [Fact]
    public void WriteThenRead_RandomMessages_ComeBack()
    {
        var messages = Gen.Zip(ArbMap.Default.GeneratorFor<byte[]>(), ArbMap.Default.GeneratorFor<bool>()).ListOf().ToArbitrary();
        Prop.ForAll(messages, static sent =>
        {
            var output = new ArrayBufferWriter<byte>();
            foreach (var (payload, isException) in sent)
            {
                Action<IBufferWriter<byte>> write = isException
                    ? to => EventStreamWriter.WriteException(to, "e"u8, payload)
                    : to => EventStreamWriter.WriteEvent(to, "contentBlockDelta"u8, payload);
                write(output);
            }

            var reader = new EventStreamFrameReader();
            var rest = output.WrittenSpan;
            foreach (var (payload, isException) in sent)
            {
                Assert.Equal(FrameStatus.Frame, reader.TryRead(rest, true, out var consumed, out var frame));
                Assert.Equal(payload, frame.Data.ToArray());
                Assert.Equal(isException, frame.IsException);
                rest = rest[consumed..];
            }

            Assert.True(rest.IsEmpty);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void ReadAndWrite_ManyMessages_AllocateNothing()
    {
        var stream = Convert.FromHexString(string.Concat(Enumerable.Repeat(MessageStart, 500)));
        var reader = new EventStreamFrameReader();
        var output = new ArrayBufferWriter<byte>(stream.Length);
        var writer = new EventStreamWriter(output);
        Assert.Equal(500, Copy(reader, writer, stream));
        Assert.Equal(stream, output.WrittenSpan.ToArray());
        output.ResetWrittenCount();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var messages = Copy(reader, writer, stream);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(500, messages);
        Assert.Equal(0, allocated);
    }

    private static int Copy(FrameReader reader, EventStreamWriter writer, ReadOnlySpan<byte> stream)
    {
        var messages = 0;
        while (reader.TryRead(stream, false, out var consumed, out var frame) == FrameStatus.Frame)
        {
            writer.Begin().Write(frame.Data);
            writer.EndEvent(frame.Event);
            stream = stream[consumed..];
            messages++;
        }

        return messages;
    }

    private static byte[] Message(byte[] headers)
    {
        var message = new byte[16 + headers.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.Compute(message.AsSpan(0, 8)));
        headers.CopyTo(message, 12);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Crc32.Compute(message.AsSpan(0, message.Length - 4)));
        return message;
    }

    /// <summary>Types of the messages read while the stream is shown up to each of the given ends, and then whole.</summary>
    private static List<string> Types(byte[] stream, IEnumerable<int> ends)
    {
        var reader = new EventStreamFrameReader();
        var types = new List<string>();
        var start = 0;
        foreach (var end in ends.Append(stream.Length))
        {
            while (reader.TryRead(stream.AsSpan(start, end - start), false, out var consumed, out var frame) is var status && status != FrameStatus.Incomplete)
            {
                Assert.Equal(FrameStatus.Frame, status);
                types.Add(Encoding.UTF8.GetString(frame.Event));
                start += consumed;
            }
        }

        Assert.Equal(stream.Length, start);
        return types;
    }
}
