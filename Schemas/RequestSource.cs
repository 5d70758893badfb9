namespace BifrostLite.Schemas;

/// <summary>A request as it came: the body, and what its dialect keeps in the path.</summary>
/// <param name="Body">Decompressed JSON.</param>
/// <param name="PathModel">The model from the path (Converse, GenerateContent), decoded; empty where it stands in the body.</param>
/// <param name="Stream">What the path says of streaming; null where the body says it.</param>
internal readonly record struct RequestSource(ReadOnlyMemory<byte> Body, string PathModel, bool? Stream);
