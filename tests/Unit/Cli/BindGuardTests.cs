using System.Net;
using BifrostLite.Cli;
using BifrostLite.Configuration;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Unit.Cli;

public sealed class BindGuardTests
{
    [Theory]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    [InlineData(false, false, true)]
    public void Refusal_OpenAddress_OnlyKeysThatAreReallyAskedForProtect(bool asksForKeys, bool isConfigured, bool isRefused)
    {
        var config = new GatewayConfig { Client = new ClientConfig { EnforceAuthOnInference = isConfigured } };
        var options = new ServeOptions
        {
            AppDirectory = "/etc/bifrost",
            Host = "0.0.0.0",
            Address = IPAddress.Any,
            Port = 8080,
            LogLevel = LogLevel.Information,
            LogStyle = LogStyle.Pretty,
            AllowUnauthenticated = false,
            Config = config,
        };

        var refusal = BindGuard.Refusal(options, config, asksForKeys);

        Assert.Equal(isRefused, refusal is not null);
        Assert.Equal(isRefused && asksForKeys, refusal?.Contains("/etc/bifrost/config.json", StringComparison.Ordinal) == true);
    }
}
