using System.Text;
using Microsoft.AspNetCore.Http;

namespace BifrostLite.Tests.Functional.Reliability;

/// <summary>The lines of the failure matrix.</summary>
internal static class FailureCases
{
    public static readonly IReadOnlyList<FailureCase> All =
    [
        new("429", Asked.Both, call => call.ErrorAsync(429)),
        new("429 with Retry-After: 1", Asked.Both, call => call.ErrorAsync(429, ("Retry-After", "1"))),
        new("429 with Retry-After: 3600", Asked.Both, call => call.ErrorAsync(429, ("Retry-After", "3600"))),
        new("429 once", Asked.Both, call => call.Before == 0 ? call.ErrorAsync(429) : SoundAsync(call)) { PrimaryRecovers = true },
        new("500", Asked.Both, call => call.ErrorAsync(500)),
        new("500 once", Asked.Both, call => call.Before == 0 ? call.ErrorAsync(500) : SoundAsync(call)) { PrimaryRecovers = true },
        new("502", Asked.Both, call => call.ErrorAsync(502)),
        new("503", Asked.Both, call => call.ErrorAsync(503)),
        new("529", Asked.Both, call => call.ErrorAsync(529)),
        new("401 for one key of three", Asked.Both, call => call.Before == 0 ? call.ErrorAsync(401) : SoundAsync(call)) { PrimaryRecovers = true },
        new("403 for one key of three", Asked.Both, call => call.Before == 0 ? call.ErrorAsync(403) : SoundAsync(call)) { PrimaryRecovers = true },
        new("401 for all three keys", Asked.Both, call => call.ErrorAsync(401)),
        new("400", Asked.Both, call => call.ErrorAsync(400)),
        new("404", Asked.Both, call => call.ErrorAsync(404)),
        new("422", Asked.Both, call => call.ErrorAsync(422)),
        new("refused for its content", Asked.Both, call => call.JsonAsync(400, ProviderBodies.ContentRefusal(call.Scene.Dialect))),
        new("redirect", Asked.Both, call => call.JsonAsync(302, "", ("Location", "https://elsewhere.example/v1"))),
        new("no headers", Asked.Both, call => call.SilenceAsync()) { Step = TimeSpan.FromSeconds(5) },
        new("no headers, hedged after 2 s", Asked.Both, call => call.SilenceAsync()) { Setup = Setup.Hedged, Step = TimeSpan.FromSeconds(1) },
        new("no first token", Asked.Stream, async call =>
        {
            await call.FramesAsync(call.Scene.Frames[0]);
            await call.SilenceAsync();
        }) { Setup = Setup.FirstTokenLimit, Step = TimeSpan.FromSeconds(1) },
        new("silence in mid-answer", Asked.Both, async call =>
        {
            await BeginAsync(call);
            await call.SilenceAsync();
        }) { Step = TimeSpan.FromSeconds(3) },
        new("cut before the first frame", Asked.Both, async call =>
        {
            await call.FramesAsync();
            call.Http.Abort();
        }),
        new("cut after the first frame", Asked.Stream, call => CutAsync(call, 2)),
        new("cut before the terminal event", Asked.Stream, call => CutAsync(call, call.Scene.Frames.Length - TerminalFrames(call.Scene))),
        new("closed before the terminal event", Asked.Stream, call => call.FramesAsync(call.Scene.Frames[..^TerminalFrames(call.Scene)])),
        new("closed before the terminal event, held back", Asked.Stream, call => call.FramesAsync(call.Scene.Frames[..^TerminalFrames(call.Scene)])) { Setup = Setup.HeldBack },
        new("finish_reason, but no [DONE]", Asked.Stream, call => call.FramesAsync(call.Scene.Frames[..^1])) { Only = ["chat"], PrimaryRecovers = true },
        new("error event first", Asked.Stream, call => call.FramesAsync(ProviderBodies.ErrorEvent(call.Scene.Dialect))),
        new("error event in mid-stream", Asked.Stream, call => call.FramesAsync([.. call.Scene.Frames[..2], ProviderBodies.ErrorEvent(call.Scene.Dialect)])),
        new("200 with an error body", Asked.Both, call => call.JsonAsync(200, ProviderBodies.Error(call.Scene.Dialect, 500))),
        new("200 with HTML", Asked.Both, call => call.BytesAsync("text/html", "<html><body>Bad gateway</body></html>"u8.ToArray())),
        new("200 with nothing", Asked.Both, call => call.BytesAsync(call.IsStream ? call.Scene.ContentType : "application/json", [])),
        new("truncated JSON", Asked.Whole, call => call.BytesAsync("application/json", Encoding.UTF8.GetBytes(ProviderBodies.Answer(call.Scene.Dialect)[..^20]))),
        new("a frame of more than 16 MiB", Asked.Stream, GiantAsync),
        new("connection refused", Asked.Both, Never) { Setup = Setup.Refused },
        new("host name does not exist", Asked.Both, Never) { Setup = Setup.NoName },
        new("TLS handshake fails", Asked.Both, Never) { Setup = Setup.NoTls },
        new("503, and the fallback fails too", Asked.Both, call => call.ErrorAsync(503)) { AllFail = true },
    ];

    /// <summary>What a sound provider of the dialect answers.</summary>
    public static Task SoundAsync(ProviderCall call) =>
        call.IsStream ? call.FramesAsync(WithUsage(call.Scene)) : call.JsonAsync(200, ProviderBodies.Answer(call.Scene.Dialect));

    /// <summary>The gateway asks for usage, so a provider sends it.</summary>
    private static byte[][] WithUsage(Scene scene) => scene.Dialect == "chat"
        ? [.. scene.Frames[..^1], "data: {\"id\":\"c1\",\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\n"u8.ToArray(), scene.Frames[^1]]
        : scene.Frames;

    /// <summary>How many frames at the end tell that it is the end.</summary>
    private static int TerminalFrames(Scene scene) => scene.Dialect is "chat" or "converse" ? 2 : 1;

    private static async Task BeginAsync(ProviderCall call)
    {
        if (call.IsStream)
        {
            await call.FramesAsync(call.Scene.Frames[..2]);
            return;
        }

        call.Http.Response.ContentType = "application/json";
        await call.Http.Response.WriteAsync(ProviderBodies.Answer(call.Scene.Dialect)[..20]);
        await call.Http.Response.Body.FlushAsync();
    }

    private static async Task CutAsync(ProviderCall call, int frames)
    {
        await call.FramesAsync(call.Scene.Frames[..frames]);

        // A cut connection takes with it what was not read yet.
        await call.HasRead.ReachAsync(call.Scene.Frames[..frames].Sum(frame => frame.Length));
        call.Http.Abort();
    }

    private static async Task GiantAsync(ProviderCall call)
    {
        call.Http.Response.ContentType = call.Scene.ContentType;
        var piece = new byte[1 << 20];
        piece.AsSpan().Fill((byte)'a');
        byte[] start = call.Scene.ContentType == Scene.EventStream ? [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0] : "data: "u8.ToArray();
        try
        {
            await call.Http.Response.Body.WriteAsync(start);
            for (var i = 0; i < 64; i++)
            {
                await call.Http.Response.Body.WriteAsync(piece, call.Http.RequestAborted);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The gateway had enough, as it should.
        }
    }

    private static Task Never(ProviderCall call) => throw new InvalidOperationException("Nobody can reach this provider.");
}
