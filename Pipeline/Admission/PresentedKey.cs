namespace BifrostLite.Pipeline.Admission;

/// <summary>
/// Finds the virtual key among a request's headers: x-bf-vk with any value; where clients put their providers' keys only what begins
/// with "sk-bf-" (https://docs.getbifrost.ai, features/governance/virtual-keys).
/// </summary>
internal static class PresentedKey
{
    private const string Prefix = "sk-bf-";
    private const string Bearer = "Bearer ";

    private static readonly string[] KeyHeaders = ["x-api-key", "x-goog-api-key", "api-key"];

    /// <summary>The value, or null where the caller shows none.</summary>
    public static string? Find(IHeaderDictionary headers)
    {
        var own = headers["x-bf-vk"].ToString();
        if (own.Length > 0)
        {
            return own;
        }

        var authorization = headers.Authorization.ToString();
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && IsVirtual(authorization.AsSpan(Bearer.Length).Trim()))
        {
            return authorization[Bearer.Length..].Trim();
        }

        foreach (var name in KeyHeaders)
        {
            var value = headers[name].ToString();
            if (IsVirtual(value))
            {
                return value;
            }
        }

        return null;
    }

    public static bool IsVirtual(ReadOnlySpan<char> value) => value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
