using System.Text;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

public sealed class EncodedDataTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(2000, false)]
    [InlineData(4096, true)]
    [InlineData(100_000, true)]
    public void IsIn_TellsEncodedDataFromText(int encoded, bool isIn)
    {
        var text = string.Concat(Enumerable.Repeat("some words of a prompt, ", 500));
        var json = $$"""{"messages":[{"content":"{{text}}"},{"data":"{{new string('A', encoded)}}"},{"content":"{{text}}"}]}""";

        Assert.Equal(isIn, EncodedData.IsIn(Encoding.UTF8.GetBytes(json)));
    }
}
