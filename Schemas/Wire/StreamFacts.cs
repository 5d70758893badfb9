using BifrostLite.Schemas.Hub;

namespace BifrostLite.Schemas.Wire;

/// <summary>What the gateway learns of an answer that passes verbatim. Filled frame by frame without allocating.</summary>
internal sealed class StreamFacts
{
    public Usage Usage;

    public StopKind Stop { get; set; }

    /// <summary>Some text, reasoning or tool call has begun: the first token is out.</summary>
    public bool HasContent { get; set; }

    /// <summary>Where the usage object stands in a whole answer that was inspected; empty where nobody looked.</summary>
    public ByteRange UsageAt { get; set; }

    /// <summary>Whether a whole answer that was inspected has extra_fields of its own; null where nobody looked.</summary>
    public bool? HasExtraFields { get; set; }

    /// <summary>Bytes of text, reasoning and arguments so far: what is billed when a stream breaks off before its usage.</summary>
    public long TextBytes { get; set; }

    /// <summary>The dialect's terminal event has passed.</summary>
    public bool IsTerminated { get; set; }

    /// <summary>The stream told of a failure; the error is the upstream's.</summary>
    public GatewayError? Error { get; set; }

    /// <summary>The frame just inspected holds nothing but usage that the caller did not ask for; it is left out.</summary>
    public bool IsUnaskedUsage { get; set; }

    /// <summary>Frames before the last carry "usage": null, as OpenAI marks streams that were asked for usage.</summary>
    public bool HasNullUsage { get; set; }

    /// <summary>What the dialect remembers of the stream's frames so as to know more of their kind at a glance; its own business.</summary>
    public object? Shape { get; set; }

    public void Reset()
    {
        Usage = default;
        TextBytes = 0;
        UsageAt = default;
        HasExtraFields = null;
        Stop = StopKind.Unknown;
        HasContent = IsTerminated = IsUnaskedUsage = HasNullUsage = false;
        Error = null;
        Shape = null;
    }
}
