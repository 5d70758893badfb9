using BifrostLite.Configuration.Patterns;

namespace BifrostLite.Configuration.Rules;

/// <summary>A part of a condition. Logic has three values: "and" with something false is false, whatever else is unknown.</summary>
internal abstract record RuleNode
{
    public abstract RuleValue Evaluate(IRuleFacts facts);

    internal sealed record Constant(RuleValue Value) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts) => Value;
    }

    internal sealed record Variable(string Name) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts) => RuleValue.Of(facts.Variable(Name));
    }

    /// <summary>How full a limit is.</summary>
    internal sealed record Used(string Name) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts) => RuleValue.Of(facts.Used(Name));
    }

    /// <summary>headers["x"] or params["x"].</summary>
    internal sealed record Entry(bool IsHeader, string Name) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts) => RuleValue.Of(IsHeader ? facts.Header(Name) : facts.Parameter(Name));
    }

    internal sealed record Items(IReadOnlyList<RuleNode> Parts) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts)
        {
            var values = new List<RuleValue>(Parts.Count);
            foreach (var part in Parts)
            {
                values.Add(part.Evaluate(facts));
            }

            return RuleValue.Of(values);
        }
    }

    internal sealed record Not(RuleNode Inner) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts) => Inner.Evaluate(facts).Truth is { } truth ? RuleValue.Of(!truth) : RuleValue.Unknown;
    }

    internal sealed record Both(RuleNode Left, RuleNode Right) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts)
        {
            var left = Left.Evaluate(facts).Truth;
            var right = left == false ? false : Right.Evaluate(facts).Truth;
            return left == false || right == false ? RuleValue.Of(false) : left is null || right is null ? RuleValue.Unknown : RuleValue.Of(true);
        }
    }

    internal sealed record Any(RuleNode Left, RuleNode Right) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts)
        {
            var left = Left.Evaluate(facts).Truth;
            var right = left == true ? true : Right.Evaluate(facts).Truth;
            return left == true || right == true ? RuleValue.Of(true) : left is null || right is null ? RuleValue.Unknown : RuleValue.Of(false);
        }
    }

    internal sealed record Compare(string Operator, RuleNode Left, RuleNode Right) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts)
        {
            if (Left.Evaluate(facts).CompareTo(Right.Evaluate(facts)) is not { } order)
            {
                return RuleValue.Unknown;
            }

            return RuleValue.Of(Operator switch { "==" => order == 0, "!=" => order != 0, "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 });
        }
    }

    internal sealed record In(RuleNode Left, RuleNode Right) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts)
        {
            var value = Left.Evaluate(facts);
            if (value == RuleValue.Unknown || Right.Evaluate(facts).List is not { } list)
            {
                return RuleValue.Unknown;
            }

            foreach (var item in list)
            {
                if (value.CompareTo(item) == 0)
                {
                    return RuleValue.Of(true);
                }
            }

            return RuleValue.Of(false);
        }
    }

    /// <summary>text.startsWith("x") and its like.</summary>
    internal sealed record TextTest(string Name, RuleNode Target, RuleNode Argument) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts) => Target.Evaluate(facts).Text is { } text && Argument.Evaluate(facts).Text is { } argument
            ? RuleValue.Of(Name switch
            {
                "startsWith" => text.StartsWith(argument, StringComparison.Ordinal),
                "endsWith" => text.EndsWith(argument, StringComparison.Ordinal),
                _ => text.Contains(argument, StringComparison.Ordinal),
            })
            : RuleValue.Unknown;
    }

    internal sealed record Matches(RuleNode Target, LinearPattern Pattern) : RuleNode
    {
        public override RuleValue Evaluate(IRuleFacts facts) =>
            Target.Evaluate(facts).Text is { } text ? RuleValue.Of(Pattern.IsMatch(text)) : RuleValue.Unknown;
    }
}
