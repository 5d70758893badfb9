namespace BifrostLite.Pipeline.Admission.Limits;

/// <summary>What a limit counts.</summary>
internal enum LimitKind
{
    Requests,

    /// <summary>Input and output together.</summary>
    Tokens,

    /// <summary>Thousand-millionths of a dollar: the cheapest token costs several of them, and a counter holds nine thousand million dollars.</summary>
    Money,
}
