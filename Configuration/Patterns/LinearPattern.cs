using System.Diagnostics.CodeAnalysis;

namespace BifrostLite.Configuration.Patterns;

/// <summary>
/// A regular expression that the whole of a text must match, in time proportional to the text (Thompson's construction, as
/// in RE2; https://swtch.com/~rsc/regexp/regexp1.html). Takes what names of models need of RE2's syntax
/// (https://github.com/google/re2/wiki/Syntax): literals, ., classes, groups, |, *, +, ?, {n,m}, \d \w \s, and (?i) in front.
/// The runtime's own engine would add more to the executable than all of the configuration.
/// </summary>
internal sealed class LinearPattern
{
    /// <summary>{n,m} multiplies; a pattern of names is nowhere near.</summary>
    private const int MostSteps = 10_000;

    private readonly List<Step> _steps = [];
    private readonly bool _ignoresCase;

    private LinearPattern(bool ignoresCase) => _ignoresCase = ignoresCase;

    private enum StepKind
    {
        /// <summary>Takes one character of a set.</summary>
        Take,

        /// <summary>Goes on at either of two steps.</summary>
        Split,

        /// <summary>The text matches if it is at its end.</summary>
        Accept,
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out LinearPattern? pattern, out string problem)
    {
        pattern = null;
        var ignoresCase = text.StartsWith("(?i)", StringComparison.Ordinal);
        var parser = new PatternParser(ignoresCase ? text[4..] : text);
        if (parser.Parse() is not { } tree)
        {
            problem = parser.Problem;
            return false;
        }

        var made = new LinearPattern(ignoresCase);
        problem = "it repeats too much";
        if (!made.Emit(tree))
        {
            return false;
        }

        made._steps.Add(new Step(StepKind.Accept, null, 0, 0));
        pattern = made;
        return true;
    }

    /// <summary>Whether the whole text matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> text)
    {
        var now = new List<int>();
        var next = new List<int>();
        var marks = new int[_steps.Count];
        var round = 1;
        Follow(0, now, marks, round);
        foreach (var character in text)
        {
            round++;
            next.Clear();
            foreach (var at in now)
            {
                if (_steps[at] is { Kind: StepKind.Take } step && Takes(step.Set!, character))
                {
                    Follow(at + 1, next, marks, round);
                }
            }

            (now, next) = (next, now);
        }

        foreach (var at in now)
        {
            if (_steps[at].Kind == StepKind.Accept)
            {
                return true;
            }
        }

        return false;
    }

    private bool Takes(PatternSet set, char character) =>
        set.Holds(character) || (_ignoresCase && (set.Holds(char.ToLowerInvariant(character)) || set.Holds(char.ToUpperInvariant(character))));

    /// <summary>Adds every taking step that is reached from here without a character.</summary>
    private void Follow(int start, List<int> reached, int[] marks, int round)
    {
        var open = new Stack<int>();
        open.Push(start);
        while (open.TryPop(out var at))
        {
            if (marks[at] == round)
            {
                continue;
            }

            marks[at] = round;
            if (_steps[at] is { Kind: StepKind.Split } split)
            {
                open.Push(split.Other);
                open.Push(split.Next);
            }
            else
            {
                reached.Add(at);
            }
        }
    }

    private bool Emit(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                _steps.Add(new Step(StepKind.Take, one.Set, 0, 0));
                break;
            case PatternNode.Row row:
                foreach (var part in row.Parts)
                {
                    if (!Emit(part))
                    {
                        return false;
                    }
                }

                break;
            case PatternNode.Either either:
                return EmitEither(either);
            case PatternNode.Repeat repeat:
                return EmitRepeat(repeat);
        }

        return _steps.Count <= MostSteps;
    }

    private bool EmitEither(PatternNode.Either either)
    {
        var split = Reserve();
        if (!Emit(either.First))
        {
            return false;
        }

        var jump = Reserve();
        _steps[split] = new Step(StepKind.Split, null, split + 1, _steps.Count);
        var isEmitted = Emit(either.Second);
        _steps[jump] = new Step(StepKind.Split, null, _steps.Count, _steps.Count);
        return isEmitted;
    }

    private bool EmitRepeat(PatternNode.Repeat repeat)
    {
        for (var i = 0; i < repeat.Least; i++)
        {
            if (!Emit(repeat.What))
            {
                return false;
            }
        }

        if (repeat.Most is not { } most)
        {
            var loop = Reserve();
            var isEmitted = Emit(repeat.What);
            _steps.Add(new Step(StepKind.Split, null, loop, loop));
            _steps[loop] = new Step(StepKind.Split, null, loop + 1, _steps.Count);
            return isEmitted;
        }

        var exits = new List<int>();
        for (var i = repeat.Least; i < most; i++)
        {
            exits.Add(Reserve());
            if (!Emit(repeat.What))
            {
                return false;
            }
        }

        foreach (var exit in exits)
        {
            _steps[exit] = new Step(StepKind.Split, null, exit + 1, _steps.Count);
        }

        return true;
    }

    private int Reserve()
    {
        _steps.Add(default);
        return _steps.Count - 1;
    }

    private readonly record struct Step(StepKind Kind, PatternSet? Set, int Next, int Other);
}
