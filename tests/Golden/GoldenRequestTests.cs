using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Golden;

/// <summary>
/// One rich request of every dialect a caller can speak, written for a model of every dialect a provider can speak, and
/// what was lost on the way. The requests are in Requests/.
/// </summary>
public class GoldenRequestTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Dialect, provider and model of the targets.</summary>
    private static readonly Dictionary<string, (string Provider, string Model)> Targets = new()
    {
        ["chat"] = ("openai", "gpt-4.1"),
        ["responses"] = ("openai", "gpt-5.1"),
        ["messages"] = ("anthropic", "claude-sonnet-4-5"),
        ["converse"] = ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ["genai"] = ("gemini", "gemini-2.5-pro"),
    };

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var (inbound, target) in Targets.Keys.Append("cursor").SelectMany(inbound => Targets.Keys.Select(target => (inbound, target))).Where(p => p.inbound != p.target))
            {
                pairs.Add(inbound, target);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Request_Translated_IsAsKept_WithItsLosses(string inbound, string target)
    {
        var (body, losses) = Translate(inbound, target);

        // Indented for the reader: order, numbers and escapes that a reader cannot see are held by the dialects' own tests.
        var text = JsonSerializer.Serialize(JsonDocument.Parse(body).RootElement, Indented);
        GoldenFile.Verify($"{inbound}-to-{target}.request.json", Encoding.UTF8.GetBytes(text + "\n"));
        GoldenFile.Verify($"{inbound}-to-{target}.loss.txt", Encoding.UTF8.GetBytes(string.Concat(losses.Kept.Select(loss => $"{loss.Path} {loss.Reason}\n"))));
    }

    private static (byte[] Body, Losses Losses) Translate(string inbound, string target)
    {
        var (provider, model) = Targets[target];
        var facts = ModelFacts.Of(Catalog.Find(provider)!, provider, model);
        var source = new RequestSource(Request($"{inbound}.json"), inbound is "converse" or "genai" ? $"{provider}/{model}" : "", inbound == "genai" ? false : null);
        Assert.Null(Dialects.Get(inbound).ReadRequest(source, out var request));
        request.Model = model;
        var losses = new Losses();
        foreach (var loss in request.Losses.Kept)
        {
            losses.Add(loss.Path, loss.Reason);
        }

        var output = new ArrayBufferWriter<byte>();
        Dialects.Get(target).WriteRequest(ToolWrapping.For(request, facts, losses).Request, facts, output, losses);
        return (output.WrittenSpan.ToArray(), losses);
    }

    private static byte[] Request(string name, [CallerFilePath] string here = "") => File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(here)!, "Requests", name));
}
