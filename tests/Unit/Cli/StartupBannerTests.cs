using System.Net;
using System.Text.Json;
using BifrostLite.Cli;
using BifrostLite.Configuration;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Unit.Cli;

public sealed class StartupBannerTests
{
    private static readonly GatewayConfig Config = new()
    {
        Source = "/etc/bifrost/config.json",
        Notices = ["$.mcp (line 3) has no effect"],
        Providers = new Dictionary<string, ProviderConfig>
        {
            ["openai"] = new() { Name = "openai", Keys = [new KeyConfig { Value = new Secret("sk-hidden"), Models = ["gpt-5"] }, new KeyConfig { Value = new Secret("sk-hidden2") }] },
            ["ollama"] = new() { Name = "ollama", Keys = [new KeyConfig()], Network = new NetworkConfig { BaseUrl = new Uri("http://127.0.0.1:11434") } },
        },
    };

    [Fact]
    public void Write_Pretty_TellsWhereWhatAndHow()
    {
        var text = Banner(LogStyle.Pretty, IPAddress.Any, "http://0.0.0.0:8080");

        Assert.Contains("listening    http://0.0.0.0:8080", text, StringComparison.Ordinal);
        Assert.Contains("config       /etc/bifrost/config.json", text, StringComparison.Ordinal);
        Assert.Contains("providers    openai (2 keys), ollama (http://127.0.0.1:11434)", text, StringComparison.Ordinal);
        Assert.Contains("notice       $.mcp (line 3) has no effect", text, StringComparison.Ordinal);
        Assert.Contains("warning      other machines can reach this gateway", text, StringComparison.Ordinal);
        Assert.Contains("ANTHROPIC_BASE_URL=http://127.0.0.1:8080/anthropic", text, StringComparison.Ordinal);
        Assert.Contains("OPENAI_BASE_URL=http://127.0.0.1:8080/v1", text, StringComparison.Ordinal);
        Assert.Contains("\"model\": \"openai/gpt-5\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Json_IsOneLine()
    {
        var text = Banner(LogStyle.Json, IPAddress.Loopback, "http://127.0.0.1:8080");

        var line = JsonDocument.Parse(Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal("1970-01-01T00:00:00Z", line.GetProperty("time").GetString());
        Assert.Equal(2, line.GetProperty("providers").GetProperty("openai").GetInt32());
        Assert.Equal("/etc/bifrost/config.json", line.GetProperty("config").GetString());
        Assert.Equal("http://127.0.0.1:8080", line.GetProperty("addresses")[0].GetString());
        Assert.False(line.GetProperty("open_to_other_machines").GetBoolean());
        Assert.DoesNotContain("hidden", text, StringComparison.Ordinal);
    }

    private static string Banner(LogStyle style, IPAddress address, string url)
    {
        var output = new StringWriter();
        StartupBanner.Write(
            output,
            new ServeOptions
            {
                AppDirectory = "/etc/bifrost",
                Host = address.ToString(),
                Address = address,
                Port = 8080,
                LogLevel = LogLevel.Information,
                LogStyle = style,
                AllowUnauthenticated = true,
                Config = Config,
            },
            [url],
            DateTimeOffset.UnixEpoch);
        return output.ToString();
    }
}
