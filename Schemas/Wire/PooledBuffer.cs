using System.Buffers;
using System.Diagnostics;

namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Bytes written into memory from a pool (<see cref="ByteArrays"/>), given back on dispose. What was handed out (memory, spans) is dead
/// after the next write, <see cref="Clear"/> or dispose.
/// </summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes = [];

    public PooledBuffer()
    {
    }

    /// <param name="capacity">Bytes that will surely come; exactly one rent when the guess is right.</param>
    public PooledBuffer(int capacity) => _bytes = capacity == 0 ? [] : ByteArrays.Rent(capacity);

    public int Length { get; private set; }

    public int Capacity => _bytes.Length;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>The written bytes, to be patched in place (a length or checksum known only at the end).</summary>
    public Span<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    public void Advance(int count)
    {
        Debug.Assert(count >= 0 && count <= _bytes.Length - Length, "advanced beyond what was asked for");
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Makes room for what will come.</summary>
    public void Reserve(int count) => Grow(count);

    /// <summary>Forgets the bytes and keeps the memory for the next use.</summary>
    public void Clear() => Length = 0;

    /// <summary>Cuts the end off.</summary>
    public void Truncate(int length)
    {
        Debug.Assert(length >= 0 && length <= Length, "only cuts");
        Length = length;
    }

    /// <summary>Gives the memory back; the buffer is empty then and may be used again.</summary>
    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
        {
            ByteArrays.Return(bytes);
        }
    }

    private void Grow(int sizeHint)
    {
        var needed = Math.Max(sizeHint, 1);
        if (_bytes.Length - Length < needed)
        {
            GrowBy(needed);
        }
    }

    private void GrowBy(int needed)
    {
        // Doubling stops at the largest array there is; beyond it Rent itself reports the failure.
        var wanted = (int)Math.Min(Array.MaxLength, Math.Max((long)_bytes.Length * 2, 256));
        var grown = ByteArrays.Rent(Math.Max(wanted, checked(Length + needed)));
        Span.CopyTo(grown);
        if (_bytes.Length > 0)
        {
            ByteArrays.Return(_bytes);
        }

        _bytes = grown;
    }
}
