using System.Buffers;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>OpenAI's list of models (https://platform.openai.com/docs/api-reference/models/list), read as its many vendors write it.</summary>
internal static class ChatCompletionsModels
{
    /// <summary>Members beyond the id differ in type from vendor to vendor: a strange one must not cost the list.</summary>
    public static IReadOnlyList<ModelInfo>? Read(ReadOnlyMemory<byte> body)
    {
        if (!JsonBody.TryParse(body, out var json, out _))
        {
            return null;
        }

        using (json)
        {
            // Together answers with the bare array: https://docs.together.ai/reference/models-1
            var list = json.Root.ValueKind == JsonValueKind.Object && json.Root.TryGetProperty("data"u8, out var data) ? data : json.Root;
            if (list.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var models = new List<ModelInfo>();
            foreach (var item in list.EnumerateArray())
            {
                if (json.TextOf(item, "id"u8) is { IsEmpty: false } id)
                {
                    models.Add(new ModelInfo(id.Decode())
                    {
                        Created = item.TryGetProperty("created"u8, out var created) && created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out var at) ? at : 0,
                        OwnedBy = json.TextOf(item, "owned_by"u8).Decode(),
                        DisplayName = json.TextOf(item, "display_name"u8).Decode(),
                    });
                }
            }

            return models;
        }
    }

    public static void Write(ModelPage page, IBufferWriter<byte> output)
    {
        var list = new ChatCompletionsModelList([.. page.Models.Select(Entry)]) { HasMore = page.Next is null ? null : true, NextPageToken = page.Next };
        using var json = new Utf8JsonWriter(output, PlainJson.Readable);
        JsonSerializer.Serialize(json, list, ChatCompletionsJsonContext.Default.ChatCompletionsModelList);
    }

    public static void Write(ModelInfo model, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, PlainJson.Readable);
        JsonSerializer.Serialize(json, Entry(model), ChatCompletionsJsonContext.Default.ChatCompletionsModel);
    }

    private static ChatCompletionsModel Entry(ModelInfo model) => new(model.Id, model.Created, model.OwnedBy)
    {
        ContextLength = model.MaxInputTokens,
        MaxInputTokens = model.MaxInputTokens,
        MaxOutputTokens = model.MaxOutputTokens,
        Pricing = model.Pricing,
        Abilities = model.Abilities,
    };
}

/// <summary>The list object; the last two only where the caller asked for pages, as Bifrost names them.</summary>
internal sealed record ChatCompletionsModelList(IReadOnlyList<ChatCompletionsModel> Data)
{
    public string Object { get; } = "list";

    public bool? HasMore { get; init; }

    public string? NextPageToken { get; init; }
}

/// <summary>One entry of it: OpenAI's members, then what Bifrost's list adds where it is known.</summary>
internal sealed record ChatCompletionsModel(string Id, long Created, string OwnedBy)
{
    public string Object { get; } = "model";

    public long? ContextLength { get; init; }

    public long? MaxInputTokens { get; init; }

    public long? MaxOutputTokens { get; init; }

    public ModelPricing? Pricing { get; init; }

    public IReadOnlyList<string>? Abilities { get; init; }
}
