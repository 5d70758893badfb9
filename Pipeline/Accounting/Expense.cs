using BifrostLite.Pipeline.Routing;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Pipeline.Accounting;

/// <summary>
/// What an attempt used up whose answer never reached the caller: it broke off while it was held back, or another candidate was faster.
/// The provider bills it all the same.
/// </summary>
/// <param name="Candidate">Who was asked.</param>
/// <param name="Usage">As far as the provider told, else as counted by the gateway.</param>
/// <param name="Cost">Null where nobody knows the price.</param>
internal sealed record Expense(Candidate Candidate, Usage Usage, Cost? Cost);
