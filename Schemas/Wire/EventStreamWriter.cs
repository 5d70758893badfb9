using System.Buffers;
using System.Buffers.Binary;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Writes messages of application/vnd.amazon.eventstream. An encoder keeps one writer for its stream: it writes a payload
/// into what <see cref="Begin"/> gives and ends the message with its type; the payload's memory is used again and again.
/// </summary>
internal sealed class EventStreamWriter(IBufferWriter<byte> output)
{
    private const int PreludeLength = 12;
    private const int CrcLength = 4;
    private const byte StringType = (byte)EventStreamValueType.String;

    private readonly ArrayBufferWriter<byte> _payload = new(512);

    /// <summary>Where the next message's payload is to be written.</summary>
    public IBufferWriter<byte> Begin()
    {
        _payload.ResetWrittenCount();
        return _payload;
    }

    public void EndEvent(ReadOnlySpan<byte> eventType) => WriteEvent(output, eventType, _payload.WrittenSpan);

    public void EndException(ReadOnlySpan<byte> exceptionType) => WriteException(output, exceptionType, _payload.WrittenSpan);

    /// <summary>A message of type event with a JSON payload.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, ReadOnlySpan<byte> eventType, ReadOnlySpan<byte> payload) =>
        Write(output, ":event-type"u8, eventType, "event"u8, payload);

    /// <summary>A message of type exception with a JSON payload.</summary>
    public static void WriteException(IBufferWriter<byte> output, ReadOnlySpan<byte> exceptionType, ReadOnlySpan<byte> payload) =>
        Write(output, ":exception-type"u8, exceptionType, "exception"u8, payload);

    private static void Write(
        IBufferWriter<byte> output, ReadOnlySpan<byte> typeName, ReadOnlySpan<byte> type, ReadOnlySpan<byte> messageType, ReadOnlySpan<byte> payload)
    {
        // The order in which Bedrock sends them: the type, :content-type, :message-type.
        var headersLength = HeaderLength(typeName, type)
            + HeaderLength(":content-type"u8, "application/json"u8)
            + HeaderLength(":message-type"u8, messageType);
        var total = PreludeLength + headersLength + payload.Length + CrcLength;
        var head = output.GetSpan(PreludeLength + headersLength)[..(PreludeLength + headersLength)];
        BinaryPrimitives.WriteUInt32BigEndian(head, (uint)total);
        BinaryPrimitives.WriteUInt32BigEndian(head[4..], (uint)headersLength);
        BinaryPrimitives.WriteUInt32BigEndian(head[8..], Crc32.Compute(head[..8]));
        var rest = WriteHeader(head[PreludeLength..], typeName, type);
        rest = WriteHeader(rest, ":content-type"u8, "application/json"u8);
        WriteHeader(rest, ":message-type"u8, messageType);
        var crc = Crc32.Append(Crc32.Compute(head), payload);
        output.Advance(head.Length);
        output.Write(payload);
        BinaryPrimitives.WriteUInt32BigEndian(output.GetSpan(CrcLength), crc);
        output.Advance(CrcLength);
    }

    private static int HeaderLength(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => 1 + name.Length + 1 + sizeof(ushort) + value.Length;

    private static Span<byte> WriteHeader(Span<byte> span, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        span[0] = (byte)name.Length;
        name.CopyTo(span[1..]);
        span = span[(1 + name.Length)..];
        span[0] = StringType;
        BinaryPrimitives.WriteUInt16BigEndian(span[1..], (ushort)value.Length);
        value.CopyTo(span[3..]);
        return span[(3 + value.Length)..];
    }
}
