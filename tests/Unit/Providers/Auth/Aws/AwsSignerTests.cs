using BifrostLite.Providers.Auth.Aws;

namespace BifrostLite.Tests.Unit.Providers.Auth.Aws;

public sealed class AwsSignerTests
{
    private static readonly AwsCredentials Example = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "");

    /// <summary>"get-vanilla" of AWS's published signature test suite.</summary>
    [Fact]
    public void Sign_PublishedVector_GivesThePublishedSignature()
    {
        const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        const string Canonical = "GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n" + EmptyHash;

        var signature = new AwsSigner(TimeProvider.System).Sign(Canonical, "20150830T123600Z", Example, "us-east-1", "service");

        Assert.Equal("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", signature);
    }

    [Theory]
    [InlineData("https://h/?Param2=value2&Param1=value1", "Param1=value1&Param2=value2")]
    [InlineData("https://h/?a=%20b&a=%2Fa&flag", "a=%20b&a=%2Fa&flag=")]
    [InlineData("https://h/", "")]
    public void Canonical_Query_IsSortedAndEncodedOnce(string url, string expected)
    {
        Assert.Equal(expected, AwsQuery.Canonical(new Uri(url).Query));
    }
}
