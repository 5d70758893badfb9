using System.Net;
using System.Net.Sockets;
using System.Text;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BifrostLite.Tests.Unit.Schemas.Wire;

/// <summary>What the real server does at a body's odd ends, seen through RequestBody.</summary>
public sealed class RequestBodyOnKestrelTests : IAsyncLifetime
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource<(byte[]? Body, GatewayError? Error)> _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RequestBodyOnKestrelTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static options =>
        {
            options.Listen(IPAddress.Loopback, 0);
            options.Limits.MaxRequestBodySize = 1000;
        });
        _app = builder.Build();
        _app.Run(async context =>
        {
            var (body, error) = await RequestBody.ReadAsync(context.Request, 100_000, context.RequestAborted);
            using (body)
            {
                _seen.TrySetResult((body?.Memory.ToArray(), error));
            }
        });
    }

    public Task InitializeAsync() => _app.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task ReadAsync_Chunks_AreJoined()
    {
        using var client = await SendAsync("Transfer-Encoding: chunked", "2\r\n{\"\r\n4\r\na\":1\r\n1\r\n}\r\n0\r\n\r\n");
        var (body, error) = await SeenAsync();
        Assert.Null(error);
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString(body!));
    }

    [Fact]
    public async Task ReadAsync_CallerResetsMidBody_IsClientClosed()
    {
        using var client = await SendAsync("Content-Length: 100", "{\"half\":");
        client.LingerState = new LingerOption(true, 0);
        client.Close();
        Assert.Equal(ErrorKind.ClientClosed, (await SeenAsync()).Error?.Kind);
    }

    [Fact]
    public async Task ReadAsync_CallerClosesMidBody_IsClientClosed()
    {
        using var client = await SendAsync("Content-Length: 100", "{\"half\":");
        client.Client.Shutdown(SocketShutdown.Send);
        Assert.Equal(ErrorKind.ClientClosed, (await SeenAsync()).Error?.Kind);
    }

    [Fact]
    public async Task ReadAsync_BadChunk_IsInvalid()
    {
        using var client = await SendAsync("Transfer-Encoding: chunked", "zz\r\n");
        Assert.Equal(400, (await SeenAsync()).Error?.Status);
    }

    [Theory]
    [InlineData("Content-Length: 1001", "")]
    [InlineData("Transfer-Encoding: chunked", "3e9\r\n")]
    public async Task ReadAsync_ServerLimitPassed_IsTooLarge(string header, string start)
    {
        using var client = await SendAsync(header, start + new string('x', 1001) + "\r\n0\r\n\r\n");
        Assert.Equal(ErrorKind.TooLarge, (await SeenAsync()).Error?.Kind);
    }

    private async Task<TcpClient> SendAsync(string header, string body)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(_app.Urls.First()).Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: gateway\r\n{header}\r\n\r\n{body}"));
        return client;
    }

    private Task<(byte[]? Body, GatewayError? Error)> SeenAsync() => _seen.Task.WaitAsync(TimeSpan.FromSeconds(30));
}
