using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>Reads generationConfig (ai.google.dev/api/generate-content#GenerationConfig).</summary>
internal sealed class GenerateContentConfigReader(JsonBody body, ChatRequest request)
{
    private bool _isJson;

    public GatewayError? Read(JsonValue config, string path)
    {
        if (config.ValueKind != JsonValueKind.Object)
        {
            return GatewayError.Invalid($"{path} must be an object", path);
        }

        foreach (var member in config.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && !TryRead(member.Name, member.Value))
            {
                return GatewayError.Invalid($"{path}.{member.Name} has the wrong type", $"{path}.{member.Name}");
            }
        }

        if (_isJson && request.Format is null)
        {
            request.Format = new ResponseFormat(FormatKind.JsonObject);
        }

        return null;
    }

    private bool TryRead(string name, JsonValue value)
    {
        var sampling = request.Sampling;
        switch (name)
        {
            case "maxOutputTokens" or "max_output_tokens":
                request.Sampling = sampling with { MaxTokens = GenerateContentJson.Integer(value) };
                return request.Sampling.MaxTokens is not null;
            case "temperature":
                request.Sampling = sampling with { Temperature = GenerateContentJson.Number(value) };
                return request.Sampling.Temperature is not null;
            case "topP" or "top_p":
                request.Sampling = sampling with { TopP = GenerateContentJson.Number(value) };
                return request.Sampling.TopP is not null;
            case "topK" or "top_k":
                request.Sampling = sampling with { TopK = GenerateContentJson.Integer(value) };
                return request.Sampling.TopK is not null;
            case "seed":
                request.Sampling = sampling with { Seed = GenerateContentJson.Integer(value) };
                return request.Sampling.Seed is not null;
            case "presencePenalty" or "presence_penalty":
                request.Sampling = sampling with { PresencePenalty = GenerateContentJson.Number(value) };
                return true;
            case "frequencyPenalty" or "frequency_penalty":
                request.Sampling = sampling with { FrequencyPenalty = GenerateContentJson.Number(value) };
                return true;
            case "candidateCount" or "candidate_count":
                request.Sampling = sampling with { Choices = (int?)GenerateContentJson.Integer(value) };
                return true;
            case "stopSequences" or "stop_sequences":
                request.Sampling = sampling with { Stop = GenerateContentJson.Texts(body, value) };
                return value.ValueKind == JsonValueKind.Array;
            case "responseLogprobs" or "response_logprobs":
                request.Sampling = sampling with { Logprobs = value.ValueKind == JsonValueKind.True };
                return true;
            case "logprobs":
                request.Sampling = sampling with { TopLogprobs = (int?)GenerateContentJson.Integer(value) };
                return true;
            default:
                ReadShape(name, value);
                return true;
        }
    }

    private void ReadShape(string name, JsonValue value)
    {
        switch (name)
        {
            case "responseMimeType" or "response_mime_type":
                _isJson = body.Text(value).Is("application/json"u8);
                if (!_isJson && !body.Text(value).Is("text/plain"u8))
                {
                    request.Extra.Add(new ExtraMember($"generationConfig.{name}", body.Raw(value)));
                }

                break;
            case "responseJsonSchema" or "response_json_schema" or "_responseJsonSchema":
                request.Format = new ResponseFormat(FormatKind.JsonSchema) { Schema = body.Raw(value) };
                break;
            case "responseSchema" or "response_schema":
                request.Format = new ResponseFormat(FormatKind.JsonSchema) { Schema = GenerateContentJson.Schema(body, value) };
                break;
            case "thinkingConfig" or "thinking_config":
                ReadThinking(value);
                break;
            default:
                request.Extra.Add(new ExtraMember($"generationConfig.{name}", body.Raw(value)));
                break;
        }
    }

    private void ReadThinking(JsonValue thinking)
    {
        var budget = GenerateContentJson.Member(thinking, "thinkingBudget", "thinking_budget") is { } tokens ? GenerateContentJson.Integer(tokens) : null;
        var level = GenerateContentJson.Text(body, thinking, "thinkingLevel", "thinking_level").Decode();
        request.Reasoning = new ReasoningAsk
        {
            Off = budget == 0,
            Budget = budget is 0 ? null : budget,
            Effort = level.Length == 0 ? null : level.ToLowerInvariant(),
            Show = GenerateContentJson.Member(thinking, "includeThoughts", "include_thoughts") is { } shown ? shown.ValueKind == JsonValueKind.True : null,
        };
    }
}
