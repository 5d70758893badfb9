using System.Text.Json;
using System.Text.RegularExpressions;

namespace BifrostLite.Tests.Unit.Configuration;

/// <summary>
/// Judges a JSON value by a JSON Schema: just the keywords that our schema uses, read independently of the code that wrote them. An unknown keyword
/// fails the test rather than passing unseen.
/// </summary>
internal sealed class SchemaJudge(JsonElement root)
{
    private static readonly string[] Remarks = ["$schema", "$defs", "title", "description", "default", "then"];

    private readonly Dictionary<string, Regex> _patterns = [];

    public bool Accepts(JsonElement value) => Accepts(root, value);

    private bool Accepts(JsonElement schema, JsonElement value)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (!Remarks.Contains(keyword.Name) && !Holds(keyword, schema, value))
            {
                return false;
            }
        }

        return true;
    }

    private bool Holds(JsonProperty keyword, JsonElement schema, JsonElement value)
    {
        var rule = keyword.Value;
        switch (keyword.Name)
        {
            case "$ref":
                return Accepts(root.GetProperty("$defs").GetProperty(rule.GetString()!["#/$defs/".Length..]), value);
            case "type":
                return IsOfType(rule.GetString()!, value);
            case "enum":
                return value.ValueKind == JsonValueKind.String && rule.EnumerateArray().Any(item => item.GetString() == value.GetString());
            case "const":
                return value.ValueKind == JsonValueKind.String && value.GetString() == rule.GetString();
            case "pattern":
                return value.ValueKind != JsonValueKind.String || Pattern(rule.GetString()!).IsMatch(value.GetString()!);
            case "minimum":
                return value.ValueKind != JsonValueKind.Number || value.GetDouble() >= rule.GetDouble();
            case "exclusiveMinimum":
                return value.ValueKind != JsonValueKind.Number || value.GetDouble() > rule.GetDouble();
            case "maximum":
                return value.ValueKind != JsonValueKind.Number || value.GetDouble() <= rule.GetDouble();
            case "minItems":
                return value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.GetInt32();
            case "items":
                return value.ValueKind != JsonValueKind.Array || value.EnumerateArray().All(item => Accepts(rule, item));
            case "required":
                return value.ValueKind != JsonValueKind.Object || rule.EnumerateArray().All(name => value.TryGetProperty(name.GetString()!, out _));
            case "properties":
                return value.ValueKind != JsonValueKind.Object
                    || value.EnumerateObject().All(member => !rule.TryGetProperty(member.Name, out var child) || Accepts(child, member.Value));
            case "additionalProperties":
                return value.ValueKind != JsonValueKind.Object || value.EnumerateObject().All(member => IsKnown(schema, member.Name) || AcceptsOther(rule, member.Value));
            case "anyOf":
                return rule.EnumerateArray().Any(one => Accepts(one, value));
            case "allOf":
                return rule.EnumerateArray().All(one => Accepts(one, value));
            case "if":
                return !Accepts(rule, value) || Accepts(schema.GetProperty("then"), value);
            default:
                throw new InvalidOperationException("the judge does not know " + keyword.Name);
        }
    }

    private bool AcceptsOther(JsonElement rule, JsonElement value) => rule.ValueKind == JsonValueKind.Object && Accepts(rule, value);

    private Regex Pattern(string text) => _patterns.TryGetValue(text, out var known) ? known : _patterns[text] = new Regex(text);

    private static bool IsKnown(JsonElement schema, string name) =>
        schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(name, out _);

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "integer" => value.ValueKind == JsonValueKind.Number && double.IsInteger(value.GetDouble()),
        _ => value.ValueKind == JsonValueKind.Number,
    };
}
