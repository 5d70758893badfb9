using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace BifrostLite.Tests.Functional;

/// <summary>
/// What agents and SDKs send, rebuilt small in Clients/: their request reaches a provider of their dialect as it is, and
/// any other provider by translation, with a stream that comes to its proper end.
/// </summary>
public class ClientTests : FunctionalTest
{
    /// <summary>Client, its dialect, how a stream ends there.</summary>
    private static readonly Dictionary<string, (string Dialect, string End)> Clients = new()
    {
        ["claude-code"] = ("messages", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"),
        ["claude-code-vertex"] = ("messages", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"),
        ["claude-code-bedrock"] = ("invoke", ""),
        ["anthropic-sdk"] = ("messages", "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"),
        ["codex"] = ("responses", "\n\n"),
        ["opencode"] = ("chat", "data: [DONE]\n\n"),
        ["gemini-cli"] = ("genai", "\n\n"),
        ["aws-sdk"] = ("converse", ""),
    };

    public static TheoryData<string> Names => [.. Clients.Keys];

    public static TheoryData<string, string> Translations
    {
        get
        {
            var translations = new TheoryData<string, string>();
            foreach (var (name, (dialect, _)) in Clients)
            {
                foreach (var (provider, spoken) in new[] { ("chatonly", "chat"), ("anthropic", "messages"), ("bedrock", "converse"), ("openai", "responses") })
                {
                    // Bedrock serves invoke itself; a chat request to openai stays chat.
                    if (spoken != dialect && !(dialect == "invoke" && provider == "bedrock") && !(dialect == "chat" && provider is "openai"))
                    {
                        translations.Add(name, provider);
                    }
                }
            }

            return translations;
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Request_OfAClient_ReachesItsOwnDialectUntouched(string name)
    {
        var (path, headers, body) = Read(name);
        var scene = Scene.Of(Clients[name].Dialect);
        Upstream.NextBytes(scene.ContentType, scene.Frames);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(path, body, headers);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(scene.Stream, await BytesAsync(response));
        Assert.DoesNotContain(Seen().Headers, h => h.Value.Contains("CALLER-SECRET", StringComparison.Ordinal));
        foreach (var (header, value) in headers.Where(h => Clients[name].Dialect == "messages" && h.Name.StartsWith("anthropic-", StringComparison.Ordinal)))
        {
            Assert.Equal(value, Seen().Headers[header]);
        }

        if (name == "claude-code-vertex")
        {
            // The model moves from the path into the body, and the version member that only Vertex AI knows goes.
            var expected = """{"model":"claude-sonnet-4-5@20250929",""" + body[1..].TrimStart();
            Assert.Equal(Canonical(expected, "anthropic_version"), Canonical(Seen().Text, ""));
            return;
        }

        Assert.Equal(body, Seen().Text);
    }

    [Theory]
    [MemberData(nameof(Translations))]
    public async Task Request_OfAClient_ReachesOtherDialectsByTranslation(string name, string provider)
    {
        var (path, headers, body) = Read(name);
        var upstream = Scene.Of(provider switch { "chatonly" => "chat", "anthropic" => "messages", "bedrock" => "converse", _ => "responses" });
        Upstream.NextBytes(upstream.ContentType, upstream.Frames);
        await using var gateway = await RunningGateway.StartAsync(Upstream);

        var response = await gateway.PostAsync(Rerouted(path, provider), Rerouted(body, provider), headers);
        var answer = await BytesAsync(response);

        Assert.True(response.IsSuccessStatusCode, Encoding.UTF8.GetString(answer));
        Assert.EndsWith(Clients[name].End, Encoding.Latin1.GetString(answer));
        Assert.DoesNotContain("error", Encoding.Latin1.GetString(answer).Replace("\"error\":null", ""));
        using var sent = JsonDocument.Parse(Seen().Body);
        Assert.True(sent.RootElement.TryGetProperty(provider == "openai" ? "input" : "messages", out _));
        if (body.Contains("\"tools\"", StringComparison.Ordinal))
        {
            Assert.True(sent.RootElement.TryGetProperty(provider == "bedrock" ? "toolConfig" : "tools", out _));
        }
    }

    private static string Rerouted(string text, string provider)
    {
        foreach (var model in new[] { "claude-opus-4-8", "us.anthropic.claude-sonnet-4-5-20250929-v1", "claude-sonnet-4-5@20250929", "\"claude-sonnet-4-5\"", "gpt-5.1-codex", "gemini-3.8-flash", "some-model" })
        {
            if (text.Contains(model, StringComparison.Ordinal))
            {
                return model[0] == '"' ? text.Replace(model, $"\"{provider}/m\"") : text.Replace(model, (text[0] == '/' ? provider + "%2F" : provider + "/") + "m");
            }
        }

        return text;
    }

    private static string Canonical(string json, string without)
    {
        using var document = JsonDocument.Parse(json);
        return string.Join('\n', document.RootElement.EnumerateObject().Where(member => member.Name != without).Select(member => $"{member.Name}: {member.Value.GetRawText()}"));
    }

    private static (string Path, (string Name, string Value)[] Headers, string Body) Read(string name, [CallerFilePath] string here = "")
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "Clients", name + ".json")));
        var root = document.RootElement;
        return (
            // OpenAI's clients may be pointed at either prefix; under OpenAI's own name answers pass as they are.
            root.GetProperty("path").GetString()! is var path && (path.StartsWith("/v1/chat") || path.StartsWith("/v1/responses")) ? "/openai" + path : path,
            [.. root.GetProperty("headers").EnumerateObject().Select(header => (header.Name, header.Value.GetString()!))],
            root.GetProperty("body").GetRawText());
    }
}
