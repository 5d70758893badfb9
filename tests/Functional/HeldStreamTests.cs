namespace BifrostLite.Tests.Functional;

/// <summary>While a long verbatim stream runs, its large request is not held; what is told of the request in the end does not need it.</summary>
public sealed class HeldStreamTests : FunctionalTest
{
    private const int TextBytes = 100_000;

    [Theory]
    [InlineData("chat")]
    [InlineData("messages")]
    [InlineData("responses")]
    public async Task Stream_OfALargeRequest_BreaksOffAsEver(string dialect)
    {
        await using var gateway = await RunningGateway.StartAsync(Upstream, level: Microsoft.Extensions.Logging.LogLevel.Information);
        var scene = Scene.Of(dialect);
        Upstream.NextCutStream(scene, 2);
        var text = string.Concat(Enumerable.Repeat("word ", TextBytes / 5));
        var body = scene.StreamBody.Replace("\"hi\"", $"\"{text}\"", StringComparison.Ordinal);

        var answer = await TextAsync(await gateway.PostAsync(scene.StreamPath, body));

        Assert.Contains("error", answer);
        Assert.DoesNotContain("word word", answer);
        await gateway.LoggedAsync($"bytesIn={body.Length}", 1);
    }
}
