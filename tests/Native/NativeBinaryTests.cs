using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BifrostLite.Tests.Native;

/// <summary>The native executable as users get it: built without a warning, one small file, started and called over HTTP.</summary>
[Trait("Category", "Native")]
public sealed partial class NativeBinaryTests(NativeBinary binary) : IClassFixture<NativeBinary>, IDisposable
{
    private const long MostBytes = 20_000_000;

    private readonly DirectoryInfo _appDirectory = Directory.CreateTempSubdirectory("bifrost-lite-native");

    public void Dispose() => _appDirectory.Delete(recursive: true);

    [Fact]
    public void Publishing_WarnsOfNoTrimmingAndNoMissingCode() => Assert.DoesNotMatch("warning (IL|AOT)", binary.PublishOutput);

    [Fact]
    public void Publishing_LeavesExactlyOneFile() => Assert.Equal([NativeBinary.File], Directory.GetFileSystemEntries(NativeBinary.Folder));

    [Fact]
    public void File_IsSmall() => Assert.InRange(new FileInfo(NativeBinary.File).Length, 1, MostBytes);

    [Fact]
    public async Task Version_IsTheProjects()
    {
        var (exitCode, output) = await NativeBinary.RunAsync(NativeBinary.File, "--version");

        var project = File.ReadAllText(Path.Combine(NativeBinary.Root, "Directory.Build.props"));
        Assert.Equal(0, exitCode);
        Assert.StartsWith($"bifrost-lite {Regex.Match(project, "<Version>(.+)</Version>").Groups[1].Value} (", output);
    }

    [Fact]
    public async Task WrongConfiguration_StopsTheStartWithPlaceAndAdvice()
    {
        File.WriteAllText(Path.Combine(_appDirectory.FullName, "config.json"), "{\n  \"providres\": {}\n}");

        var (exitCode, output) = await NativeBinary.RunAsync(NativeBinary.File, "--app-dir", _appDirectory.FullName, "--port", "0");

        Assert.Equal(1, exitCode);
        Assert.Contains("config.json", output);
        Assert.Contains("providers", output);
    }

    [Fact]
    public async Task WrongSwitch_IsAUsageError()
    {
        var (exitCode, output) = await NativeBinary.RunAsync(NativeBinary.File, "--prot", "80");

        Assert.Equal(2, exitCode);
        Assert.Contains("--prot", output);
    }

    [Fact]
    public async Task Schema_IsJson()
    {
        var (exitCode, output) = await NativeBinary.RunAsync(NativeBinary.File, "config", "schema");

        Assert.Equal(0, exitCode);
        using var schema = JsonDocument.Parse(output);
        Assert.True(schema.RootElement.TryGetProperty("properties", out _));
    }

    [Fact]
    public async Task Gateway_AnswersInEveryDialect_WholeAndStreamed()
    {
        File.WriteAllText(Path.Combine(_appDirectory.FullName, "config.json"), """{"version": 2, "providers": {}}""");
        await using var gateway = await NativeGateway.StartAsync(_appDirectory.FullName);
        using var health = await gateway.Client.GetAsync("/health");
        Assert.Equal(200, (int)health.StatusCode);
        foreach (var (path, body, sign) in Calls)
        {
            using var response = await gateway.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
            var answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {answer}");
            Assert.Contains(sign, answer);
            Assert.Contains("parrot", answer);
        }
    }

    /// <summary>Path, body, and what only this dialect's answer holds.</summary>
    private static readonly (string Path, string Body, string Sign)[] Calls =
    [
        ("/v1/chat/completions", """{"model":"demo/echo","messages":[{"role":"user","content":"parrot"}]}""", "\"finish_reason\":\"stop\""),
        ("/v1/chat/completions", """{"model":"demo/echo","stream":true,"messages":[{"role":"user","content":"parrot"}]}""", "data: [DONE]"),
        ("/v1/responses", """{"model":"demo/echo","input":"parrot"}""", "\"status\":\"completed\""),
        ("/v1/responses", """{"model":"demo/echo","stream":true,"input":"parrot"}""", "event: response.completed"),
        ("/anthropic/v1/messages", """{"model":"demo/echo","max_tokens":64,"messages":[{"role":"user","content":"parrot"}]}""", "\"stop_reason\":\"end_turn\""),
        ("/anthropic/v1/messages", """{"model":"demo/echo","max_tokens":64,"stream":true,"messages":[{"role":"user","content":"parrot"}]}""", "event: message_stop"),
        ("/bedrock/model/demo%2Fecho/converse", """{"messages":[{"role":"user","content":[{"text":"parrot"}]}]}""", "\"stopReason\":\"end_turn\""),
        ("/bedrock/model/demo%2Fecho/converse-stream", """{"messages":[{"role":"user","content":[{"text":"parrot"}]}]}""", "messageStop"),
        ("/cursor/v1/chat/completions", """{"model":"demo/echo","messages":[{"role":"user","content":"parrot"}]}""", "\"finish_reason\":\"stop\""),
        ("/cursor/v1/chat/completions", """{"model":"demo/echo","stream":true,"input":"parrot"}""", "data: [DONE]"),
    ];
}
