using System.Buffers;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>
/// Stands between an encoder and the caller: holds the frames of one read and lets them through with the members spliced in.
/// Encoders write whole server-sent events with one data line each.
/// </summary>
internal sealed class SplicedOutput(ExtraFields extras, IBufferWriter<byte> next) : IBufferWriter<byte>, IDisposable
{
    private readonly PooledBuffer _held = new();

    public void KeepRaw(ReadOnlySpan<byte> data) => extras.KeepRaw(data);

    public void Advance(int count) => _held.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _held.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _held.GetSpan(sizeHint);

    /// <summary>Passes on what was written so far.</summary>
    public void Flush()
    {
        var held = _held.Span;
        while (held.IndexOf("\n\n"u8) is var end and >= 0)
        {
            var wire = held[..(end + 2)];
            var taken = extras.Splice(new StreamFrame { Data = DataOf(wire), Wire = wire }, wire, next, out _);
            next.Write(wire[taken..]);
            held = held[wire.Length..];
        }

        next.Write(held);
        _held.Clear();
        extras.BeginRead();
    }

    public void Dispose() => _held.Dispose();

    private static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> wire)
    {
        var at = wire.StartsWith("data: "u8) ? 0 : wire.IndexOf("\ndata: "u8) + 1;
        return at > 0 || wire.StartsWith("data: "u8) ? wire[(at + "data: ".Length)..^2] : default;
    }
}
