using System.Collections.Concurrent;
using BifrostLite.Configuration.Patterns;

namespace BifrostLite.Configuration;

/// <summary>
/// Lists of models as config.json writes them: names (compared without regard to case), "*" for all, or "regex:" and a
/// pattern that the whole name must match. An empty list holds nothing.
/// </summary>
internal static class ListedModels
{
    private const string PatternPrefix = "regex:";

    /// <summary>Patterns come from configurations only, so there are few; each is read once.</summary>
    private static readonly ConcurrentDictionary<string, LinearPattern?> Patterns = new();

    public static bool Hold(IReadOnlyList<string> models, string model)
    {
        for (var i = 0; i < models.Count; i++)
        {
            if (IsMatch(models[i], model))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether one entry of a list stands for a model.</summary>
    public static bool IsMatch(string listed, string model) =>
        listed == "*" || string.Equals(listed, model, StringComparison.OrdinalIgnoreCase)
        || (listed.StartsWith(PatternPrefix, StringComparison.Ordinal) && Pattern(listed)?.IsMatch(model) == true);

    /// <summary>What is wrong with an entry; null where nothing is.</summary>
    public static string? Problem(string listed) =>
        listed.StartsWith(PatternPrefix, StringComparison.Ordinal) && !LinearPattern.TryParse(listed[PatternPrefix.Length..], out _, out var problem)
            ? $"the pattern cannot be read: {problem}"
            : null;

    private static LinearPattern? Pattern(string listed) => Patterns.GetOrAdd(
        listed, static text => LinearPattern.TryParse(text[PatternPrefix.Length..], out var pattern, out _) ? pattern : null);
}
