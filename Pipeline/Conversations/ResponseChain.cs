namespace BifrostLite.Pipeline.Conversations;

/// <summary>Responses that build on each other.</summary>
/// <param name="Turns">What is known of them, the oldest first.</param>
/// <param name="Missing">The one that is not known and ends the search; empty where all are there.</param>
internal sealed record ResponseChain(IReadOnlyList<StoredResponse> Turns, string Missing)
{
    public static readonly ResponseChain None = new([], "");

    /// <summary>The response the request names; null where it is not known.</summary>
    public StoredResponse? Last => Turns.Count > 0 ? Turns[^1] : null;
}
