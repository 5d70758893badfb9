namespace BifrostLite.Schemas;

/// <summary>What is asked of a provider; a dialect says how each looks on its wire.</summary>
internal enum Operation
{
    /// <summary>One answer of a model, whole or streamed.</summary>
    Generate,
    CountTokens,
    Embeddings,
    ListModels,

    /// <summary>A conversation made shorter (Responses only).</summary>
    Compact,
}

/// <summary>How a dialect frames its streams.</summary>
internal enum Framing
{
    ServerSentEvents,
    AwsEventStream,
}
