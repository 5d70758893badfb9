namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>What came of one request under one failure.</summary>
/// <param name="Client">What the caller saw: a status, an answer, a stream and how it ended.</param>
/// <param name="Calls">How many calls the provider saw.</param>
/// <param name="Trail">The outcomes that x-bf-trail names, in order; empty where the header is not there.</param>
internal sealed record MatrixCell(string Client, int Calls, string Trail)
{
    /// <summary>What the request's tokens were counted for, in words.</summary>
    public string Billed { get; init; } = "";

    public override string ToString() => $"{Client} · {Calls} {(Calls == 1 ? "call" : "calls")}{(Trail.Length > 0 ? " · " + Trail : "")}";
}
