namespace BifrostLite.Configuration;

/// <summary>One entry of "governance" as the management API shows it; of a virtual key's value only the preview and the hash.</summary>
/// <param name="List">The list it stands in: virtual_keys, teams, customers, budgets, rate_limits.</param>
/// <param name="Id">Its id.</param>
/// <param name="Json">The entry.</param>
/// <param name="IsDeclared">It stands in config.json and cannot be changed from outside.</param>
internal sealed record GovernanceDocument(string List, string Id, string Json, bool IsDeclared);
