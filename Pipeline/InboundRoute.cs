using BifrostLite.Pipeline.Metrics;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Pipeline;

/// <summary>What a front door knows of its callers' requests before one comes.</summary>
/// <param name="Dialect">The language the caller speaks and is answered in, errors included.</param>
/// <param name="Operation">What is asked.</param>
/// <param name="Rules">How the body is peeked at.</param>
/// <param name="DefaultProvider">Who serves a model named without a provider.</param>
internal sealed record InboundRoute(Dialect Dialect, Operation Operation, PeekRules Rules, string DefaultProvider)
{
    /// <summary>The path it stands at, where it is fixed; empty where routing alone knows.</summary>
    public string Template { get; init; } = "";

    /// <summary>What is counted at that path; its own business.</summary>
    public HttpSeries? Series { get; set; }

    /// <summary>The name under which asynchronous jobs of this door are stored and found; null where it takes none.</summary>
    public string? Job { get; init; }

    /// <summary>Every request is a job, and is answered with the job's envelope (/v1/async).</summary>
    public bool AnswersEnvelope { get; init; }

    /// <summary>Which, where the operation is <see cref="Operation.Native"/>.</summary>
    public NativeOperation? Native { get; init; }

    /// <summary>The path names the provider (/openai_passthrough): the model's name is its own word for it, and nothing is translated.</summary>
    public bool IsPassthrough { get; init; }

    /// <summary>One of Bifrost's own routes (/v1, Cursor's chat): answers tell extra_fields and what they cost.</summary>
    public bool IsUnified { get; init; }
}

/// <summary>What a path says about one request.</summary>
/// <param name="Model">The model's id, decoded; empty where the body names it.</param>
/// <param name="Stream">Whether it streams; null where the body says it.</param>
internal readonly record struct PathFacts(string Model, bool? Stream)
{
    public static readonly PathFacts None = new("", null);
}
