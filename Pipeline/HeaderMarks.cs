namespace BifrostLite.Pipeline;

/// <summary>
/// Which families of headers a caller sent, found in one walk: most callers send none of most, and then a dozen look-ups by name
/// need not be made.
/// </summary>
[Flags]
internal enum HeaderMarks
{
    None = 0,

    /// <summary>The gateway's own: x-bf-*.</summary>
    Own = 1,

    /// <summary>x-api-key, x-goog-api-key, api-key.</summary>
    ApiKey = 2,

    /// <summary>Headers of APIs that may go on to a provider: anthropic-*, openai-*.</summary>
    Vendor = 4,

    All = Own | ApiKey | Vendor,
}

/// <summary>Reads <see cref="HeaderMarks"/>.</summary>
internal static class HeaderFamilies
{
    public static HeaderMarks Of(IHeaderDictionary headers)
    {
        var marks = HeaderMarks.None;
        foreach (var (name, _) in headers)
        {
            marks |= (name.Length == 0 ? '\0' : name[0] | ' ') switch
            {
                'x' => name.StartsWith("x-bf-", StringComparison.OrdinalIgnoreCase) ? HeaderMarks.Own : OfKey(name),
                'a' => name.StartsWith("anthropic-", StringComparison.OrdinalIgnoreCase) ? HeaderMarks.Vendor : OfKey(name),
                'o' => name.StartsWith("openai-", StringComparison.OrdinalIgnoreCase) ? HeaderMarks.Vendor : HeaderMarks.None,
                _ => HeaderMarks.None,
            };
        }

        return marks;
    }

    private static HeaderMarks OfKey(string name) => name.EndsWith("api-key", StringComparison.OrdinalIgnoreCase) ? HeaderMarks.ApiKey : HeaderMarks.None;
}
