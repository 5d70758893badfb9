namespace BifrostLite.Providers;

/// <summary>
/// The generation of a Claude model, read off its name in any vendor's spelling: "claude-3-5-sonnet-20241022",
/// "claude-opus-4-8", "anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4.5", "claude-opus-4@20250514".
/// </summary>
/// <param name="Major">0 where the name does not tell.</param>
/// <param name="Minor">0 where the name does not tell.</param>
internal readonly record struct ClaudeVersion(int Major, int Minor)
{
    private static readonly char[] Separators = ['-', '.', '_', '@', ':', '/'];

    public bool IsKnown => Major > 0;

    public bool IsAtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);

    /// <param name="model">Lower-case model name that contains "claude".</param>
    public static ClaudeVersion Of(string model)
    {
        var major = 0;
        var before = "";
        foreach (var token in model[model.IndexOf("claude", StringComparison.Ordinal)..].Split(Separators))
        {
            // Dates have eight digits, versions at most two; "claude-v2" and "claude-instant-v1" are Bedrock's oldest spelling.
            var isOldest = token.StartsWith('v') && before is "claude" or "instant";
            var digits = isOldest ? token.AsSpan(1) : token;
            before = token;
            var isNumber = digits.Length is 1 or 2 && int.TryParse(digits, out _);
            if (major > 0)
            {
                return new ClaudeVersion(major, isNumber && !token.StartsWith('v') ? int.Parse(digits) : 0);
            }

            major = isNumber ? int.Parse(digits) : 0;
        }

        return new ClaudeVersion(major, 0);
    }
}
