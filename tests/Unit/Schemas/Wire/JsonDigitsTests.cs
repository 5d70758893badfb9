using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public sealed class JsonDigitsTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("12", 12)]
    [InlineData("999999999999999999", 999_999_999_999_999_999)]
    public void TryRead_DigitsAlone_GivesTheNumber(string json, long expected)
    {
        Assert.True(JsonDigits.TryRead(System.Text.Encoding.UTF8.GetBytes(json), out var number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1 ")]
    [InlineData("null")]
    [InlineData("1234567890123456789")]
    public void TryRead_AnythingElse_LeavesItToOthers(string json) =>
        Assert.False(JsonDigits.TryRead(System.Text.Encoding.UTF8.GetBytes(json), out _));
}
