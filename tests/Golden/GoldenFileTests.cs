using System.Text;

namespace BifrostLite.Tests.Golden;

/// <summary>The comparer itself: it must fail when a byte differs, and accept only when told to.</summary>
public sealed class GoldenFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-golden");

    private string Verified => Path.Combine(_directory.FullName, "a.b.verified.txt");

    private string Received => Path.Combine(_directory.FullName, "a.b.received.txt");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Verify_SameBytes_PassesAndClearsOldReceivedFile()
    {
        File.WriteAllText(Verified, "one\ntwo");
        File.WriteAllText(Received, "stale");

        Verify("one\ntwo");

        Assert.False(File.Exists(Received));
    }

    [Fact]
    public void Verify_AnotherByte_FailsShowingTheLine_AndKeepsTheReceivedFile()
    {
        File.WriteAllText(Verified, "one\ntwo");

        var failure = Assert.ThrowsAny<Exception>(() => Verify("one\ntw0"));

        Assert.Contains("line 2, column 3", failure.Message);
        Assert.Contains(GoldenFile.AcceptVariable, failure.Message);
        Assert.Equal("one\ntw0", File.ReadAllText(Received));
        Assert.Equal("one\ntwo", File.ReadAllText(Verified));
    }

    [Theory]
    [InlineData("one\r\ntwo")]
    [InlineData("one\ntwo\n")]
    [InlineData("")]
    public void Verify_OtherNewlineOrLength_Fails(string actual)
    {
        File.WriteAllText(Verified, "one\ntwo");

        Assert.ThrowsAny<Exception>(() => Verify(actual));
    }

    [Fact]
    public void Verify_NoFileYet_Fails() => Assert.Contains("not there yet", Assert.ThrowsAny<Exception>(() => Verify("x")).Message);

    [Fact]
    public void Verify_Accepting_WritesTheVerifiedFile()
    {
        Verify("x", accept: true);

        Assert.Equal("x", File.ReadAllText(Verified));
        Assert.False(File.Exists(Received));
        Verify("x");
    }

    private void Verify(string actual, bool accept = false) => GoldenFile.Verify(_directory.FullName, "a.b.txt", Encoding.UTF8.GetBytes(actual), accept);
}
