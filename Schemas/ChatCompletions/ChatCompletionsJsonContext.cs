using System.Text.Json.Serialization;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>The shapes of this dialect that are rare enough to be serialised as objects.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(ChatCompletionsModelList))]
[JsonSerializable(typeof(ChatCompletionsModel))]
internal sealed partial class ChatCompletionsJsonContext : JsonSerializerContext;
