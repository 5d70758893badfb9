using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Gemini's list of models (https://ai.google.dev/api/models): resource names below "models/".</summary>
internal static class GenerateContentModels
{
    private const string Collection = "models/";

    /// <summary>What a model of the gateway can be asked in this dialect, whoever serves it.</summary>
    private static readonly IReadOnlyList<string> Methods = ["generateContent", "countTokens"];

    public static IReadOnlyList<ModelInfo>? Read(ReadOnlyMemory<byte> body)
    {
        if (!JsonBody.TryParse(body, out var json, out _))
        {
            return null;
        }

        using (json)
        {
            if (json.Root.ValueKind != JsonValueKind.Object || !json.Root.TryGetProperty("models"u8, out var list) || list.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var models = new List<ModelInfo>();
            foreach (var item in list.EnumerateArray())
            {
                if (json.TextOf(item, "name"u8) is { IsEmpty: false } text && text.Decode() is var name)
                {
                    models.Add(new ModelInfo(name.StartsWith(Collection, StringComparison.Ordinal) ? name[Collection.Length..] : name)
                    {
                        DisplayName = json.TextOf(item, "displayName"u8).Decode(),
                        OwnedBy = "google",
                        MaxInputTokens = Number(item, "inputTokenLimit"u8),
                        MaxOutputTokens = Number(item, "outputTokenLimit"u8),
                    });
                }
            }

            return models;
        }
    }

    public static void Write(ModelPage page, IBufferWriter<byte> output)
    {
        var list = new GenerateContentModelList([.. page.Models.Select(Entry)], page.Next);
        using var json = new Utf8JsonWriter(output, PlainJson.Readable);
        JsonSerializer.Serialize(json, list, GenerateContentJsonContext.Default.GenerateContentModelList);
    }

    public static void Write(ModelInfo model, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, PlainJson.Readable);
        JsonSerializer.Serialize(json, Entry(model), GenerateContentJsonContext.Default.GenerateContentModel);
    }

    private static GenerateContentModel Entry(ModelInfo model) => new(
        Collection + model.Id, model.DisplayName.Length > 0 ? model.DisplayName : model.Id, model.MaxInputTokens, model.MaxOutputTokens, Methods);

    private static long? Number(JsonValue item, ReadOnlySpan<byte> name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}

/// <summary>The list object.</summary>
internal sealed record GenerateContentModelList(IReadOnlyList<GenerateContentModel> Models, string? NextPageToken);

/// <summary>One entry of it.</summary>
internal sealed record GenerateContentModel(
    string Name, string DisplayName, long? InputTokenLimit, long? OutputTokenLimit, IReadOnlyList<string> SupportedGenerationMethods);
