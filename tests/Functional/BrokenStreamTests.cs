using System.Buffers.Binary;
using System.Text;
using BifrostLite.Configuration;
using BifrostLite.Schemas.Wire;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Functional;

/// <summary>A stream that does not come to its own end comes to an error event in the caller's dialect, never to a clean end.</summary>
public class BrokenStreamTests : FunctionalTest
{
    private readonly TaskCompletionSource _isRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How a stream ends before its end.</summary>
    public enum Break
    {
        /// <summary>The connection is cut.</summary>
        Cut,

        /// <summary>The upstream closes as if all were said.</summary>
        Closed,

        /// <summary>Nothing more comes.</summary>
        Silent,

        /// <summary>A frame that never ends.</summary>
        Endless,
    }

    public static TheoryData<string, string, Break> Cases
    {
        get
        {
            var cases = new TheoryData<string, string, Break>();
            foreach (var way in Enum.GetValues<Break>())
            {
                foreach (var dialect in new[] { "chat", "responses", "messages", "converse", "invoke", "genai" })
                {
                    cases.Add(dialect, "", way);
                }

                cases.Add("chat", "anthropic", way);
                cases.Add("messages", "chatonly", way);
                cases.Add("converse", "chatonly", way);
                cases.Add("responses", "bedrock", way);
                cases.Add("cursor", "anthropic", way);
                cases.Add("genai", "anthropic", way);
                cases.Add("messages", "gemini", way);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Stream_WithoutItsEnd_EndsWithAnError(string dialect, string provider, Break way)
    {
        var scene = Scene.Of(dialect, provider);
        var upstreamDialect = provider switch { "anthropic" => "messages", "chatonly" => "chat", "bedrock" => "converse", "gemini" => "genai", _ => dialect };
        var frames = Scene.Of(upstreamDialect).Frames[..(upstreamDialect is "responses" or "genai" ? 2 : 4)];
        var said = frames.Sum(frame => frame.Length);
        Upstream.Next(http => BreakAsync(http, Scene.Of(upstreamDialect), frames, way));
        await using var gateway = await RunningGateway.StartAsync(Upstream, RunningGateway.Network(ImpatientIf(way)));

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);
        Assert.Equal(200, (int)response.StatusCode);
        var answer = await ReadAsync(response, provider.Length == 0 ? said : 1);

        if (provider.Length == 0)
        {
            Assert.Equal(Encoding.Latin1.GetString([.. frames.SelectMany(f => f)]), Encoding.Latin1.GetString(answer, 0, said));
        }

        AssertEndsWithError(dialect, provider.Length == 0 ? answer[said..] : answer);
    }

    /// <summary>Nothing is out yet: a real status is still to be had.</summary>
    [Theory]
    [InlineData("chat", Break.Cut, 502)]
    [InlineData("messages", Break.Closed, 502)]
    [InlineData("converse", Break.Silent, 504)]
    [InlineData("responses", Break.Endless, 502)]
    public async Task Stream_ThatBreaksBeforeItsFirstFrame_IsAnErrorWithItsStatus(string dialect, Break way, int status)
    {
        var scene = Scene.Of(dialect);
        Upstream.Next(http => BreakAsync(http, scene, [], way));
        await using var gateway = await RunningGateway.StartAsync(Upstream, RunningGateway.Network(ImpatientIf(way)));

        var response = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(scene.Dialect == "converse" ? "bedrock" : scene.Dialect == "messages" ? "anthropic" : "openai", Envelope.Message(dialect, await JsonAsync(response)));
    }

    /// <summary>Some servers finish and neither say [DONE] nor close: the answer is whole, and an error behind it would have it asked for again.</summary>
    [Theory]
    [InlineData("chat", "chatonly", 5, "finish_reason")]
    [InlineData("messages", "chatonly", 5, "message_stop")]
    [InlineData("genai", "gemini", 3, "STOP")]
    [InlineData("chat", "gemini", 3, "[DONE]")]
    public async Task Stream_SilentBehindItsFinish_IsWhole(string dialect, string provider, int frames, string end)
    {
        var scene = Scene.Of(dialect, provider);
        Upstream.NextSilentStream(Scene.Of(provider == "gemini" ? "genai" : "chat"), frames);
        await using var gateway = await RunningGateway.StartAsync(Upstream, RunningGateway.Network(ImpatientIf(Break.Silent)));

        var answer = await TextAsync(await gateway.PostAsync(scene.StreamPath, scene.StreamBody));

        Assert.Contains(end, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\"error\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EventStream_WithAWrongChecksum_EndsWithAnError()
    {
        var scene = Scene.Of("converse");
        var frames = scene.Frames;
        var damaged = frames[2].ToArray();
        damaged[^6] ^= 1;
        Upstream.NextBytes(scene.ContentType, [.. frames[..2], damaged, .. frames[3..]]);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var answer = await BytesAsync(await gateway.PostAsync(scene.StreamPath, scene.StreamBody));

        AssertEndsWithError("converse", answer[frames[..2].Sum(f => f.Length)..]);
    }

    /// <summary>One second is far more than loopback needs between two writes and all that the silent cases wait.</summary>
    private static Func<NetworkConfig, NetworkConfig> ImpatientIf(Break way) =>
        network => way == Break.Silent ? network with { StreamIdleTimeout = TimeSpan.FromSeconds(1) } : network;

    private async Task BreakAsync(HttpContext http, Scene scene, byte[][] frames, Break way)
    {
        http.Response.ContentType = scene.ContentType;
        await http.Response.StartAsync();
        foreach (var frame in frames)
        {
            await http.Response.Body.WriteAsync(frame);
            await http.Response.Body.FlushAsync();
        }

        switch (way)
        {
            case Break.Cut:
                // A cut connection takes with it what was not read yet.
                await (frames.Length > 0 ? _isRead.Task : Task.CompletedTask);
                http.Abort();
                break;
            case Break.Silent:
                await Upstream.UntilHungUpAsync(http);
                break;
            case Break.Endless:
                await WriteEndlessFrameAsync(http, scene);
                break;
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, int atLeast)
    {
        var buffer = new byte[64 * 1024];
        await using var stream = await response.Content.ReadAsStreamAsync();
        var read = await stream.ReadAtLeastAsync(buffer, atLeast);
        _isRead.SetResult();
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);
        return [.. buffer.AsSpan(0, read), .. rest.ToArray()];
    }

    private static async Task WriteEndlessFrameAsync(HttpContext http, Scene scene)
    {
        var piece = new byte[1 << 20];
        piece.AsSpan().Fill((byte)'a');
        await http.Response.Body.WriteAsync(scene.ContentType == Scene.EventStream ? PreludeOf(int.MaxValue) : Encoding.UTF8.GetBytes("data: "));
        try
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(piece, http.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The gateway had enough, as it should.
        }
    }

    private static byte[] PreludeOf(int length)
    {
        var prelude = new byte[12];
        BinaryPrimitives.WriteInt32BigEndian(prelude, length);
        BinaryPrimitives.WriteUInt32BigEndian(prelude.AsSpan(8), Crc32.Compute(prelude.AsSpan(0, 8)));
        return prelude;
    }

    private static void AssertEndsWithError(string dialect, byte[] tail)
    {
        var text = Encoding.Latin1.GetString(tail);
        switch (dialect)
        {
            case "chat" or "cursor":
                Assert.Contains("data: {\"error\":", text);
                Assert.DoesNotContain("[DONE]", text);
                Assert.DoesNotContain("\"finish_reason\":\"", text);
                break;
            case "genai":
                Assert.Contains("data: {\"error\":{\"code\":50", text);
                Assert.DoesNotContain("finishReason", text);
                break;
            case "responses":
                Assert.Matches("event: (error|response\\.failed)\n", text);
                Assert.DoesNotContain("response.completed", text);
                break;
            case "messages":
                Assert.Contains("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"", text);
                Assert.DoesNotContain("message_stop", text);
                break;
            default:
                Assert.Contains(":exception-type", text);
                Assert.DoesNotContain("messageStop", text);
                break;
        }
    }
}
