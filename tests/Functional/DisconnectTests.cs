using System.Text;

namespace BifrostLite.Tests.Functional;

/// <summary>The caller's going away ends the upstream call; its slowness slows the upstream.</summary>
public class DisconnectTests : FunctionalTest
{
    /// <summary>Socket buffers grow to about 10 MB on each of the two connections of a path; the gateway must add next to nothing.</summary>
    private const long MostInFlight = 64L << 20;

    [Theory]
    [InlineData("chat", "")]
    [InlineData("responses", "")]
    [InlineData("messages", "")]
    [InlineData("converse", "")]
    [InlineData("genai", "")]
    [InlineData("messages", "chatonly")]
    [InlineData("converse", "chatonly")]
    public async Task CallerHangsUp_InMidStream_ClosesTheUpstream(string dialect, string provider)
    {
        var scene = Scene.Of(dialect, provider);
        Upstream.NextSilentStream(Scene.Of(provider.Length > 0 ? "chat" : dialect), dialect is "genai" or "responses" ? 2 : 3);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);
        var stream = await response.Content.ReadAsStreamAsync();
        Assert.NotEqual(0, await stream.ReadAsync(new byte[16]));
        response.Dispose();

        await Upstream.CallerHungUp.Task.WaitAsync(Patience);
    }

    [Theory]
    [InlineData("chat", "")]
    [InlineData("messages", "chatonly")]
    public async Task CallerHangsUp_InMidStream_WhatHadComeIsCounted(string dialect, string provider)
    {
        var scene = Scene.Of(dialect, provider);
        Upstream.NextSilentStream(Scene.Of("chat"), 3);
        await using var gateway = await RunningGateway.StartAsync(Upstream, level: Microsoft.Extensions.Logging.LogLevel.Information);

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);
        Assert.NotEqual(0, await (await response.Content.ReadAsStreamAsync()).ReadAsync(new byte[16]));
        response.Dispose();
        await gateway.LoggedAsync("error=ClientClosed", 1);

        var line = Assert.Single(gateway.Logs, line => line.Contains("error=ClientClosed", StringComparison.Ordinal));
        Assert.DoesNotContain("bytesOut=0", line);
        Assert.DoesNotContain("out=0", line);
        Assert.Contains("estimated=True", line);
    }

    [Theory]
    [InlineData("chat", false)]
    [InlineData("messages", true)]
    public async Task CallerHangsUp_BeforeHeaders_ClosesTheUpstream(string dialect, bool isStream)
    {
        var scene = Scene.Of(dialect);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            asked.SetResult();
            await Upstream.UntilHungUpAsync(http);
        });
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        using var patience = new CancellationTokenSource();

        var call = gateway.Client.PostAsync(scene.Path, new StringContent(isStream ? scene.StreamBody : scene.Body), patience.Token);
        await asked.Task.WaitAsync(Patience);
        await patience.CancelAsync();

        await Upstream.CallerHungUp.Task.WaitAsync(Patience);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData("chat", "openai")]
    [InlineData("messages", "chatonly")]
    public async Task SlowCaller_SlowsItsUpstream(string dialect, string provider)
    {
        // No clock: a second stream of twice the allowed size goes through whole while nobody reads the first.
        var text = new string('a', 60_000);
        var frame = Encoding.UTF8.GetBytes($$$"""data: {"id":"c1","choices":[{"index":0,"delta":{"content":"{{{text}}}"}}]}""" + "\n\n");
        var end = Encoding.UTF8.GetBytes("""data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n");
        var written = new long[2];
        var calls = -1;
        Upstream.Always = async http =>
        {
            var call = Interlocked.Increment(ref calls);
            http.Response.ContentType = "text/event-stream";
            while (written[call] < 2 * MostInFlight && !http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(frame, http.RequestAborted);
                Interlocked.Add(ref written[call], frame.Length);
            }

            await http.Response.Body.WriteAsync(end, http.RequestAborted);
        };
        await using var gateway = await RunningGateway.StartAsync(Upstream);
        var scene = Scene.Of(dialect, provider);

        using var unread = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);
        using var read = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);
        await (await read.Content.ReadAsStreamAsync()).CopyToAsync(Stream.Null);

        Assert.True(written[1] >= 2 * MostInFlight, $"the stream that was read stopped after {written[1]} bytes");
        Assert.True(Interlocked.Read(ref written[0]) < MostInFlight, $"{written[0]} bytes were taken from the upstream that nobody reads");
    }
}
