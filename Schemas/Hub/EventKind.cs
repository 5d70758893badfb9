namespace BifrostLite.Schemas.Hub;

/// <summary>The lifecycle of an answer: one start, blocks that start, grow and stop, one finish.</summary>
internal enum EventKind
{
    /// <summary>Id, Name (the model that answers) and Created where the upstream gives them; Usage where it is known early.</summary>
    MessageStart,

    /// <summary>A block begins: Index, Block; Id and Name for tools; Raw for the origin's own form of a server tool.</summary>
    BlockStart,

    /// <summary>A block grows: Index, Delta, Text.</summary>
    BlockDelta,

    /// <summary>A block is complete: Index.</summary>
    BlockStop,

    /// <summary>A citation on the text block Index: Citation.</summary>
    Annotation,

    /// <summary>Log probabilities for the text block Index: Raw is a JSON array of {token, logprob, bytes, top_logprobs}.</summary>
    Logprobs,

    /// <summary>Token figures so far; later ones replace earlier ones member by member.</summary>
    Usage,

    /// <summary>The answer is complete: Stop. Exactly one for each choice; Usage may still follow it.</summary>
    Finish,

    /// <summary>The answer failed: Error. Nothing follows it.</summary>
    Error,

    /// <summary>The stream is over as its dialect ends streams. Follows the last Finish; without it, the answer was cut.</summary>
    End,

    /// <summary>Something the hub has no word for: Name, Raw; only the dialect that made it may use it.</summary>
    Extension,
}

/// <summary>What a block of an answer holds.</summary>
internal enum BlockKind
{
    Text,
    Reasoning,

    /// <summary>A call of one of the caller's functions; deltas are the arguments, a JSON object as text.</summary>
    Tool,

    /// <summary>A call of a free-form tool; deltas are the input, plain text.</summary>
    CustomTool,
    Refusal,

    /// <summary>An image or sound; Name is its media type, deltas are base64.</summary>
    Media,

    /// <summary>A tool that the provider runs itself; Name is the hub's name of it, deltas are its input as JSON text.</summary>
    ServerTool,

    /// <summary>What such a tool brought; Id is the call's; Outcome holds it.</summary>
    ServerToolResult,
}

/// <summary>Which part of a block a delta adds to.</summary>
internal enum DeltaKind
{
    Text,

    /// <summary>Opaque proof that reasoning (or a tool call) is the model's own; replayed untouched or not at all.</summary>
    Signature,

    /// <summary>Reasoning the provider keeps to itself, as one opaque string.</summary>
    Redacted,

    /// <summary>A further summary part of the same reasoning block begins; Text is empty.</summary>
    SummaryBreak,
}
