using System.Buffers;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Writes server-sent events with LF line ends, as every API here does. Data must be one line: JSON from
/// <see cref="JsonEmitter"/> is, since it lets no line break of raw JSON through.
/// </summary>
internal static class SseWriter
{
    /// <summary>A whole frame with a name.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        Begin(output, name);
        output.Write(data);
        End(output);
    }

    /// <summary>A whole frame without a name.</summary>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> data)
    {
        Begin(output);
        output.Write(data);
        End(output);
    }

    /// <summary>A named frame up to its data, which the caller writes; then <see cref="End"/>.</summary>
    public static void Begin(IBufferWriter<byte> output, ReadOnlySpan<byte> name)
    {
        var span = output.GetSpan(name.Length + 14);
        "event: "u8.CopyTo(span);
        name.CopyTo(span[7..]);
        "\ndata: "u8.CopyTo(span[(7 + name.Length)..]);
        output.Advance(name.Length + 14);
    }

    public static void Begin(IBufferWriter<byte> output) => output.Write("data: "u8);

    public static void End(IBufferWriter<byte> output) => output.Write("\n\n"u8);

    /// <summary>A comment: keeps a connection alive and is nothing to its reader.</summary>
    public static void Comment(IBufferWriter<byte> output, ReadOnlySpan<byte> text)
    {
        output.Write(": "u8);
        output.Write(text);
        End(output);
    }
}
