using System.Buffers.Text;
using System.Text;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public sealed class HundredthsTests
{
    [Fact]
    public void TryWrite_EachHundredth_IsTheFrameworksSpelling()
    {
        Span<byte> own = stackalloc byte[40];
        Span<byte> known = stackalloc byte[40];
        for (var i = 1; i < 10_000; i++)
        {
            Assert.True(Hundredths.TryWrite(i / 100.0, own, out var written));
            Utf8Formatter.TryFormat(i / 100.0, known, out var length);
            Assert.Equal(Encoding.ASCII.GetString(known[..length]), Encoding.ASCII.GetString(own[..written]));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    [InlineData(0.001)]
    [InlineData(0.7000000000000001)]
    [InlineData(100)]
    [InlineData(1e300)]
    [InlineData(double.NaN)]
    public void TryWrite_AnyOther_IsLeftToTheFramework(double value) => Assert.False(Hundredths.TryWrite(value, new byte[40], out _));
}
