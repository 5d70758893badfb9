using System.Buffers;
using System.Globalization;
using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>Anthropic's list of models (https://platform.claude.com/docs/en/api/models/list).</summary>
internal static class MessagesModels
{
    public static IReadOnlyList<ModelInfo>? Read(ReadOnlyMemory<byte> body)
    {
        if (!JsonBody.TryParse(body, out var json, out _))
        {
            return null;
        }

        using (json)
        {
            if (json.Root.ValueKind != JsonValueKind.Object || !json.Root.TryGetProperty("data"u8, out var data) || data.ValueKind != JsonValueKind.Array)
            {
                return null;
            }

            var models = new List<ModelInfo>();
            foreach (var item in data.EnumerateArray())
            {
                if (json.TextOf(item, "id"u8) is { IsEmpty: false } id)
                {
                    models.Add(new ModelInfo(id.Decode())
                    {
                        Created = Seconds(json.TextOf(item, "created_at"u8).Decode()),
                        DisplayName = json.TextOf(item, "display_name"u8).Decode(),
                        OwnedBy = "anthropic",
                        MaxInputTokens = Number(item, "max_input_tokens"u8),
                        MaxOutputTokens = Number(item, "max_tokens"u8),
                    });
                }
            }

            return models;
        }
    }

    public static void Write(ModelPage page, IBufferWriter<byte> output)
    {
        var models = page.Models;
        var list = new MessagesModelList(
            [.. models.Select(Entry)], page.Next is not null, models.Count > 0 ? models[0].Id : null, models.Count > 0 ? models[^1].Id : null);
        using var json = new Utf8JsonWriter(output, PlainJson.Readable);
        JsonSerializer.Serialize(json, list, MessagesJsonContext.Default.MessagesModelList);
    }

    public static void Write(ModelInfo model, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, PlainJson.Readable);
        JsonSerializer.Serialize(json, Entry(model), MessagesJsonContext.Default.MessagesModel);
    }

    private static MessagesModel Entry(ModelInfo model) => new(
        model.Id,
        model.DisplayName.Length > 0 ? model.DisplayName : model.Id,
        DateTimeOffset.FromUnixTimeSeconds(model.Created).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        model.MaxInputTokens,
        model.MaxOutputTokens);

    /// <summary>The API itself gives the epoch where a release date is unknown, which is 0 here.</summary>
    private static long Seconds(string date) =>
        DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at.ToUnixTimeSeconds() : 0;

    private static long? Number(JsonValue item, ReadOnlySpan<byte> name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}

/// <summary>The list object; the ids are those of the page's ends, null where it is empty.</summary>
internal sealed record MessagesModelList(IReadOnlyList<MessagesModel> Data, bool HasMore, string? FirstId, string? LastId);

/// <summary>One entry of it. The limits are required and may be null.</summary>
internal sealed record MessagesModel(string Id, string DisplayName, string CreatedAt, long? MaxInputTokens, long? MaxTokens)
{
    public string Type { get; } = "model";
}
