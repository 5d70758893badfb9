using System.Text;

namespace BifrostLite.Tests.Functional;

/// <summary>A reload swaps configuration and providers as one; what runs finishes on the old ones.</summary>
public sealed class ReloadTests : FunctionalTest, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("bifrost-lite-reload");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task Reload_WhileAStreamRuns_StreamFinishesOnTheOldAndNewRequestsSeeTheNew()
    {
        await using var second = await ScriptedUpstream.StartAsync();
        second.NextJson(400, "{}");
        var scene = Scene.Of("chat");
        var frames = scene.Frames;
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Upstream.Next(async http =>
        {
            http.Response.ContentType = "text/event-stream";
            await http.Response.Body.WriteAsync(frames[1]);
            await http.Response.Body.FlushAsync();
            await go.Task;
            await http.Response.Body.WriteAsync(frames.Skip(2).SelectMany(f => f).ToArray());
        });
        await using var gateway = await RunningGateway.StartAsync(Upstream, appDirectory: _directory.FullName);

        using var running = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);
        WriteConfig(second.Address);
        Assert.True(gateway.Config.Reload());
        using var afterwards = await gateway.PostAsync(scene.StreamPath, scene.StreamBody);
        go.SetResult();

        Assert.Equal("Bearer sk-of-the-new-one", Assert.Single(second.Requests).Headers["Authorization"]);
        Assert.Equal(Encoding.UTF8.GetString([.. frames.Skip(1).SelectMany(f => f)]), await TextAsync(running));
        Assert.Single(Upstream.Requests);
    }

    [Fact]
    public async Task Reload_OfAWrongFile_KeepsTheOld()
    {
        var scene = Scene.Of("chat");
        Upstream.NextJson(400, "{}");
        await using var gateway = await RunningGateway.StartAsync(Upstream, appDirectory: _directory.FullName);

        File.WriteAllText(Path.Combine(_directory.FullName, "config.json"), """{"providres":{}}""");
        Assert.False(gateway.Config.Reload());
        using var response = await gateway.PostAsync(scene.Path, scene.Body);

        Assert.Equal("Bearer " + RunningGateway.OpenAiKey, Seen().Headers["Authorization"]);
    }

    private void WriteConfig(Uri upstream) => File.WriteAllText(
        Path.Combine(_directory.FullName, "config.json"),
        $$"""
        {
          "version": 2,
          "providers": {
            "openai": {
              "keys": [{ "name": "new", "value": "sk-of-the-new-one", "models": ["*"], "weight": 1 }],
              "network_config": { "base_url": "{{upstream.GetLeftPart(UriPartial.Authority)}}" }
            }
          }
        }
        """);
}
