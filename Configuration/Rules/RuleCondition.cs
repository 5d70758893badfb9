using System.Diagnostics.CodeAnalysis;

namespace BifrostLite.Configuration.Rules;

/// <summary>
/// The condition of a routing rule: the part of CEL (https://github.com/google/cel-spec) that Bifrost's documentation shows
/// (docs.getbifrost.ai/providers/routing-rules). It holds only where it is true: a header that is missing makes it unknown.
/// </summary>
internal sealed class RuleCondition
{
    private readonly RuleNode _root;

    private RuleCondition(RuleNode root) => _root = root;

    /// <param name="text">The expression; an empty one always holds.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="problem">Why it cannot be read.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out RuleCondition? condition, out string problem)
    {
        var parser = new RuleParser(text.Trim().Length == 0 ? "true" : text);
        var root = parser.Parse();
        problem = parser.Problem;
        condition = root is null ? null : new RuleCondition(root);
        return condition is not null;
    }

    public bool Holds(IRuleFacts facts) => _root.Evaluate(facts).Truth == true;
}
