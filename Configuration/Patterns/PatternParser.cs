namespace BifrostLite.Configuration.Patterns;

/// <summary>Reads a pattern into its parts. What it does not know is a problem, never taken for a literal.</summary>
internal sealed class PatternParser(string text)
{
    /// <summary>Groups in groups; no name needs more.</summary>
    private const int DeepestGroup = 50;

    /// <summary>RE2's own limit of a counted repetition.</summary>
    private const int MostRepeats = 1000;

    private int _at;
    private int _depth;

    public string Problem { get; private set; } = "";

    private bool IsAtEnd => _at >= text.Length;

    /// <summary>Null where the pattern cannot be read; <see cref="Problem"/> says why.</summary>
    public PatternNode? Parse()
    {
        if (text.StartsWith('^'))
        {
            _at++;
        }

        var node = ParseEither();
        return node is not null && !IsAtEnd ? Fail("a bracket too many") : node;
    }

    private PatternNode? ParseEither()
    {
        PatternNode? node = ParseRow();
        while (node is not null && !IsAtEnd && text[_at] == '|')
        {
            _at++;
            node = ParseRow() is { } other ? new PatternNode.Either(node, other) : null;
        }

        return node;
    }

    private PatternNode.Row? ParseRow()
    {
        var parts = new List<PatternNode>();
        while (!IsAtEnd && text[_at] is not ('|' or ')'))
        {
            if (text[_at] == '$' && _at == text.Length - 1)
            {
                _at++;
                break;
            }

            if (ParseAtom() is not { } atom || ParseRepeats(atom) is not { } part)
            {
                return null;
            }

            parts.Add(part);
        }

        return new PatternNode.Row(parts);
    }

    private PatternNode? ParseAtom()
    {
        var character = text[_at++];
        switch (character)
        {
            case '(':
                return ParseGroup();
            case '[':
                return ParseClass();
            case '.':
                var any = new PatternSet(isNegated: true);
                any.Add('\n', '\n');
                return new PatternNode.One(any);
            case '\\':
                var escaped = new PatternSet(isNegated: false);
                return AddEscape(escaped, out _) ? new PatternNode.One(escaped) : null;
            case '*' or '+' or '?':
                return Fail($"\"{character}\" has nothing to repeat");
            case '^' or '$':
                return Fail($"\"{character}\" may only stand at the edge: the whole name is matched anyway");
            default:
                var one = new PatternSet(isNegated: false);
                one.Add(character, character);
                return new PatternNode.One(one);
        }
    }

    private PatternNode? ParseGroup()
    {
        if (++_depth > DeepestGroup)
        {
            return Fail("its groups are nested too deeply");
        }

        if (text.AsSpan(_at).StartsWith("?:"))
        {
            _at += 2;
        }
        else if (!IsAtEnd && text[_at] == '?')
        {
            return Fail("of groups with \"?\" only (?:...) is known, and (?i) in front");
        }

        var node = ParseEither();
        if (node is null)
        {
            return null;
        }

        if (IsAtEnd)
        {
            return Fail("a group is not closed");
        }

        _at++;
        _depth--;
        return node;
    }

    private PatternNode? ParseClass()
    {
        var isNegated = !IsAtEnd && text[_at] == '^';
        _at += isNegated ? 1 : 0;
        var set = new PatternSet(isNegated);
        while (!IsAtEnd && (text[_at] != ']' || set.IsEmpty))
        {
            var from = text[_at++];
            var isClass = false;
            if (from == '\\' && !AddEscape(set, out isClass))
            {
                return null;
            }

            from = text[_at - 1];
            if (isClass)
            {
                continue;
            }

            if (!AddRange(set, from))
            {
                return null;
            }
        }

        if (IsAtEnd)
        {
            return Fail("a class is not closed");
        }

        _at++;
        return new PatternNode.One(set);
    }

    /// <summary>Adds a character, or the range that it begins.</summary>
    private bool AddRange(PatternSet set, char from)
    {
        var to = from;
        if (_at + 1 < text.Length && text[_at] == '-' && text[_at + 1] != ']')
        {
            _at++;
            to = text[_at++];
            if (to == '\\')
            {
                Problem = "a range must not end with an escape";
                return false;
            }
        }

        if (to < from)
        {
            Problem = $"the range {from}-{to} runs backwards";
            return false;
        }

        set.Add(from, to);
        return true;
    }

    /// <summary>Adds what follows a backslash. A letter that is no known class is nothing to guess at.</summary>
    private bool AddEscape(PatternSet set, out bool isClass)
    {
        isClass = false;
        if (IsAtEnd)
        {
            Problem = "it ends with a backslash";
            return false;
        }

        var character = text[_at++];
        isClass = set.TryAddClass(character);
        if (!isClass && char.IsAsciiLetterOrDigit(character))
        {
            Problem = $"\"\\{character}\" is not known; \\d, \\w and \\s are";
            return false;
        }

        if (!isClass)
        {
            set.Add(character, character);
        }

        return true;
    }

    private PatternNode? ParseRepeats(PatternNode node)
    {
        while (!IsAtEnd)
        {
            var (least, most) = (0, (int?)null);
            switch (text[_at])
            {
                case '*':
                    break;
                case '+':
                    least = 1;
                    break;
                case '?':
                    most = 1;
                    break;
                case '{':
                    if (!TryReadCount(out least, out most))
                    {
                        return Fail("\"{\" must be followed by n}, n,} or n,m}, at most 1000; a literal one is \\{");
                    }

                    break;
                default:
                    return node;
            }

            // Lazy and greedy are the same where only the whole counts.
            _at++;
            _at += !IsAtEnd && text[_at] == '?' ? 1 : 0;
            node = new PatternNode.Repeat(node, least, most);
        }

        return node;
    }

    /// <summary>Reads "{n", "{n," or "{n,m" and stands at the closing bracket then.</summary>
    private bool TryReadCount(out int least, out int? most)
    {
        most = null;
        least = 0;
        var end = text.IndexOf('}', _at);
        if (end < 0)
        {
            return false;
        }

        var inside = text.AsSpan(_at + 1, end - _at - 1);
        var comma = inside.IndexOf(',');
        if (!TryCount(comma < 0 ? inside : inside[..comma], out least))
        {
            return false;
        }

        if (comma < 0)
        {
            most = least;
        }
        else if (comma < inside.Length - 1)
        {
            if (!TryCount(inside[(comma + 1)..], out var count) || count < least)
            {
                return false;
            }

            most = count;
        }

        _at = end;
        return true;
    }

    private static bool TryCount(ReadOnlySpan<char> digits, out int count) =>
        int.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out count) && count <= MostRepeats;

    private PatternNode? Fail(string problem)
    {
        Problem = Problem.Length > 0 ? Problem : problem;
        return null;
    }
}
