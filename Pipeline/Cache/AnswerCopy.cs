using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Cache;

/// <summary>What a provider sent, copied while it is read, up to a limit: beyond it nothing is kept.</summary>
internal sealed class AnswerCopy(string contentType, int limit) : IDisposable
{
    private readonly PooledBuffer _bytes = new();
    private bool _isTooLong;

    public string ContentType { get; } = contentType;

    /// <summary>All of it so far; empty where it was too long.</summary>
    public ReadOnlySpan<byte> Bytes => _isTooLong ? default : _bytes.Span;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _isTooLong |= _bytes.Length + bytes.Length > limit;
        if (!_isTooLong)
        {
            _bytes.Write(bytes);
        }
    }

    public void Dispose() => _bytes.Dispose();
}
