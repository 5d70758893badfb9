using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// additionalModelRequestFields: the model's own parameters. How it should reason, and top_k, have a place in the hub; the
/// rest is carried under its own name. Claude takes thinking or reasoning_config and output_config
/// (docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-adaptive-thinking.html), Nova reasoningConfig and
/// inferenceConfig.topK, others reasoning_effort or a bare word in reasoning_config.
/// </summary>
internal static class ConverseModelFields
{
    public static void Read(JsonBody body, JsonValue fields, ChatRequest request)
    {
        foreach (var member in fields.EnumerateObject())
        {
            var value = member.Value;
            switch (member.Name)
            {
                case "thinking" or "reasoning_config" or "reasoningConfig" when value.ValueKind == JsonValueKind.Object:
                    ReadThinking(body, value, request);
                    break;
                case "reasoning_effort" or "reasoning_config" when value.ValueKind == JsonValueKind.String:
                    SetEffort(request, body.Text(value).Decode());
                    break;
                case "output_config" when value.ValueKind == JsonValueKind.Object:
                    ReadOutputConfig(body, value, request);
                    break;
                case "top_k" or "topK" when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var topK):
                    request.Sampling = request.Sampling with { TopK = topK };
                    break;
                case "inferenceConfig" when value.ValueKind == JsonValueKind.Object && value.TryGetProperty("topK"u8, out var inner)
                    && inner.ValueKind == JsonValueKind.Number && inner.TryGetInt64(out var novaTopK):
                    request.Sampling = request.Sampling with { TopK = novaTopK };
                    break;
                default:
                    request.Extra.Add(new ExtraMember(member.Name, body.Raw(value)));
                    break;
            }
        }
    }

    private static void ReadThinking(JsonBody body, JsonValue thinking, ChatRequest request)
    {
        var ask = request.Reasoning ?? new ReasoningAsk();
        foreach (var member in thinking.EnumerateObject())
        {
            var text = body.Text(member.Value);
            ask = member.Name switch
            {
                "type" => ask with { Off = text.Is("disabled"u8), Adaptive = text.Is("adaptive"u8) },
                "budget_tokens" when member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt64(out var budget) => ask with { Budget = budget },
                "display" => ask with { Show = !text.Is("omitted"u8) },
                "maxReasoningEffort" => ask with { Effort = text.Decode() },
                _ => ask,
            };
        }

        request.Reasoning = ask;
    }

    private static void ReadOutputConfig(JsonBody body, JsonValue config, ChatRequest request)
    {
        if (config.TryGetProperty("effort"u8, out var effort) && effort.ValueKind == JsonValueKind.String)
        {
            SetEffort(request, body.Text(effort).Decode());
        }

        if (config.TryGetProperty("format"u8, out var format) && format.ValueKind == JsonValueKind.Object
            && format.TryGetProperty("schema"u8, out var schema))
        {
            request.Format ??= new ResponseFormat(FormatKind.JsonSchema) { Schema = body.Raw(schema) };
        }
    }

    private static void SetEffort(ChatRequest request, string effort) =>
        request.Reasoning = (request.Reasoning ?? new ReasoningAsk()) with { Effort = effort, Off = effort == "none" };
}
