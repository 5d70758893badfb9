namespace BifrostLite.Configuration;

/// <summary>
/// Which of a caller's headers reach the providers (client.header_filter_config). A non-empty allowlist is all that may pass, and
/// what it names passes without the x-bf-eh- prefix too; the denylist wins.
/// </summary>
internal sealed record HeaderFilterConfig(IReadOnlyList<string> Allowed, IReadOnlyList<string> Denied)
{
    public static readonly HeaderFilterConfig None = new([], []);
}
