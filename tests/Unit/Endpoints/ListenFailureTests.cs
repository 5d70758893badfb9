using System.Net.Sockets;
using BifrostLite.Endpoints;

namespace BifrostLite.Tests.Unit.Endpoints;

public class ListenFailureTests
{
    [Theory]
    [InlineData(SocketError.AddressAlreadyInUse, "in use")]
    [InlineData(SocketError.AccessDenied, "may not be used")]
    [InlineData(SocketError.AddressNotAvailable, "no address of this machine")]
    public void Describe_SocketError_NamesCauseAndWayOut(SocketError error, string expected)
    {
        var problem = new IOException("Failed to bind", new IOException("again", new SocketException((int)error)));

        var complaint = ListenFailure.Describe(problem, "127.0.0.1", 80);

        Assert.Contains(expected, complaint);
        Assert.Contains("--", complaint);
    }

    [Fact]
    public void Describe_AnotherFailure_Null() => Assert.Null(ListenFailure.Describe(new InvalidOperationException("a bug"), "127.0.0.1", 80));
}
