using System.Text.RegularExpressions;
using BifrostLite.Configuration;
using BifrostLite.Configuration.Patterns;

namespace BifrostLite.Tests.Unit.Configuration.Patterns;

public class LinearPatternTests
{
    private static readonly string[] Names =
        ["", "a", "b", "ab", "abc", "gpt-4", "gpt-4o", "gpt-4o-mini", "gpt-45", "GPT-4o", "claude-3-5-sonnet", "o1", "o3-mini", "x.y", "a b", "aaaa", "2024-08-06", "]", "a-z", "\\"];

    /// <summary>The runtime's engine says the same, on the whole text.</summary>
    [Theory]
    [InlineData("gpt-4.*")]
    [InlineData("^gpt-4o(-mini)?$")]
    [InlineData("gpt-4|claude-.*|o[13]")]
    [InlineData("(?:gpt|o)-?\\d.*")]
    [InlineData("(?i)gpt-4o")]
    [InlineData("a*")]
    [InlineData("a+b?c?")]
    [InlineData("a{2,4}")]
    [InlineData("a{4}")]
    [InlineData("a{2,}")]
    [InlineData("\\d{4}-\\d{2}-\\d{2}")]
    [InlineData("[^a-c]+")]
    [InlineData("[a\\-z]+")]
    [InlineData("[\\w.-]+")]
    [InlineData("\\W")]
    [InlineData("[]a]")]
    [InlineData("\\\\")]
    [InlineData("x\\.y")]
    [InlineData("(a|ab)(c|bcd)?")]
    [InlineData("(a|b)*c??")]
    [InlineData("")]
    [InlineData("|a")]
    [InlineData("((a*)*)*b?")]
    [InlineData("\\S+\\s\\S+")]
    public void IsMatch_AgreesWithTheRuntime(string text)
    {
        Assert.True(LinearPattern.TryParse(text, out var pattern, out var problem), problem);
        foreach (var name in Names)
        {
            Assert.Equal(Regex.IsMatch(name, text.StartsWith("(?i)", StringComparison.Ordinal) ? $@"(?i)\A(?:{text[4..]})\z" : $@"\A(?:{text})\z"), pattern.IsMatch(name));
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("a)")]
    [InlineData("[a")]
    [InlineData("[b-a]")]
    [InlineData("*a")]
    [InlineData("a^b")]
    [InlineData("a$b")]
    [InlineData("a{")]
    [InlineData("a{2,1}")]
    [InlineData("a{9999}")]
    [InlineData("\\b")]
    [InlineData("\\1")]
    [InlineData("a\\")]
    [InlineData("(?=a)")]
    [InlineData("((a{1000}){1000}){1000}")]
    public void TryParse_WhatItCannotHold_SaysWhy(string text)
    {
        Assert.False(LinearPattern.TryParse(text, out _, out var problem));
        Assert.NotEqual("", problem);
    }

    /// <summary>Takes a backtracking engine longer than anybody lives.</summary>
    [Fact]
    public void IsMatch_OfAPatternMadeToBacktrack_IsLinear()
    {
        Assert.True(LinearPattern.TryParse("(a|aa|a?)+(a|aa)*b", out var pattern, out _));
        Assert.False(pattern.IsMatch(new string('a', 20_000)));
    }

    [Fact]
    public void Hold_NamesStarsAndPatterns()
    {
        Assert.False(ListedModels.Hold([], "gpt-4o"));
        Assert.True(ListedModels.Hold(["*"], "gpt-4o"));
        Assert.True(ListedModels.Hold(["GPT-4O"], "gpt-4o"));
        Assert.True(ListedModels.Hold(["x", "regex:gpt-4.*"], "gpt-4o"));
        Assert.False(ListedModels.Hold(["regex:gpt-4"], "gpt-4o"));
    }
}
