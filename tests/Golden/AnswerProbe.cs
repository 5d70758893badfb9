using System.Buffers;
using System.Text;
using System.Text.Json;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Golden;

/// <summary>One rich answer of every dialect a provider can speak (Fields/answers), written for callers of every other.</summary>
internal static class AnswerProbe
{
    public static (JsonElement Answer, IReadOnlyList<Loss> Losses) Translate(string inbound, string upstream) =>
        Translate(inbound, upstream, File.ReadAllBytes(FieldProbe.PathOf(Path.Combine("answers", $"{upstream}.json"))));

    public static (JsonElement Answer, IReadOnlyList<Loss> Losses) Translate(string inbound, string upstream, byte[] answer)
    {
        var context = Context(inbound, upstream);
        var builder = new AnswerBuilder();
        var guard = new StreamGuard(builder, Dialects.Get(inbound).Rules, context.Losses);
        Dialects.Get(upstream).ReadAnswer(answer, guard);
        guard.Complete();
        Assert.Null(builder.Answer.Error);
        var output = new ArrayBufferWriter<byte>();
        Dialects.Get(inbound).WriteAnswer(builder.Answer, context, output);
        return (JsonDocument.Parse(output.WrittenMemory.ToArray()).RootElement, context.Losses.Kept);
    }

    /// <summary>yes, null, or – where no such member is there; "a[].b" looks into every item.</summary>
    public static string Look(JsonElement value, string path)
    {
        var found = new List<JsonElement>();
        Find(value, path.Split('.'), 0, found);
        return found.Count == 0 ? "–" : found.TrueForAll(v => v.ValueKind == JsonValueKind.Null) ? "null" : "yes";
    }

    private static void Find(JsonElement value, string[] path, int at, List<JsonElement> found)
    {
        if (at == path.Length)
        {
            found.Add(value);
            return;
        }

        var isList = path[at].EndsWith("[]", StringComparison.Ordinal);
        var name = isList ? path[at][..^2] : path[at];
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out var member))
        {
            return;
        }

        foreach (var item in isList && member.ValueKind == JsonValueKind.Array ? member.EnumerateArray().ToArray() : [member])
        {
            Find(item, path, at + 1, found);
        }
    }

    private static AnswerContext Context(string inbound, string upstream)
    {
        var body = Encoding.UTF8.GetBytes(inbound switch
        {
            "responses" => """{"model":"gw/up-model","input":"Hi?","include":["reasoning.encrypted_content","message.output_text.logprobs"]}""",
            "converse" => """{"messages":[{"role":"user","content":[{"text":"Hi?"}]}]}""",
            "genai" => """{"contents":[{"role":"user","parts":[{"text":"Hi?"}]}],"generationConfig":{"responseLogprobs":true}}""",
            "messages" => """{"model":"gw/up-model","max_tokens":99,"messages":[{"role":"user","content":"Hi?"}]}""",
            _ => """{"model":"gw/up-model","logprobs":true,"messages":[{"role":"user","content":"Hi?"}]}""",
        });
        return GoldenContext.Of(inbound, upstream, body, isStream: false, startedAt: 1);
    }
}
