using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace BifrostLite.Tests.Functional;

/// <summary>A provider on loopback that does what a test tells it and keeps what it was asked.</summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _script = new();

    private ScriptedUpstream(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<UpstreamRequest> Requests { get; } = new();

    /// <summary>Answers every call once the script is at its end.</summary>
    public Func<HttpContext, Task>? Always { get; set; }

    /// <summary>Completed when a caller hung up before its answer was whole.</summary>
    public TaskCompletionSource CallerHungUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ScriptedUpstream> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        var upstream = new ScriptedUpstream(app);
        app.Run(upstream.AnswerAsync);
        await app.StartAsync();
        upstream.Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return upstream;
    }

    /// <summary>The next call gets this.</summary>
    public void Next(Func<HttpContext, Task> answer) => _script.Enqueue(answer);

    public void NextJson(int status, string body, params (string Name, string Value)[] headers) => Next(async http =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(body);
    });

    /// <summary>An SSE stream, piece by piece; each is flushed on its own.</summary>
    public void NextStream(params string[] pieces) => NextBytes("text/event-stream", [.. pieces.Select(Encoding.UTF8.GetBytes)]);

    /// <summary>Any body, piece by piece.</summary>
    public void NextBytes(string contentType, params byte[][] pieces) => Next(async http =>
    {
        http.Response.ContentType = contentType;
        foreach (var piece in pieces)
        {
            await http.Response.Body.WriteAsync(piece);
            await http.Response.Body.FlushAsync();
        }
    });

    /// <summary>The first frames of a stream, and then the connection breaks.</summary>
    public void NextCutStream(Scene scene, int frames) => Next(async http =>
    {
        await BeginAsync(http, scene, frames);
        http.Abort();
    });

    /// <summary>The first frames of a stream, and then nothing until the caller hangs up.</summary>
    public void NextSilentStream(Scene scene, int frames) => Next(async http =>
    {
        await BeginAsync(http, scene, frames);
        await UntilHungUpAsync(http);
    });

    /// <summary>Waits until the caller hangs up.</summary>
    public async Task UntilHungUpAsync(HttpContext http)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = http.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task;
        CallerHungUp.TrySetResult();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task BeginAsync(HttpContext http, Scene scene, int frames)
    {
        http.Response.ContentType = scene.ContentType;
        foreach (var frame in scene.Frames[..frames])
        {
            await http.Response.Body.WriteAsync(frame);
            await http.Response.Body.FlushAsync();
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Requests.Enqueue(new UpstreamRequest(target, headers, body.ToArray()));
        if (!_script.TryDequeue(out var answer) && (answer = Always) is null)
        {
            http.Response.StatusCode = 418;
            await http.Response.WriteAsync("""{"error":{"message":"the script is at its end"}}""");
            return;
        }

        body.Position = 0;
        http.Request.Body = body; // answers may depend on it
        await answer(http);
    }
}

/// <summary>A call as the upstream saw it.</summary>
internal sealed record UpstreamRequest(string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
