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

    /// <summary>One of OpenAI's that no other API has (<see cref="NativeOperation"/>): request and answer pass as they are.</summary>
    Native,
}

/// <summary>How a dialect frames its streams.</summary>
internal enum Framing
{
    ServerSentEvents,
    AwsEventStream,
}
