namespace BifrostLite.Providers.Auth.Aws;

/// <summary>The query string as SigV4 signs it: names and values encoded once, sorted by name, then by value.</summary>
internal static class AwsQuery
{
    /// <param name="query">As <see cref="Uri.Query"/> gives it: empty or beginning with "?".</param>
    public static string Canonical(string query)
    {
        if (query.Length <= 1)
        {
            return "";
        }

        var pairs = new List<string>();
        foreach (var item in query[1..].Split('&'))
        {
            var split = item.IndexOf('=', StringComparison.Ordinal);
            var name = split < 0 ? item : item[..split];
            var value = split < 0 ? "" : item[(split + 1)..];
            pairs.Add($"{Encode(name)}={Encode(value)}");
        }

        pairs.Sort(StringComparer.Ordinal);
        return string.Join('&', pairs);
    }

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));
}
