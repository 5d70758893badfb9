using System.Globalization;
using BifrostLite.Pipeline;

namespace BifrostLite.Tests.Unit.Pipeline;

public sealed class ColdPagesTests
{
    private const string Text = """
        5580e1a00000-5580e1b00000 r-xp 00200000 fe:00 1443 /opt/bifrost lite
        Size:               1024 kB
        Rss:                1024 kB
        Anonymous:             0 kB
        """;

    [Fact]
    public void Droppable_CodeThatNobodyWrote_IsFound() => Assert.Equal((nint.Parse("5580e1a00000", NumberStyles.HexNumber, CultureInfo.InvariantCulture), (nuint)0x100000), Assert.Single(Droppable(Text)));

    [Theory]
    [InlineData("r-xp", "r--p", 1)]
    [InlineData("r-xp", "rw-p", 0)]
    [InlineData("r-xp", "r-xs", 0)]
    [InlineData("Anonymous:             0 kB", "Anonymous:             4 kB", 0)]
    [InlineData("fe:00 1443 /opt/bifrost lite", "00:00 0 [vdso]", 0)]
    [InlineData("fe:00 1443 /opt/bifrost lite", "00:00 0", 0)]
    public void Droppable_PagesThatTheFileDoesNotHold_AreLeftAlone(string of, string to, int expected) =>
        Assert.Equal(expected, Droppable(Text.Replace(of, to, StringComparison.Ordinal)).Count);

    [Fact]
    public void Droppable_SeveralMappings_EachJudgedByItsOwnPages() =>
        Assert.Equal(2, Droppable(Text + "\n" + Text.Replace("     0 kB", "    12 kB", StringComparison.Ordinal) + "\n" + Text).Count);

    private static List<(nint Start, nuint Length)> Droppable(string smaps) => ColdPages.Droppable(smaps.Split('\n'));
}
