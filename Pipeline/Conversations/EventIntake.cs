using System.Buffers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Responses;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Conversations;

/// <summary>
/// Where the answer of a background response goes instead of to a caller: a stream that reads its own frames, puts the response's
/// id into them, and knows at the end what came of it.
/// </summary>
internal sealed class EventIntake(string id, string previous, LiveResponse live) : Stream
{
    private readonly PooledBuffer _unread = new(4096);
    private readonly SseFrameReader _frames = new();
    private int _start;
    private long _count;

    /// <summary>The response object of the terminal event; null where none came.</summary>
    public byte[]? Final { get; private set; }

    /// <summary>An "error" event, or what was answered instead of a stream.</summary>
    public GatewayError? Error { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _unread.Write(buffer);
        while (_frames.TryRead(_unread.Span[_start..], isLast: false, out var consumed, out var frame) is FrameStatus.Frame or FrameStatus.Skipped && consumed > 0)
        {
            if (!frame.Data.IsEmpty)
            {
                Take(frame);
            }

            _start += consumed;
        }

        if (_start == _unread.Length)
        {
            _unread.Clear();
            _start = 0;
        }
    }

    /// <summary>The call is over; a whole answer in place of a stream is an error's body.</summary>
    public void Complete(int status)
    {
        if (Final is null && Error is null)
        {
            Error = status == StatusCodes.Status200OK
                ? new GatewayError(502, ErrorKind.BadGateway, "the answer ended before it was whole")
                : Dialects.Responses.ReadError(status, _unread.Span[_start..]);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _unread.Dispose();
        base.Dispose(disposing);
    }

    private void Take(in StreamFrame frame)
    {
        var type = JsonPick.Text(frame.Data, "type"u8);
        var number = JsonPick.Number(frame.Data, "sequence_number"u8) ?? _count;
        _count = number + 1;
        var output = new ArrayBufferWriter<byte>(frame.Data.Length + 256);
        SseWriter.Begin(output, System.Text.Encoding.UTF8.GetBytes(type));
        var json = new JsonEmitter(output);
        json.StartObject();
        var members = new JsonMembers(frame.Data);
        while (members.MoveNext())
        {
            json.Name(members.Name);
            if (members.Is("response"u8))
            {
                json.Raw(TakeResponse(members.Raw, type));
            }
            else
            {
                json.Raw(members.Raw);
            }
        }

        json.EndObject();
        SseWriter.End(output);
        if (type == "error")
        {
            Error = GatewayError.Upstream(JsonPick.Text(frame.Data, "message"u8));
        }

        live.Add(new LiveEvent(number, output.WrittenSpan.ToArray()));
    }

    private byte[] TakeResponse(ReadOnlySpan<byte> response, string type)
    {
        var output = new ArrayBufferWriter<byte>(response.Length + 128);
        var json = new JsonEmitter(output);
        ResponsesStates.WriteAs(response, id, previous, ref json);
        var own = output.WrittenSpan.ToArray();
        if (type is "response.completed" or "response.incomplete" or "response.failed")
        {
            Final = own;
        }

        return own;
    }
}
