using System.Runtime.CompilerServices;
using BifrostLite.Configuration;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>
/// Watches the beginning of a stream before it is committed: what has not reached the caller can still be answered with a
/// real status, or by another candidate. At least the first frame is awaited and must be no error; where the provider is
/// configured so, the first token within its time, or so many bytes of the stream, or all of it. The bytes stay unread.
/// </summary>
internal sealed class StreamOpening(Exchange exchange, UpstreamAnswer answer)
{
    private readonly Dialect _dialect = exchange.Candidate!.Dialect;
    private readonly Provider _provider = exchange.Candidate!.Provider;
    private readonly NetworkConfig _network = exchange.Candidate!.Provider.Network;
    private readonly FrameReader _frames = NewReader(exchange.Candidate!.Dialect);
    private readonly StreamFacts _facts = new();
    private readonly long _startedAt = exchange.LastSeen;
    private int _seen;
    private bool _hasFrame;

    /// <summary>What came under the name of a stream is one JSON value, all of it unread: an answer for the whole, or an error.</summary>
    public bool IsWhole { get; private set; }

    public static FrameReader NewReader(Dialect dialect) =>
        dialect.Framing == Framing.AwsEventStream ? new EventStreamFrameReader() : new SseFrameReader();

    /// <returns>Why the stream is not to be relayed; no error when it is.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<(GatewayError? Error, FailureCause Cause)> WatchAsync()
    {
        exchange.Opening = _facts;
        while (true)
        {
            if (Look(isLast: false) is { } error)
            {
                return (error, FailureCause.BadAnswer);
            }

            if (IsSound())
            {
                return default;
            }

            var status = await ReadAsync();
            if (status != PumpStatus.Data)
            {
                return AtEnd(status);
            }
        }
    }

    private ValueTask<PumpStatus> ReadAsync()
    {
        if (_network.FirstTokenTimeout is { } limit && !_facts.HasContent)
        {
            var left = limit - exchange.Clock.GetElapsedTime(_startedAt);
            return answer.Pump.ReadAsync(WaitPhase.FirstToken, left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        return answer.Pump.ReadAsync();
    }

    /// <summary>Takes in the complete frames that have come since the last look.</summary>
    private GatewayError? Look(bool isLast)
    {
        var unread = answer.Pump.Unread;
        while (_seen < unread.Length && _facts.Error is null)
        {
            var status = _frames.TryRead(unread[_seen..], isLast, out var consumed, out var frame);
            if (status == FrameStatus.Incomplete)
            {
                break;
            }

            if (status == FrameStatus.Corrupt)
            {
                return GatewayError.Upstream($"Provider \"{_provider.Name}\" answered with something that is no stream.", _provider.Name);
            }

            if (status == FrameStatus.Frame)
            {
                _hasFrame = true;
                _dialect.Inspect(frame, _facts);
            }

            _seen += consumed;
            if (IsSound())
            {
                break;
            }
        }

        return _facts.Error;
    }

    private bool IsSound() =>
        _hasFrame
        && (_network.FirstTokenTimeout is null || _facts.HasContent || _facts.IsTerminated)
        && (_network.StreamHoldBackBytes == 0 || _facts.IsTerminated || _seen >= _network.StreamHoldBackBytes);

    /// <summary>The stream ended while it was still held back.</summary>
    private (GatewayError? Error, FailureCause Cause) AtEnd(PumpStatus status)
    {
        if (status != PumpStatus.Ended)
        {
            return (Attempts.NoAnswer(exchange, status, isStream: true), Attempts.CauseOf(exchange, status));
        }

        if (!_hasFrame && _dialect.Framing == Framing.ServerSentEvents && answer.Pump.Unread.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..])
        {
            IsWhole = true;
            return default;
        }

        // A last frame may lack its blank line.
        if (Look(isLast: true) is { } error)
        {
            return (error, FailureCause.BadAnswer);
        }

        if (answer.Pump.Unread.IsEmpty)
        {
            return (Attempts.NoAnswer(exchange, status, isStream: true), FailureCause.BadAnswer);
        }

        return _dialect.IsComplete(_facts)
            ? default
            : (GatewayError.Upstream($"Provider \"{_provider.Name}\" closed the stream before its end.", _provider.Name), FailureCause.BadAnswer);
    }
}
