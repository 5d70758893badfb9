using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using BifrostLite.Configuration.Shapes;

namespace BifrostLite.Configuration;

/// <summary>
/// The JSON Schema (draft 2020-12, https://json-schema.org/draft/2020-12) of config.json, written from the same tree of shapes that
/// the check walks. It accepts whatever the check accepts; rules between keys and the environment are left to "config check".
/// </summary>
internal sealed class ConfigSchema
{
    /// <summary>"env.NAME" stands for a value that only the start can see.</summary>
    private const string EnvironmentPattern = "env\\..+";

    private readonly Dictionary<string, Shape> _named = [];
    private readonly Queue<Shape> _pending = new();
    private readonly Utf8JsonWriter _json;

    private ConfigSchema(Utf8JsonWriter json) => _json = json;

    /// <summary>The schema as indented JSON.</summary>
    public static string Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            new ConfigSchema(json).WriteDocument();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void WriteDocument()
    {
        _json.WriteStartObject();
        _json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
        _json.WriteString("title", "bifrost-lite configuration");
        _json.WriteString("description", "config.json of the bifrost-lite gateway; \"env.NAME\" takes a text from an environment variable.");
        WriteKeywords(RootShape.Value);
        _json.WriteStartObject("$defs");
        while (_pending.TryDequeue(out var shape))
        {
            _json.WriteStartObject(shape.Name!);
            WriteKeywords(shape);
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    /// <summary>A reference where the shape has a name, the shape itself where it has none.</summary>
    private void WriteUse(Shape shape)
    {
        if (shape.Name is not { } name)
        {
            WriteKeywords(shape);
            return;
        }

        if (_named.TryAdd(name, shape))
        {
            _pending.Enqueue(shape);
        }

        _json.WriteString("$ref", "#/$defs/" + name);
    }

    private void WriteKeywords(Shape shape)
    {
        switch (shape.Kind)
        {
            case ShapeKind.Text when shape.TakesReference:
                WriteAlternatives([shape with { TakesReference = false }, Shape.Reference]);
                break;
            case ShapeKind.Text:
                WriteText(shape);
                break;
            case ShapeKind.Whole or ShapeKind.Real:
                WriteNumber(shape);
                break;
            case ShapeKind.Flag:
                _json.WriteString("type", "boolean");
                break;
            case ShapeKind.Null:
                _json.WriteString("type", "null");
                break;
            case ShapeKind.List:
                WriteList(shape);
                break;
            case ShapeKind.Section:
                WriteSection(shape);
                break;
            case ShapeKind.Either:
                WriteAlternatives(shape.Alternatives);
                break;
        }
    }

    private void WriteText(Shape shape)
    {
        _json.WriteString("type", "string");
        if (shape.Values.Count > 0)
        {
            WriteTexts("enum", shape.Values);
        }

        if (shape.MaxLength is { } length)
        {
            // A variable's name may be longer than the value it stands for.
            _json.WriteString("pattern", $"^({EnvironmentPattern}|.{{0,{length}}})$");
        }
        else if (Pattern(shape.Form) is { } pattern)
        {
            _json.WriteString("pattern", $"^({EnvironmentPattern}|{pattern})$");
        }
    }

    private static string? Pattern(TextForm form) => form switch
    {
        TextForm.NotEmpty or TextForm.PathOrUrl => "[\\s\\S]+",
        TextForm.Url or TextForm.SafeUrl => "[Hh][Tt][Tt][Pp][Ss]?://.+",
        TextForm.SheetUrl => "([Hh][Tt][Tt][Pp][Ss]?|[Ff][Ii][Ll][Ee])://.+",
        TextForm.Duration => "0|([0-9.]+(ns|us|µs|ms|s|m|h))+",
        TextForm.Period => "[0-9]+[smhdwMQY]",
        _ => null,
    };

    private void WriteNumber(Shape shape)
    {
        _json.WriteString("type", shape.Kind == ShapeKind.Whole ? "integer" : "number");
        if (shape.Minimum is { } minimum)
        {
            _json.WriteNumber(shape.IsMinimumExclusive ? "exclusiveMinimum" : "minimum", minimum);
        }

        if (shape.Maximum is { } maximum)
        {
            _json.WriteNumber("maximum", maximum);
        }
    }

    private void WriteList(Shape shape)
    {
        _json.WriteString("type", "array");
        if (shape.MinItems > 0)
        {
            _json.WriteNumber("minItems", shape.MinItems);
        }

        _json.WriteStartObject("items");
        WriteUse(shape.Items!);
        _json.WriteEndObject();
    }

    private void WriteSection(Shape shape)
    {
        _json.WriteString("type", "object");
        if (shape.Fields.Count > 0)
        {
            _json.WriteStartObject("properties");
            foreach (var field in shape.Fields)
            {
                WriteField(field);
            }

            _json.WriteEndObject();
        }

        var required = shape.Fields.Where(field => field.IsRequired).Select(field => field.Name).ToList();
        if (required.Count > 0)
        {
            WriteTexts("required", required);
        }

        WriteOthers(shape);
        WriteCases(shape);
    }

    private void WriteField(Field field)
    {
        _json.WriteStartObject(field.Name);
        _json.WriteString("description", field.Effect switch
        {
            Effect.NotYet when field.ChosenBy is null => field.Description + " (No effect in this version.)",
            Effect.NotNeeded => field.Description + " (Not needed by this gateway.)",
            _ => field.Description,
        });

        // What depends on a sibling is said once, under "allOf".
        if (field.ChosenBy is null)
        {
            WriteUse(field.Shape);
        }

        if (field.Default is { } value)
        {
            _json.WritePropertyName("default");
            _json.WriteRawValue(value);
        }

        _json.WriteEndObject();
    }

    private void WriteOthers(Shape shape)
    {
        if (shape.Others is null)
        {
            _json.WriteBoolean("additionalProperties", false);
        }
        else if (shape.Others.Kind != ShapeKind.Anything)
        {
            _json.WriteStartObject("additionalProperties");
            WriteUse(shape.Others);
            _json.WriteEndObject();
        }
    }

    private void WriteCases(Shape shape)
    {
        var chosen = shape.Fields.Where(field => field.ChosenBy is not null).ToList();
        if (chosen.Count == 0)
        {
            return;
        }

        _json.WriteStartArray("allOf");
        foreach (var field in chosen)
        {
            foreach (var (value, target) in field.Cases)
            {
                WriteCase(field, value, target);
            }
        }

        _json.WriteEndArray();
    }

    private void WriteCase(Field field, string value, Shape target)
    {
        _json.WriteStartObject();
        _json.WriteStartObject("if");
        _json.WriteStartObject("properties");
        _json.WriteStartObject(field.ChosenBy!);
        _json.WriteString("const", value);
        _json.WriteEndObject();
        _json.WriteEndObject();
        WriteTexts("required", [field.ChosenBy!]);
        _json.WriteEndObject();
        _json.WriteStartObject("then");
        _json.WriteStartObject("properties");
        _json.WriteStartObject(field.Name);
        WriteUse(target);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteAlternatives(IReadOnlyList<Shape> alternatives)
    {
        _json.WriteStartArray("anyOf");
        foreach (var alternative in alternatives)
        {
            _json.WriteStartObject();
            WriteUse(alternative);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
    }

    private void WriteTexts(string name, IReadOnlyList<string> texts)
    {
        _json.WriteStartArray(name);
        foreach (var text in texts)
        {
            _json.WriteStringValue(text);
        }

        _json.WriteEndArray();
    }
}
