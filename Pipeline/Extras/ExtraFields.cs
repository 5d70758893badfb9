using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using BifrostLite.Pipeline.Accounting;
using BifrostLite.Pipeline.Cache;
using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline.Extras;

/// <summary>
/// What answers of the unified routes tell beside the provider's members: extra_fields, and what the answer cost within its
/// usage (Bifrost's docs/openapi/schemas/inference/common.yaml). Spliced into the bytes that pass: nothing is read or written
/// anew, and a stream's frame costs no allocation.
/// </summary>
internal sealed class ExtraFields : IDisposable
{
    /// <summary>Two numbers of at most 20 digits, their names, brackets.</summary>
    private const int MostNumbers = 80;

    private readonly Exchange _exchange;
    private readonly byte[] _start;
    private readonly PooledBuffer? _raw;
    private readonly ReadOnlyMemory<byte> _request;
    private int _index;
    private int _rawCount;
    private long _before;
    private long _now;
    private bool _isForeign;
    private bool _hasCost;

    private ExtraFields(Exchange exchange, ReadOnlyMemory<byte> request, bool sendsRequest, bool sendsResponse)
    {
        _exchange = exchange;
        SendsRequest = sendsRequest;
        _request = sendsRequest ? request : default;
        _raw = sendsResponse ? new PooledBuffer() : null;
        _before = exchange.StartedAt;
        _start = StartOf(exchange);
    }

    /// <summary>The last frame repeats what the provider was sent, so that has to stay until then.</summary>
    public bool SendsRequest { get; }

    /// <summary>Null where the route's answers have none and the caller did not ask for any.</summary>
    /// <param name="exchange">Routed, its answer about to be committed.</param>
    /// <param name="request">What the provider was sent.</param>
    public static ExtraFields? For(Exchange exchange, ReadOnlyMemory<byte> request)
    {
        if (exchange.Route.Operation == Operation.CountTokens || (exchange.WantsStream && exchange.Route.Dialect.Framing != Framing.ServerSentEvents))
        {
            return null;
        }

        var provider = exchange.Candidate!.Provider;
        var wantsRequest = Asked(exchange, "x-bf-send-back-raw-request");
        var wantsResponse = Asked(exchange, "x-bf-send-back-raw-response");
        return exchange.Route.IsUnified
            ? new ExtraFields(exchange, request, wantsRequest ?? provider.SendsBackRequest, wantsResponse ?? provider.SendsBackResponse)
            : wantsRequest == true || wantsResponse == true ? new ExtraFields(exchange, request, wantsRequest == true, wantsResponse == true) : null;
    }

    /// <summary>The next frames came with one read: their latency is the time since the read before.</summary>
    public void BeginRead()
    {
        _before = _now == 0 ? _before : _now;
        _now = 0;
    }

    /// <summary>Keeps a frame of the provider's for the next frame that goes out, where that is asked for.</summary>
    public void KeepRaw(ReadOnlySpan<byte> data)
    {
        if (_raw is null || data.IsEmpty || data[0] != '{')
        {
            return;
        }

        _raw.Write(_rawCount++ > 0 ? ","u8 : default);
        Redaction.Copy(data, _raw);
    }

    /// <summary>Writes pending bytes up to the end of their last frame's object, with the members spliced in.</summary>
    /// <param name="frame">The last frame in <paramref name="pending"/>.</param>
    /// <param name="pending">Bytes that were not written yet, up to the end of that frame.</param>
    /// <param name="output">The caller.</param>
    /// <param name="written">Bytes written.</param>
    /// <returns>Bytes of <paramref name="pending"/> that are dealt with.</returns>
    public int Splice(in StreamFrame frame, ReadOnlySpan<byte> pending, IBufferWriter<byte> output, out int written)
    {
        written = 0;
        var end = pending.Length;
        while (end > 0 && pending[end - 1] is (byte)'\n' or (byte)'\r')
        {
            end--;
        }

        if (frame.Data.Length < 3 || frame.Data[0] != '{' || end == 0 || pending[--end] != '}' || IsForeign(frame.Data))
        {
            return 0;
        }

        var isLast = _exchange.Facts.Stop != StopKind.Unknown;
        var done = isLast ? SpliceCost(frame, pending, output, ref written) : 0;

        // Piece by piece: Kestrel's chunked writer gives less than was asked for where that is more than 1 kB.
        Span<byte> numbers = stackalloc byte[MostNumbers];
        var length = WriteNumbers(numbers, isLast);
        output.Write(pending[done..end]);
        output.Write(_start);
        output.Write(numbers[..length]);
        written += end - done + _start.Length + length + WriteRest(isLast, output);
        return end;
    }

    /// <summary>Writes the members that go before the last bracket of a whole answer.</summary>
    /// <param name="raw">The provider's answer.</param>
    /// <param name="output">The answer to the caller, up to that bracket.</param>
    public void WriteWhole(ReadOnlySpan<byte> raw, PooledBuffer output)
    {
        _now = _exchange.LastSeen;
        if (_raw is not null)
        {
            KeepRaw(raw.TrimStart(" \r\n\t"u8));
        }

        output.Write(_start);
        output.Advance(WriteNumbers(output.GetSpan(MostNumbers), isLast: true));
        WriteRest(isLast: true, output);
    }

    public void Dispose()
    {
        _raw?.Dispose();
    }

    /// <summary>What the caller says, where callers may; null for nothing.</summary>
    private static bool? Asked(Exchange exchange, string name) =>
        (exchange.Marks & HeaderMarks.Own) != 0 && exchange.Snapshot.Config.Client.AllowRawOverride
            && exchange.Http.Request.Headers.TryGetValue(name, out var value) && bool.TryParse(value, out var wants)
            ? wants
            : null;

    /// <summary>The provider is a gateway of this kind itself: its members stay.</summary>
    private bool IsForeign(ReadOnlySpan<byte> data)
    {
        if (_index == 0)
        {
            _isForeign = data.IndexOf("\"extra_fields\":"u8) >= 0;
        }

        return _isForeign;
    }

    private int SpliceCost(in StreamFrame frame, ReadOnlySpan<byte> pending, IBufferWriter<byte> output, ref int written)
    {
        // A frame whose data had several lines was joined elsewhere: its places are unknown here.
        if (_hasCost || !pending.Overlaps(frame.Data, out var at) || UsagePlace.Find(frame.Data) is not { IsEmpty: false } usage
            || Settlement.Price(_exchange) is not { Source: CostSource.Sheet } cost)
        {
            return 0;
        }

        _hasCost = true;
        using var member = new PooledBuffer(256);
        CostJson.WriteMember(cost, member);
        var done = at + usage.End - 1;
        output.Write(pending[..done]);
        output.Write(member.Span);
        written += done + member.Length;
        return done;
    }

    /// <summary>The members that stay the same, of every answer of one model to callers who name it alike.</summary>
    private static byte[] StartOf(Exchange exchange)
    {
        var memo = exchange.Candidate!.Memo;
        var known = exchange.WantsStream ? memo.StreamExtras : memo.WholeExtras;
        if (known is null || known.Requested != exchange.Model)
        {
            known = new ExtrasStart(exchange.Model, WriteStart(exchange));
            if (exchange.WantsStream)
            {
                memo.StreamExtras = known;
            }
            else
            {
                memo.WholeExtras = known;
            }
        }

        return known.Json;
    }

    private static byte[] WriteStart(Exchange exchange)
    {
        var candidate = exchange.Candidate!;
        using var start = new PooledBuffer(256);
        var json = new JsonEmitter(start);
        json.StartMembers();
        json.StartObject("extra_fields"u8);
        json.Member("request_type"u8, RequestTypes.Of(exchange.Route, exchange.WantsStream));
        json.Member("provider"u8, candidate.Provider.Name);
        json.Member("model_requested"u8, exchange.Model);
        json.Member("model_deployment"u8, candidate.Model);
        return start.Span.ToArray();
    }

    /// <summary>latency is this frame's, and the whole exchange's on the last (contract of Bifrost's streams).</summary>
    private int WriteNumbers(Span<byte> span, bool isLast)
    {
        _now = _now == 0 ? _exchange.Clock.GetTimestamp() : _now;
        var latency = (long)_exchange.Clock.GetElapsedTime(isLast ? _exchange.StartedAt : _before, _now).TotalMilliseconds;
        var at = Put(span, 0, ",\"latency\":"u8);
        Utf8Formatter.TryFormat(latency, span[at..], out var digits);
        at = Put(span, at + digits, ",\"chunk_index\":"u8);
        Utf8Formatter.TryFormat(_index++, span[at..], out digits);
        at += digits;
        if (_raw is null && !(isLast && HasMore))
        {
            span[at++] = (byte)'}';
        }

        Debug.Assert(at <= MostNumbers, "the numbers fit");
        return at;
    }

    private bool HasMore => SendsRequest || _exchange.Losses.Count > 0 || _exchange.Trail.IsEventful || _exchange.Cache is not null;

    /// <summary>What few answers have: bodies as they were exchanged with the provider, losses, attempts.</summary>
    private int WriteRest(bool isLast, IBufferWriter<byte> output)
    {
        if (_raw is null && !(isLast && HasMore))
        {
            return 0;
        }

        using var rest = new PooledBuffer(512);
        var json = new JsonEmitter(rest);
        json.StartMembers();
        if (_raw is not null && _rawCount > 0)
        {
            json.Name("raw_response"u8);
            rest.Write(_rawCount > 1 ? "["u8 : default);
            rest.Write(_raw.Span);
            rest.Write(_rawCount > 1 ? "]"u8 : default);
            json.StartMembers();
            _raw.Clear();
            _rawCount = 0;
        }

        if (isLast)
        {
            WriteLast(ref json, rest);
        }

        rest.Write("}"u8);
        output.Write(rest.Span);
        return rest.Length;
    }

    private void WriteLast(ref JsonEmitter json, PooledBuffer rest)
    {
        if (SendsRequest)
        {
            json.Name("raw_request"u8);
            Redaction.Copy(_request.Span, rest);
            json.StartMembers();
        }

        if (_exchange.Losses.Count > 0)
        {
            json.StartArray("losses"u8);
            foreach (var loss in _exchange.Losses.Kept)
            {
                json.String($"{loss.Path}: {loss.Reason}");
            }

            json.EndArray();
        }

        if (_exchange.Trail.IsEventful)
        {
            TrailJson.Write(_exchange.Trail, ref json);
        }

        if (_exchange.Cache is { } run)
        {
            CacheJson.Write(_exchange, run, ref json);
        }
    }

    private static int Put(Span<byte> span, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(span[at..]);
        return at + text.Length;
    }
}
