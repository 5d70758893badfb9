using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BifrostLite.Providers;
using BifrostLite.Schemas;
using BifrostLite.Schemas.Hub;

namespace BifrostLite.Tests.Golden;

/// <summary>One field of a request: what stands in Fields/DIALECT.request.json.</summary>
/// <param name="Field">How documents call it.</param>
/// <param name="Given">Members that stand in the request with and without the field.</param>
/// <param name="With">Members that hold the field; they take the place of those of the same name.</param>
/// <param name="Silent">Why nothing need be said of it, by target or "*": the field means nothing there, or is that API's default.</param>
public sealed record FieldRow(string Field, JsonObject Given, JsonObject With, IReadOnlyDictionary<string, string> Silent)
{
    /// <summary>
    /// The row's name, which its tests have as their argument: messages-request-tools-strict. Names end where the runner would cut
    /// them, so that they can be asked for; the outer members go first.
    /// </summary>
    public static string NameOf(string dialect, string side, string field)
    {
        const int Longest = 50;
        var name = System.Text.RegularExpressions.Regex.Replace(field, "[^A-Za-z0-9_]+", "-").Trim('-');
        var room = Longest - dialect.Length - side.Length - 2;
        while (name.Length > room)
        {
            name = name[(name.IndexOf('-', StringComparison.Ordinal) + 1)..];
        }

        return $"{dialect}-{side}-{name}";
    }
}

/// <summary>What became of one field towards one target.</summary>
/// <param name="Arrived">Paths of the target's body that differ from the same request without the field.</param>
/// <param name="Lost">Losses that the same request without the field does not have.</param>
internal sealed record FieldFate(IReadOnlyList<string> Arrived, IReadOnlyList<Loss> Lost);

/// <summary>
/// Writes a request with and without one field for a target and tells the two apart. Targets stand for the dialects a
/// provider can speak, with a model whose abilities the tables' heads name.
/// </summary>
internal static class FieldProbe
{
    /// <summary>Target dialect, provider and model: chat is a vendor that speaks only chat.</summary>
    public static readonly IReadOnlyDictionary<string, (string Provider, string Model)> Targets = new Dictionary<string, (string, string)>
    {
        ["chat"] = ("together", "some-model"),
        ["responses"] = ("openai", "gpt-5.1"),
        ["messages"] = ("anthropic", "claude-sonnet-4-5"),
        ["converse"] = ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ["genai"] = ("gemini", "gemini-2.5-flash"),
    };

    /// <summary>Rows of a dialect's requests; Cursor's are those of Responses, whose shape it mostly has.</summary>
    public static (JsonObject Base, List<FieldRow> Rows) Read(string dialect)
    {
        var file = JsonNode.Parse(File.ReadAllText(PathOf($"{(dialect == "cursor" ? "responses" : dialect)}.request.json")))!.AsObject();
        var rows = new List<FieldRow>();
        foreach (var row in file["rows"]!.AsArray().Select(r => r!.AsObject()))
        {
            var silent = row["silent"]?.AsObject().ToDictionary(p => p.Key, p => p.Value!.GetValue<string>()) ?? [];
            rows.Add(new FieldRow(row["field"]!.GetValue<string>(), row["given"]?.AsObject() ?? [], row["with"]!.AsObject(), silent));
        }

        return (file["base"]!.AsObject(), rows);
    }

    public static FieldFate Probe(string inbound, JsonObject body, FieldRow row, string target)
    {
        var (before, lostBefore) = Translate(inbound, Merged(body, row.Given), target);
        var (after, lostAfter) = Translate(inbound, Merged(Merged(body, row.Given), row.With), target);
        var arrived = new List<string>();
        Compare(before, after, "", Scalars(row.With), arrived);
        var lost = lostAfter.ToList();
        lostBefore.ToList().ForEach(loss => lost.Remove(loss));
        return new FieldFate([.. arrived.Distinct()], [.. lost.Select(l => l with { Path = AnyIndex(l.Path) }).Distinct()]);
    }

    public static (JsonElement Body, IReadOnlyList<Loss> Losses) Translate(string inbound, JsonObject body, string target)
    {
        var (provider, model) = Targets[target];
        var facts = ModelFacts.Of(Catalog.Find(provider)!, provider, model);
        var isInPath = inbound is "converse" or "genai";
        var source = new RequestSource(Encoding.UTF8.GetBytes(body.ToJsonString()), isInPath ? $"{provider}/{model}" : "", isInPath ? false : null);
        Assert.Null(Dialects.Get(inbound).ReadRequest(source, out var request));
        request.Model = model;
        var losses = new Losses();
        request.Losses.Kept.ToList().ForEach(loss => losses.Add(loss.Path, loss.Reason));
        var output = new ArrayBufferWriter<byte>();
        Dialects.Get(target).WriteRequest(ToolWrapping.For(request, facts, losses).Request, facts, output, losses);
        return (JsonDocument.Parse(output.WrittenMemory.ToArray()).RootElement, losses.Kept);
    }

    public static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "Fields", name);

    private static JsonObject Merged(JsonObject under, JsonObject over)
    {
        var merged = under.DeepClone().AsObject();
        foreach (var (name, value) in over)
        {
            merged[name] = value?.DeepClone();
        }

        return merged;
    }

    private static string AnyIndex(string path) => System.Text.RegularExpressions.Regex.Replace(path, @"\[\d+\]", "[]");

    /// <summary>The values the caller wrote: where one of them arrives as it was, the path says it all.</summary>
    private static HashSet<string> Scalars(JsonNode? node) => node switch
    {
        JsonObject o => [.. o.SelectMany(p => Scalars(p.Value))],
        JsonArray a => [.. a.SelectMany(Scalars)],
        null => [],
        _ => [node.ToJsonString()],
    };

    /// <summary>Paths at which the two differ, from the first member that only one of them has down to where it branches.</summary>
    private static void Compare(JsonElement before, JsonElement after, string path, HashSet<string> known, List<string> found)
    {
        if (before.ValueKind == JsonValueKind.Object && after.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in after.EnumerateObject())
            {
                var at = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                Compare(before.TryGetProperty(member.Name, out var old) ? old : default, member.Value, at, known, found);
            }

            found.AddRange(before.EnumerateObject().Where(m => !after.TryGetProperty(m.Name, out _)).Select(m => $"`{(path.Length == 0 ? "" : path + ".")}{m.Name}` left out"));
        }
        else if (before.ValueKind == JsonValueKind.Array && after.ValueKind == JsonValueKind.Array)
        {
            for (var i = 0; i < after.GetArrayLength(); i++)
            {
                Compare(i < before.GetArrayLength() ? before[i] : default, after[i], $"{path}[]", known, found);
            }

            if (before.GetArrayLength() > after.GetArrayLength())
            {
                found.Add($"`{path}` shorter");
            }
        }
        else if (before.ValueKind == JsonValueKind.Undefined || before.GetRawText() != after.GetRawText())
        {
            found.Add(Shown(after, path, known));
        }
    }

    /// <summary>A new value, followed down while there is only one way; its type or its value is shown where that says something.</summary>
    private static string Shown(JsonElement value, string path, HashSet<string> known)
    {
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1)
        {
            return Shown(value[0], $"{path}[]", known);
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            var members = value.EnumerateObject().ToList();
            return members is [var only] ? Shown(only.Value, $"{path}.{only.Name}", known)
                : value.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String ? $"`{path}` ({type.GetString()})"
                : $"`{path}`";
        }

        var isShown = value.ValueKind is JsonValueKind.String or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number && value.GetRawText().Length < 30 && !known.Contains(value.GetRawText());
        return isShown ? $"`{path}` = {value.GetRawText().Trim('"')}" : $"`{path}`";
    }
}
