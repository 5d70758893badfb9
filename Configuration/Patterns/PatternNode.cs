namespace BifrostLite.Configuration.Patterns;

/// <summary>A part of a pattern.</summary>
internal abstract record PatternNode
{
    /// <summary>One character of a set.</summary>
    internal sealed record One(PatternSet Set) : PatternNode;

    /// <summary>Parts in a row; none for the empty text.</summary>
    internal sealed record Row(IReadOnlyList<PatternNode> Parts) : PatternNode;

    internal sealed record Either(PatternNode First, PatternNode Second) : PatternNode;

    /// <param name="What">What is repeated.</param>
    /// <param name="Least">At least so often.</param>
    /// <param name="Most">At most so often; null for any number.</param>
    internal sealed record Repeat(PatternNode What, int Least, int? Most) : PatternNode;
}

/// <summary>A set of characters, as ranges.</summary>
internal sealed class PatternSet(bool isNegated)
{
    private readonly List<(char From, char To)> _ranges = [];

    public bool IsEmpty => _ranges.Count == 0;

    public void Add(char from, char to) => _ranges.Add((from, to));

    /// <summary>Adds a class by its letter: d, w, s, or the same in capitals for their opposites.</summary>
    /// <returns>Whether there is such a class.</returns>
    public bool TryAddClass(char letter)
    {
        (char From, char To)[]? ranges = char.ToLowerInvariant(letter) switch
        {
            'd' => [('0', '9')],
            'w' => [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            's' => [('\t', '\n'), ('\f', '\r'), (' ', ' ')],
            _ => null,
        };
        if (ranges is null)
        {
            return false;
        }

        if (char.IsAsciiLetterLower(letter))
        {
            _ranges.AddRange(ranges);
            return true;
        }

        var from = '\0';
        foreach (var range in ranges)
        {
            _ranges.Add((from, (char)(range.From - 1)));
            from = (char)(range.To + 1);
        }

        _ranges.Add((from, char.MaxValue));
        return true;
    }

    public bool Holds(char character)
    {
        foreach (var (from, to) in _ranges)
        {
            if (character >= from && character <= to)
            {
                return !isNegated;
            }
        }

        return isNegated;
    }
}
