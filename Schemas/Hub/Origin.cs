namespace BifrostLite.Schemas.Hub;

/// <summary>Who issued a piece of opaque reasoning state.</summary>
/// <param name="Provider">Provider name as configured; empty for state that came untagged.</param>
/// <param name="Family">Model family, e.g. "claude", "openai", "gemini"; state is only valid within one.</param>
/// <param name="Dialect">Name of the dialect whose wire it was issued on.</param>
internal readonly record struct Origin(string Provider, string Family, string Dialect);
