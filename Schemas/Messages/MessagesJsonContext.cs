using System.Text.Json.Serialization;

namespace BifrostLite.Schemas.Messages;

/// <summary>The shapes of this dialect that are rare enough to be serialised as objects.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(MessagesModelList))]
[JsonSerializable(typeof(MessagesModel))]
internal sealed partial class MessagesJsonContext : JsonSerializerContext;
