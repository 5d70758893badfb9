using BifrostLite.Configuration.Rules;

namespace BifrostLite.Tests.Unit.Configuration.Rules;

public class RuleConditionTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("model == \"gpt-4o\"", true)]
    [InlineData("model != 'gpt-4o'", false)]
    [InlineData("model.startsWith(\"gpt-\")", true)]
    [InlineData("model.endsWith(\"mini\")", false)]
    [InlineData("headers[\"x-tier\"] == \"premium\"", true)]
    [InlineData("headers[\"X-Tier\"].contains(\"rem\")", true)]
    [InlineData("headers[\"x-none\"] == \"premium\"", false)]
    [InlineData("headers[\"x-none\"] != \"premium\"", false)]
    [InlineData("!(headers[\"x-none\"] == \"premium\")", false)]
    [InlineData("headers[\"x-none\"] == \"a\" || model == \"gpt-4o\"", true)]
    [InlineData("headers[\"x-none\"] == \"a\" && model == \"gpt-4o\"", false)]
    [InlineData("params[\"tier\"] in [\"a\", \"b\"]", true)]
    [InlineData("!(params[\"tier\"] in [\"a\", \"b\"])", false)]
    [InlineData("complexity_tier == \"COMPLEX\"", false)]
    [InlineData("provider == \"openai\" && (model == \"x\" || team_name == \"ml\")", true)]
    [InlineData("headers[\"x-version\"].matches(\"[0-9]+\\\\.[0-9]+\")", true)]
    [InlineData("headers[\"x-version\"].matches(\"^2\\\\.\")", false)]
    [InlineData("headers[\"x-version\"].matches(\"5$\")", true)]
    [InlineData("1 < 2 && 2.5 >= 2.5 && -1 < 0", true)]
    [InlineData("model == 4", false)]
    [InlineData("\"gpt-4o\" in [model]", true)]
    [InlineData("request.model == \"gpt-4o\"", true)]
    [InlineData("budget_used > 80", true)]
    [InlineData("budget_used > 80 && tokens_used < 50", true)]
    [InlineData("request >= 12.5", true)]
    [InlineData("request > 12.5", false)]
    public void Holds_AsInCel(string text, bool expected)
    {
        Assert.True(RuleCondition.TryParse(text, out var condition, out var problem), problem);
        Assert.Equal(expected, condition.Holds(new Facts()));
    }

    [Theory]
    [InlineData("model ==")]
    [InlineData("model = \"x\"")]
    [InlineData("modle == \"x\"")]
    [InlineData("request.nothing == \"x\"")]
    [InlineData("request.request.model == \"x\"")]
    [InlineData("model.size() > 3")]
    [InlineData("(model == \"x\"")]
    [InlineData("model == \"x")]
    [InlineData("[\"a\"")]
    [InlineData("headers.x == \"a\"")]
    [InlineData("model.matches(\"(\")")]
    [InlineData("model == \"x\" extra")]
    [InlineData("1 + 1 == 2")]
    [InlineData("@")]
    public void TryParse_WhatIsNotKnown_SaysWhy(string text)
    {
        Assert.False(RuleCondition.TryParse(text, out _, out var problem));
        Assert.NotEqual("", problem);
    }

    [Fact]
    public void TryParse_EndlessNesting_IsRefused()
    {
        Assert.False(RuleCondition.TryParse(new string('(', 100_000), out _, out _));
        Assert.False(RuleCondition.TryParse(new string('!', 100_000) + "true", out _, out _));
    }

    private sealed class Facts : IRuleFacts
    {
        public double Used(string measure) => measure switch { "budget_used" => 95, "tokens_used" => 0, _ => 12.5 };

        public string? Variable(string name) => name switch { "model" => "gpt-4o", "provider" => "openai", "team_name" => "ml", "complexity_tier" => null, _ => "" };

        public string? Header(string name) => name.ToLowerInvariant() switch { "x-tier" => "premium", "x-version" => "1.25", _ => null };

        public string? Parameter(string name) => name == "tier" ? "b" : null;
    }
}
