using System.Buffers.Binary;

namespace BifrostLite.Schemas.Wire;

/// <summary>The type byte of a header's value.</summary>
internal enum EventStreamValueType : byte
{
    True,
    False,
    Byte,
    Short,
    Integer,
    Long,
    ByteArray,
    String,
    Timestamp,
    Uuid,
}

/// <summary>One header of a message: its name, and its value's bytes without length prefix.</summary>
internal readonly ref struct EventStreamHeader
{
    public ReadOnlySpan<byte> Name { get; init; }

    public EventStreamValueType Type { get; init; }

    public ReadOnlySpan<byte> Value { get; init; }
}

/// <summary>
/// Walks the headers of an AWS event-stream message (smithy.io/2.0/aws/amazon-eventstream.html, "Headers Format"): name
/// length and name, type byte, value; byte arrays and strings carry a two-byte length, all others have a fixed one.
/// </summary>
internal ref struct EventStreamHeaders(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What is left does not read as headers; set when <see cref="TryNext"/> says no.</summary>
    public bool IsCorrupt { get; private set; }

    public bool TryNext(out EventStreamHeader header)
    {
        header = default;
        if (_rest.IsEmpty)
        {
            return false;
        }

        var nameEnd = 1 + _rest[0];
        if (nameEnd == 1 || nameEnd >= _rest.Length)
        {
            return Corrupt();
        }

        var type = (EventStreamValueType)_rest[nameEnd];
        var name = _rest[1..nameEnd];
        var value = _rest[(nameEnd + 1)..];
        if (type is EventStreamValueType.ByteArray or EventStreamValueType.String)
        {
            if (value.Length < sizeof(ushort))
            {
                return Corrupt();
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(value);
            return TryTake(name, type, value[sizeof(ushort)..], length, out header);
        }

        return TryTake(name, type, value, FixedLength(type), out header);
    }

    private static int FixedLength(EventStreamValueType type) => type switch
    {
        EventStreamValueType.True or EventStreamValueType.False => 0,
        EventStreamValueType.Byte => 1,
        EventStreamValueType.Short => 2,
        EventStreamValueType.Integer => 4,
        EventStreamValueType.Long or EventStreamValueType.Timestamp => 8,
        EventStreamValueType.Uuid => 16,

        // "The set of types is fixed and not open to extension."
        _ => int.MaxValue,
    };

    private bool TryTake(ReadOnlySpan<byte> name, EventStreamValueType type, ReadOnlySpan<byte> value, int length, out EventStreamHeader header)
    {
        header = default;
        if (value.Length < length)
        {
            return Corrupt();
        }

        header = new EventStreamHeader { Name = name, Type = type, Value = value[..length] };
        _rest = value[length..];
        return true;
    }

    private bool Corrupt()
    {
        IsCorrupt = true;
        return false;
    }
}
