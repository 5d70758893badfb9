using System.Net;
using BifrostLite.Cli;
using BifrostLite.Configuration;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Unit.Cli;

public sealed class BindGuardTests
{
    [Theory]
    [InlineData("0.0.0.0", false, false, true)]
    [InlineData("0.0.0.0", true, false, false)]
    [InlineData("0.0.0.0", false, true, false)]
    [InlineData("127.0.0.1", false, false, false)]
    public void Refusal_Address_OpenOnlyWhereKeysAreAskedForOrItIsMeant(string host, bool asksForKeys, bool isMeant, bool isRefused)
    {
        var config = new GatewayConfig { Client = new ClientConfig { EnforceAuthOnInference = asksForKeys } };
        var options = new ServeOptions
        {
            AppDirectory = "/etc/bifrost",
            Host = host,
            Address = IPAddress.Parse(host),
            Port = 8080,
            LogLevel = LogLevel.Information,
            LogStyle = LogStyle.Pretty,
            AllowUnauthenticated = isMeant,
            Config = config,
        };

        var refusal = BindGuard.Refusal(options, config);

        Assert.Equal(isRefused, refusal is not null);
        Assert.Equal(isRefused, refusal?.Contains("/etc/bifrost/config.json", StringComparison.Ordinal) == true);
    }
}
