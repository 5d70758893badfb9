using System.Buffers.Text;
using System.Text;

namespace BifrostLite.Storage;

/// <summary>Writes <see cref="LogFacts"/> as UTF-8 into memory it keeps for the next entry. For one thread.</summary>
internal sealed class LogFactsWriter
{
    private byte[] _bytes = new byte[1024];
    private int _length;

    /// <summary>Who asks whom is mostly what it was for the entry before: then its bytes stand there already.</summary>
    private (string Route, string Caller, string Upstream, string Model) _head;
    private int _headLength;

    /// <summary>The facts of an entry; good until the next call.</summary>
    public ReadOnlySpan<byte> Write(LogEntry entry)
    {
        AddHead((entry.Route, entry.CallerDialect, entry.UpstreamDialect, entry.RequestedModel));
        Add(entry.Status);
        Add(entry.ErrorMessage);
        Add(entry.IsStream ? 1 : 0);
        Add(entry.Attempts);
        Add(entry.Trail);
        Add(entry.Losses);
        Add(entry.CacheReadTokens);
        Add(entry.CacheWriteTokens);
        Add(entry.ReasoningTokens);
        Add(entry.HeadersMilliseconds);
        Add(entry.FirstTokenMilliseconds);
        Add(entry.BytesIn);
        Add(entry.BytesOut);
        Add(entry.Extra);
        return _bytes.AsSpan(0, _length - 1);
    }

    private void AddHead((string Route, string Caller, string Upstream, string Model) head)
    {
        if (_headLength == 0 || head != _head)
        {
            _length = 0;
            Add(head.Route);
            Add(head.Caller);
            Add(head.Upstream);
            Add(head.Model);
            _head = head;
            _headLength = _length;
        }

        _length = _headLength;
    }

    private void Add(string text)
    {
        if (text.Length == 0)
        {
            _ = Room(0);
            End(0);
            return;
        }

        var room = Room(Encoding.UTF8.GetMaxByteCount(text.Length));
        var written = Encoding.UTF8.GetBytes(text, room);
        room[..written].Replace((byte)LogFacts.Separator, (byte)' ');
        End(written);
    }

    private void Add(long number)
    {
        _ = Utf8Formatter.TryFormat(number, Room(20), out var written);
        End(written);
    }

    /// <summary>Whole microseconds: a short number, and finer than anything that is timed.</summary>
    private void Add(double? milliseconds)
    {
        if (milliseconds is { } number)
        {
            Add((long)Math.Round(number * 1000));
        }
        else
        {
            _ = Room(0);
            End(0);
        }
    }

    private Span<byte> Room(int bytes)
    {
        if (_bytes.Length - _length <= bytes)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes + 1));
        }

        return _bytes.AsSpan(_length);
    }

    private void End(int written)
    {
        _length += written;
        _bytes[_length++] = (byte)LogFacts.Separator;
    }
}
