using System.Text.Json.Serialization;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>The shapes of this dialect that are rare enough to be serialised as objects.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(GenerateContentModelList))]
[JsonSerializable(typeof(GenerateContentModel))]
internal sealed partial class GenerateContentJsonContext : JsonSerializerContext;
