namespace BifrostLite.Schemas.Wire;

/// <summary>
/// Finds server-sent events in a growing buffer (WHATWG HTML, 9.2.6 "Interpreting an event stream"): lines end with LF,
/// CRLF or CR, a blank line ends a frame, several data lines are joined by LF. A frame without data is skipped. Every byte
/// is looked at once, however the buffer grows; a frame with one data line costs no allocation. One reader serves one stream.
/// </summary>
internal sealed class SseFrameReader : FrameReader
{
    /// <summary>
    /// Most bytes one frame may have before the caller gives the stream up. Images come inline in one frame: the largest
    /// inline image an official API sends is far below it.
    /// </summary>
    public const int MaxFrameBytes = 16 * 1024 * 1024;

    private const byte Return = (byte)'\r';
    private const byte LineFeed = (byte)'\n';

    private int _lineStart;
    private int _searched;
    private ByteRange _event;
    private ByteRange _data;
    private int _dataLines;
    private byte[] _joined = [];
    private int _joinedLength;

    /// <summary>The last line ended with CR as the last byte known; an LF that follows belongs to it.</summary>
    private bool _endedWithReturn;
    private bool _isStreamStart = true;

    public override FrameStatus TryRead(ReadOnlySpan<byte> buffer, bool isLast, out int consumed, out StreamFrame frame)
    {
        consumed = 0;
        frame = default;
        if (_dataLines == 0)
        {
            ReturnJoined();
        }

        if (_isStreamStart && !TrySkipByteOrderMark(buffer, isLast))
        {
            return FrameStatus.Incomplete;
        }

        while (TryEndLine(buffer, isLast, out var line, out var next))
        {
            if (line.IsEmpty)
            {
                return EndFrame(buffer, next, out consumed, out frame);
            }

            ReadField(buffer, line);
            _lineStart = _searched = next;
        }

        return isLast && buffer.Length > 0 ? EndFrame(buffer, buffer.Length, out consumed, out frame) : FrameStatus.Incomplete;
    }

    private bool TrySkipByteOrderMark(ReadOnlySpan<byte> buffer, bool isLast)
    {
        var mark = "\uFEFF"u8;
        if (buffer.Length < mark.Length && !isLast && mark.StartsWith(buffer))
        {
            return false;
        }

        _isStreamStart = false;
        if (buffer.StartsWith(mark))
        {
            _lineStart = _searched = mark.Length;
        }

        return true;
    }

    /// <summary>Finds where the current line ends. The rest of a stream that has ended counts as a line.</summary>
    private bool TryEndLine(ReadOnlySpan<byte> buffer, bool isLast, out ByteRange line, out int next)
    {
        if (_endedWithReturn && _lineStart < buffer.Length)
        {
            _endedWithReturn = false;
            if (buffer[_lineStart] == LineFeed)
            {
                _lineStart = ++_searched;
                if (_lineStart == 1)
                {
                    // The frame before went out at its CR. Its LF goes on by itself: a receiver may be waiting for it.
                    line = default;
                    next = 1;
                    return true;
                }
            }
        }

        var length = buffer[_searched..].IndexOfAny(LineFeed, Return);
        if (length < 0)
        {
            _searched = next = buffer.Length;
            line = ByteRange.Between(_lineStart, buffer.Length);
            return isLast && !line.IsEmpty;
        }

        var end = _searched + length;
        line = ByteRange.Between(_lineStart, end);
        next = end + 1;
        if (buffer[end] == Return)
        {
            if (next == buffer.Length)
            {
                _endedWithReturn = true;
            }
            else if (buffer[next] == LineFeed)
            {
                next++;
            }
        }

        return true;
    }

    private void ReadField(ReadOnlySpan<byte> buffer, ByteRange line)
    {
        // id and retry tell a browser how to reconnect, which no API here supports; they pass in the frame's wire bytes.
        var text = line.Of(buffer);
        if (IsField(text, "data"u8))
        {
            AddData(buffer, Value(buffer, line, "data"u8.Length));
        }
        else if (IsField(text, "event"u8))
        {
            _event = Value(buffer, line, "event"u8.Length);
        }
    }

    private static bool IsField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.StartsWith(name) && (line.Length == name.Length || line[name.Length] == ':');

    /// <summary>What follows the colon and one space, if any; a line that is only a name has an empty value.</summary>
    private static ByteRange Value(ReadOnlySpan<byte> buffer, ByteRange line, int nameLength)
    {
        var start = Math.Min(line.Start + nameLength + 1, line.End);
        return ByteRange.Between(start < line.End && buffer[start] == ' ' ? start + 1 : start, line.End);
    }

    private void AddData(ReadOnlySpan<byte> buffer, ByteRange data)
    {
        if (++_dataLines == 1)
        {
            _data = data;
            return;
        }

        if (_dataLines == 2)
        {
            Join(_data.Of(buffer));
        }

        Join("\n"u8);
        Join(data.Of(buffer));
    }

    private void Join(ReadOnlySpan<byte> text)
    {
        if (_joined.Length - _joinedLength < text.Length)
        {
            var grown = ByteArrays.Rent(Math.Max(_joinedLength + text.Length, _joined.Length * 2));
            _joined.AsSpan(0, _joinedLength).CopyTo(grown);
            var length = _joinedLength;
            ReturnJoined();
            _joined = grown;
            _joinedLength = length;
        }

        text.CopyTo(_joined.AsSpan(_joinedLength));
        _joinedLength += text.Length;
    }

    private FrameStatus EndFrame(ReadOnlySpan<byte> buffer, int end, out int consumed, out StreamFrame frame)
    {
        var hasData = _dataLines > 0;
        frame = new StreamFrame
        {
            Event = hasData ? _event.Of(buffer) : default,
            Data = _dataLines > 1 ? _joined.AsSpan(0, _joinedLength) : _data.Of(buffer),
            Wire = buffer[..end],
        };
        consumed = end;
        _lineStart = _searched = _dataLines = 0;
        _event = _data = default;
        return hasData ? FrameStatus.Frame : FrameStatus.Skipped;
    }

    /// <summary>Joined data lives until the read after its frame; a stream that ends leaves at most one array to the collector.</summary>
    private void ReturnJoined()
    {
        _joinedLength = 0;
        if (_joined.Length > 0)
        {
            ByteArrays.Return(_joined);
            _joined = [];
        }
    }
}
