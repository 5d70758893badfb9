namespace BifrostLite.Configuration.Reading;

/// <summary>"Did you mean": the known name nearest to a mistyped one, by edit distance with neighbours swapped (optimal string alignment).</summary>
internal static class NearestName
{
    /// <summary>The nearest candidate, or null where none is near enough to be worth the words.</summary>
    public static string? Find(string typed, IEnumerable<string> candidates)
    {
        var wanted = Normal(typed);

        // A third of the letters wrong is a typing error, more is another word.
        var limit = Math.Max(1, wanted.Length / 3);
        string? best = null;
        foreach (var candidate in candidates)
        {
            var distance = Distance(wanted, Normal(candidate));
            if (distance <= limit)
            {
                best = candidate;
                limit = distance - 1;
            }
        }

        return best;
    }

    /// <summary>Edits (insert, delete, replace, swap two neighbours) that turn one text into the other.</summary>
    public static int Distance(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= right.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[left.Length, right.Length];
    }

    /// <summary>camelCase, kebab-case and snake_case of the same words compare equal.</summary>
    private static string Normal(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
