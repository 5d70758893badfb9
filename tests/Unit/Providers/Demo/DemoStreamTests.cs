using System.Text;

namespace BifrostLite.Tests.Unit.Providers.Demo;

public sealed class DemoStreamTests
{
    [Fact]
    public async Task Read_SameRequest_GivesTheSameBytes()
    {
        var first = await ReadAsync("thinking");

        Assert.Equal(first, await ReadAsync("thinking"));
        Assert.EndsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Cut_DeliversWhatWasWrittenThenBreaks()
    {
        using var stream = DemoKit.Stream(DemoKit.Chat("hi", "cut"));
        using var got = new MemoryStream();

        await Assert.ThrowsAsync<HttpIOException>(() => stream.CopyToAsync(got));
        Assert.Contains("text_delta", Encoding.UTF8.GetString(got.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Truncated_EndsWithoutTheTerminalEvent()
    {
        var text = await ReadAsync("truncated");

        Assert.Contains("text_delta", text, StringComparison.Ordinal);
        Assert.DoesNotContain("message_stop", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Stall_WaitsUntilTheReaderGoes()
    {
        using var stream = DemoKit.Stream(DemoKit.Chat("hi", "stall"));
        using var gone = new CancellationTokenSource();
        var buffer = new byte[8192];
        Assert.True(await stream.ReadAsync(buffer, gone.Token) > 0);

        var next = stream.ReadAsync(buffer, gone.Token).AsTask();
        Assert.False(next.IsCompleted);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }

    /// <summary>The first frames must not wait for the first token.</summary>
    [Fact]
    public async Task Read_PacedStory_SendsTheStartBeforeTheFirstWait()
    {
        using var stream = DemoKit.Stream(DemoKit.Chat("hi", "story-999999ms"));
        var buffer = new byte[8192];

        var count = await stream.ReadAsync(buffer);

        Assert.StartsWith("event: message_start", Encoding.UTF8.GetString(buffer, 0, count), StringComparison.Ordinal);
        Assert.False(stream.ReadAsync(buffer).AsTask().IsCompleted);
    }

    [Fact]
    public async Task Read_SmallBuffer_LosesNothing()
    {
        using var stream = DemoKit.Stream(DemoKit.Chat("hello there", "echo"));
        var got = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            got.Add(one[0]);
        }

        Assert.Equal(await ReadAsync("echo", "hello there"), Encoding.UTF8.GetString([.. got]));
    }

    private static async Task<string> ReadAsync(string model, string text = "hi")
    {
        using var stream = DemoKit.Stream(DemoKit.Chat(text, model));
        using var got = new MemoryStream();
        await stream.CopyToAsync(got);
        return Encoding.UTF8.GetString(got.ToArray());
    }
}
