using System.Globalization;
using System.Text;
using BifrostLite.Configuration.Patterns;

namespace BifrostLite.Configuration.Rules;

/// <summary>Reads a condition by recursive descent. What is not known is a problem: a rule that is guessed at sends requests astray.</summary>
internal sealed class RuleParser(string text)
{
    private const int DeepestNesting = 50;

    private static readonly string[] Variables =
        ["model", "provider", "request_type", "virtual_key_id", "virtual_key_name", "team_id", "team_name", "customer_id", "customer_name", "complexity_tier"];

    private int _at;
    private int _depth;

    public string Problem { get; private set; } = "";

    public RuleNode? Parse()
    {
        var node = ParseAny();
        Skip();
        return node is not null && _at < text.Length ? Fail($"\"{text[_at]}\" at character {_at + 1} is not expected") : node;
    }

    private RuleNode? ParseAny()
    {
        if (++_depth > DeepestNesting)
        {
            return Fail("it is nested too deeply");
        }

        var node = ParseBoth();
        while (node is not null && Take("||"))
        {
            node = ParseBoth() is { } right ? new RuleNode.Any(node, right) : null;
        }

        _depth--;
        return node;
    }

    private RuleNode? ParseBoth()
    {
        var node = ParseRelation();
        while (node is not null && Take("&&"))
        {
            node = ParseRelation() is { } right ? new RuleNode.Both(node, right) : null;
        }

        return node;
    }

    private RuleNode? ParseRelation()
    {
        if (ParseUnary() is not { } left)
        {
            return null;
        }

        foreach (var sign in (string[])["==", "!=", "<=", ">=", "<", ">"])
        {
            if (Take(sign))
            {
                return ParseUnary() is { } right ? new RuleNode.Compare(sign, left, right) : null;
            }
        }

        if (TakeWord("in"))
        {
            return ParseUnary() is { } right ? new RuleNode.In(left, right) : null;
        }

        return left;
    }

    private RuleNode? ParseUnary()
    {
        Skip();
        if (_at + 1 < text.Length && text[_at] == '!' && text[_at + 1] != '=')
        {
            _at++;
            return ++_depth > DeepestNesting ? Fail("it is nested too deeply") : ParseUnary() is { } inner ? new RuleNode.Not(inner) : null;
        }

        var node = ParsePrimary();
        while (node is not null && Take("."))
        {
            node = ParseCall(node);
        }

        return node;
    }

    private RuleNode? ParsePrimary()
    {
        Skip();
        if (_at >= text.Length)
        {
            return Fail("it ends too early");
        }

        var character = text[_at];
        if (character is '"' or '\'')
        {
            return ParseText() is { } literal ? new RuleNode.Constant(RuleValue.Of(literal)) : null;
        }

        if (Take("("))
        {
            var inner = ParseAny();
            return inner is null ? null : Take(")") ? inner : Fail("a bracket is not closed");
        }

        if (Take("["))
        {
            return ParseList();
        }

        return char.IsAsciiDigit(character) || character == '-' ? ParseNumber() : ParseName();
    }

    private RuleNode? ParseName()
    {
        var name = Word();
        switch (name)
        {
            case "true" or "false":
                return new RuleNode.Constant(RuleValue.Of(name == "true"));
            case "headers" or "params":
                if (!Take("[") || ParseText() is not { } key || !Take("]"))
                {
                    return Fail($"{name} is asked as {name}[\"name\"]");
                }

                return new RuleNode.Entry(name == "headers", key);
            case "request" when Take("."):
                // Some of Bifrost's own examples write request.model.
                return Named(Word());
            case "budget_used" or "tokens_used" or "request":
                return new RuleNode.Used(name);
            default:
                return name.Length == 0 ? Fail($"\"{text[_at]}\" at character {_at + 1} is not expected") : Named(name);
        }
    }

    private RuleNode? Named(string name) => Array.IndexOf(Variables, name) >= 0 ? new RuleNode.Variable(name) : Fail($"{name} is no known variable");

    private RuleNode? ParseCall(RuleNode target)
    {
        var name = Word();
        if (name is not ("startsWith" or "endsWith" or "contains" or "matches"))
        {
            return Fail($"there is no function {name}");
        }

        if (!Take("(") || ParseAny() is not { } argument || !Take(")"))
        {
            return Fail($"{name} takes one argument in brackets");
        }

        if (name != "matches")
        {
            return new RuleNode.TextTest(name, target, argument);
        }

        return argument is RuleNode.Constant { Value.Text: { } pattern } ? ParseMatches(target, pattern) : Fail("matches takes a pattern in quotes");
    }

    /// <summary>CEL looks for the pattern anywhere in the text; ours match the whole.</summary>
    private RuleNode? ParseMatches(RuleNode target, string pattern)
    {
        const string Anything = "[\\s\\S]*";
        var flag = pattern.StartsWith("(?i)", StringComparison.Ordinal) ? "(?i)" : "";
        var body = pattern[flag.Length..];
        var (isStart, isEnd) = (body.StartsWith('^'), body.EndsWith('$') && !body.EndsWith("\\$", StringComparison.Ordinal));
        body = body[(isStart ? 1 : 0)..(isEnd ? ^1 : ^0)];
        return LinearPattern.TryParse($"{flag}{(isStart ? "" : Anything)}(?:{body}){(isEnd ? "" : Anything)}", out var made, out var problem)
            ? new RuleNode.Matches(target, made)
            : Fail($"the pattern cannot be read: {problem}");
    }

    private RuleNode? ParseList()
    {
        var parts = new List<RuleNode>();
        while (!Take("]"))
        {
            if ((parts.Count > 0 && !Take(",")) || ParseAny() is not { } part)
            {
                return Fail("a list is not closed");
            }

            parts.Add(part);
        }

        return new RuleNode.Items(parts);
    }

    private RuleNode? ParseNumber()
    {
        var start = _at++;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.'))
        {
            _at++;
        }

        return double.TryParse(text.AsSpan(start, _at - start), CultureInfo.InvariantCulture, out var number)
            ? new RuleNode.Constant(RuleValue.Of(number))
            : Fail($"\"{text[start.._at]}\" is no number");
    }

    private string? ParseText()
    {
        Skip();
        if (_at >= text.Length || text[_at] is not ('"' or '\''))
        {
            return null;
        }

        var quote = text[_at++];
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] != quote)
        {
            var character = text[_at++];
            if (character == '\\' && _at < text.Length)
            {
                character = text[_at++] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', var other => other };
            }

            value.Append(character);
        }

        if (_at++ >= text.Length)
        {
            Fail("a text is not closed");
            return null;
        }

        return value.ToString();
    }

    private string Word()
    {
        Skip();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] == '_'))
        {
            _at++;
        }

        return text[start.._at];
    }

    private bool TakeWord(string word)
    {
        var before = _at;
        if (Word() == word)
        {
            return true;
        }

        _at = before;
        return false;
    }

    private bool Take(string sign)
    {
        Skip();
        if (!text.AsSpan(_at).StartsWith(sign))
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    private void Skip()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }

    private RuleNode? Fail(string problem)
    {
        Problem = Problem.Length > 0 ? Problem : problem;
        return null;
    }
}
