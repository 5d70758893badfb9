using System.Net;
using System.Text;
using BifrostLite.Configuration;

namespace BifrostLite.Tests.Functional.Logs;

/// <summary>Who may see the log.</summary>
public sealed class LogAccessTests : LoggingTest
{
    private static readonly AdminConfig Admin = new("admin", new Secret("right"));

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7")]
    [InlineData("Forwarded", "for=203.0.113.7")]
    [InlineData("Via", "1.1 proxy")]
    public async Task Logs_ThroughAProxyWithoutAPassword_AreRefused(string header, string value)
    {
        await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/logs");
        request.Headers.Add(header, value);

        using var response = await Gateway.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("admin:right", HttpStatusCode.OK)]
    [InlineData("admin:wrong", HttpStatusCode.Unauthorized)]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    public async Task Logs_WithAPassword_AskForIt(string? given, HttpStatusCode expected)
    {
        await StartAsync(configure: config => config with { Governance = config.Governance with { Admin = Admin } });
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/logs");
        if (given is not null)
        {
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(given)));
        }

        using var response = await Gateway.Client.SendAsync(request);

        Assert.Equal(expected, response.StatusCode);
    }
}
