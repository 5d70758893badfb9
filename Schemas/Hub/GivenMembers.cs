using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Hub;

/// <summary>Which members a request's body has at its top, for dialects whose answers repeat them.</summary>
/// <param name="Body">The body.</param>
/// <param name="Members">Those that are no null, in its order; of the same place the last counts.</param>
internal sealed record GivenMembers(ReadOnlyMemory<byte> Body, GivenMember[] Members);

/// <summary>One of them.</summary>
/// <param name="Place">Its place in the dialect's own list.</param>
/// <param name="Value">Where its value stands.</param>
internal readonly record struct GivenMember(int Place, ByteRange Value);
