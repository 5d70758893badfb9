using System.Buffers;
using System.Buffers.Binary;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Finds messages of application/vnd.amazon.eventstream (smithy.io/2.0/aws/amazon-eventstream.html): total length, headers
/// length and their CRC, headers, payload, CRC of all before it; numbers are big-endian. Both checksums are verified, as
/// the specification demands, and a bad one ends the stream: nothing after it can be trusted to be a message's start.
/// A message costs no allocation, but for unmodelled errors. One reader serves one stream.
/// </summary>
internal sealed class EventStreamFrameReader : FrameReader
{
    private const int PreludeLength = 12;
    private const int CrcLength = 4;
    private const int LeastLength = PreludeLength + CrcLength;

    /// <summary>Payload 24 MiB and headers 128 KiB at most, says the specification.</summary>
    private const int MostLength = (24 * 1024 * 1024) + (128 * 1024) + LeastLength;

    /// <summary>Length of the message at the front; 0 until its prelude has been read and checked.</summary>
    private int _length;
    private int _headersLength;
    private uint _preludeCrc;

    public override FrameStatus TryRead(ReadOnlySpan<byte> buffer, bool isLast, out int consumed, out StreamFrame frame)
    {
        consumed = 0;
        frame = default;
        if (_length == 0 && buffer.Length >= PreludeLength && !TryReadPrelude(buffer))
        {
            return FrameStatus.Corrupt;
        }

        if (_length == 0 || buffer.Length < _length)
        {
            // Half a message at the end is a cut, never a frame: its checksum is missing.
            return isLast && !buffer.IsEmpty ? FrameStatus.Corrupt : FrameStatus.Incomplete;
        }

        var message = buffer[.._length];
        var body = message[..^CrcLength];
        if (Crc32.Append(_preludeCrc, body[(PreludeLength - CrcLength)..]) != BinaryPrimitives.ReadUInt32BigEndian(message[^CrcLength..])
            || !TryReadMessage(message, body.Slice(PreludeLength, _headersLength), body[(PreludeLength + _headersLength)..], out frame))
        {
            return FrameStatus.Corrupt;
        }

        consumed = _length;
        _length = 0;
        return FrameStatus.Frame;
    }

    private bool TryReadPrelude(ReadOnlySpan<byte> buffer)
    {
        var total = BinaryPrimitives.ReadUInt32BigEndian(buffer);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]);
        _preludeCrc = Crc32.Compute(buffer[..(PreludeLength - CrcLength)]);
        if (_preludeCrc != BinaryPrimitives.ReadUInt32BigEndian(buffer[(PreludeLength - CrcLength)..])
            || total is < LeastLength or > MostLength || headers > total - LeastLength)
        {
            return false;
        }

        _length = (int)total;
        _headersLength = (int)headers;
        return true;
    }

    private static bool TryReadMessage(ReadOnlySpan<byte> wire, ReadOnlySpan<byte> headerBytes, ReadOnlySpan<byte> payload, out StreamFrame frame)
    {
        ReadOnlySpan<byte> messageType = default, eventType = default, exceptionType = default, errorCode = default, errorMessage = default;
        var headers = new EventStreamHeaders(headerBytes);
        while (headers.TryNext(out var header))
        {
            if (header.Name.SequenceEqual(":event-type"u8))
            {
                eventType = header.Value;
            }
            else if (header.Name.SequenceEqual(":message-type"u8))
            {
                messageType = header.Value;
            }
            else if (header.Name.SequenceEqual(":exception-type"u8))
            {
                exceptionType = header.Value;
            }
            else if (header.Name.SequenceEqual(":error-code"u8))
            {
                errorCode = header.Value;
            }
            else if (header.Name.SequenceEqual(":error-message"u8))
            {
                errorMessage = header.Value;
            }
        }

        var isError = messageType.SequenceEqual("error"u8);
        var isException = isError || messageType.SequenceEqual("exception"u8);
        frame = new StreamFrame
        {
            Event = isError ? errorCode : isException ? exceptionType : eventType,
            Data = isError && payload.IsEmpty ? MessageObject(errorMessage) : payload,
            IsException = isException,
            Wire = wire,
        };
        return !headers.IsCorrupt;
    }

    /// <summary>An unmodelled error says its message in a header; decoders find it where modelled ones have it: {"message":...}.</summary>
    private static ReadOnlySpan<byte> MessageObject(ReadOnlySpan<byte> message)
    {
        var output = new ArrayBufferWriter<byte>();
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Member("message"u8, JsonText.FromUtf8(message));
        json.EndObject();
        return output.WrittenSpan;
    }
}
