using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>
/// A chat completions body (platform.openai.com/docs/api-reference/chat/create) with its vendors' additions as a hub request.
/// Unknown members are kept in <see cref="ChatRequest.Extra"/>; a known member of a wrong kind is an error that names it.
/// </summary>
internal sealed class ChatCompletionsRequestReader
{
    /// <summary>Members read into slots of the hub, and those meant for the gateway itself; all others are extra.</summary>
    private static readonly HashSet<string> Known =
    [
        "model", "messages", "tools", "tool_choice", "functions", "function_call", "parallel_tool_calls", "stream", "stream_options",
        "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "stop", "frequency_penalty", "presence_penalty", "seed",
        "random_seed", "logprobs", "top_logprobs", "n", "response_format", "reasoning_effort", "reasoning", "thinking", "enable_thinking",
        "verbosity", "user", "safety_identifier", "metadata", "service_tier", "store", "prompt_cache_key", "cache_control",
        "web_search_options", "fallbacks", "extra_params",
    ];

    private readonly RequestFields _fields;
    private readonly ChatRequest _request;

    private ChatCompletionsRequestReader(JsonBody body, string dialect)
    {
        _request = new ChatRequest { Dialect = dialect };
        _fields = new RequestFields(body, _request.Losses);
    }

    /// <summary>Reads a body whose text and raw values the request will point into.</summary>
    /// <returns>Null, or what is wrong with the field named.</returns>
    public static GatewayError? Read(ReadOnlyMemory<byte> bytes, string dialect, out ChatRequest request)
    {
        if (!JsonBody.TryParse(bytes, out var body, out var error))
        {
            request = new ChatRequest { Dialect = dialect };
            return GatewayError.Invalid($"The request body is {error}.");
        }

        using (body)
        {
            return Read(body, dialect, out request);
        }
    }

    /// <summary>The same for a body that is parsed already.</summary>
    public static GatewayError? Read(JsonBody body, string dialect, out ChatRequest request)
    {
        var reader = new ChatCompletionsRequestReader(body, dialect);
        request = reader._request;
        if (body.Root.ValueKind != JsonValueKind.Object)
        {
            return GatewayError.Invalid("The request body must be a JSON object.");
        }

        reader.Read(body.Root);
        return reader._fields.Error;
    }

    private void Read(JsonValue root)
    {
        _request.Model = _fields.Required(root, "model", "").Decode();
        _request.Stream = _fields.Flag(root, "stream", "") ?? false;
        if (_fields.Has(root, "stream_options", "", JsonValueKind.Object, out var options))
        {
            _request.IncludeUsage = _fields.Flag(options, "include_usage", "stream_options") ?? false;
            _fields.LoseOthers(options, "stream_options", ["include_usage"]);
        }

        if (_fields.Has(root, "messages", "", JsonValueKind.Array, out var messages))
        {
            new ChatCompletionsMessageReader(_fields, _request).Read(messages);
        }
        else
        {
            _fields.Fail("messages", "is required");
        }

        new ChatCompletionsToolReader(_fields, _request).Read(root);
        ReadSampling(root);
        ReadFormat(root);
        ReadReasoning(root);
        ReadIdentity(root);
        foreach (var member in root.EnumerateObject())
        {
            if (!Known.Contains(member.Name) && member.Value.ValueKind != JsonValueKind.Null)
            {
                _request.Extra.Add(new ExtraMember(member.Name, _fields.Raw(member.Value)));
            }
        }
    }

    private void ReadSampling(JsonValue root)
    {
        _request.Sampling = new Sampling
        {
            MaxTokens = _fields.Integer(root, "max_completion_tokens", "") ?? _fields.Integer(root, "max_tokens", ""),
            Temperature = _fields.Number(root, "temperature", ""),
            TopP = _fields.Number(root, "top_p", ""),
            TopK = _fields.Integer(root, "top_k", ""),
            Stop = (IReadOnlyList<JsonText>?)ReadStop(root) ?? [],
            FrequencyPenalty = _fields.Number(root, "frequency_penalty", ""),
            PresencePenalty = _fields.Number(root, "presence_penalty", ""),
            Seed = _fields.Integer(root, "seed", "") ?? _fields.Integer(root, "random_seed", ""),
            Logprobs = _fields.Flag(root, "logprobs", ""),
            TopLogprobs = (int?)Math.Clamp(_fields.Integer(root, "top_logprobs", "") ?? -1, -1, int.MaxValue) is >= 0 and var top ? top : null,
            Choices = (int?)Math.Clamp(_fields.Integer(root, "n", "") ?? -1, -1, int.MaxValue) is >= 1 and var n ? n : null,
        };
    }

    private List<JsonText>? ReadStop(JsonValue root)
    {
        if (!RequestFields.Has(root, "stop", out var stop))
        {
            return null;
        }

        List<JsonText> stops = [];
        if (stop.ValueKind == JsonValueKind.String)
        {
            stops.Add(_fields.TextOf(stop));
        }
        else if (_fields.Has(root, "stop", "", JsonValueKind.Array, out _))
        {
            foreach (var item in stop.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.String)
                {
                    _fields.Fail($"stop[{stops.Count}]", "must be a string");
                }

                stops.Add(_fields.TextOf(item));
            }
        }

        return stops;
    }

    private void ReadFormat(JsonValue root)
    {
        if (!_fields.Has(root, "response_format", "", JsonValueKind.Object, out var format))
        {
            return;
        }

        var type = _fields.Required(format, "type", "response_format");
        if (type.Is("json_object"u8))
        {
            _request.Format = new ResponseFormat(FormatKind.JsonObject);
        }
        else if (type.Is("json_schema"u8) && _fields.Has(format, "json_schema", "response_format", JsonValueKind.Object, out var schema))
        {
            const string Path = "response_format.json_schema";
            _request.Format = new ResponseFormat(FormatKind.JsonSchema)
            {
                Name = _fields.Text(schema, "name", Path),
                Description = _fields.Text(schema, "description", Path),
                Schema = _fields.Has(schema, "schema", Path, JsonValueKind.Object, out var raw) ? _fields.Raw(raw) : default,
                Strict = _fields.Flag(schema, "strict", Path),
            };
        }
        else if (!type.Is("text"u8))
        {
            _request.Extra.Add(new ExtraMember("response_format", _fields.Raw(format)));
        }
    }

    private void ReadReasoning(JsonValue root)
    {
        var effort = _fields.Word(root, "reasoning_effort", "");
        var ask = effort is null ? null : new ReasoningAsk { Effort = effort, Off = effort == "none" };
        if (_fields.Has(root, "reasoning", "", JsonValueKind.Object, out var reasoning))
        {
            // openrouter.ai/docs/use-cases/reasoning-tokens
            effort = _fields.Word(reasoning, "effort", "reasoning") ?? effort;
            ask = new ReasoningAsk
            {
                Effort = effort,
                Off = effort == "none" || _fields.Flag(reasoning, "enabled", "reasoning") == false,
                Budget = _fields.Integer(reasoning, "max_tokens", "reasoning"),
                Summary = _fields.Word(reasoning, "summary", "reasoning"),
                Show = _fields.Flag(reasoning, "exclude", "reasoning") is { } isHidden ? !isHidden : null,
            };
        }

        if (_fields.Has(root, "thinking", "", JsonValueKind.Object, out var thinking))
        {
            // DeepSeek, Z.ai and Anthropic's own compatible endpoint.
            var type = _fields.Text(thinking, "type", "thinking");
            ask = (ask ?? new ReasoningAsk()) with
            {
                Off = type.Is("disabled"u8),
                Adaptive = type.Is("adaptive"u8),
                Budget = _fields.Integer(thinking, "budget_tokens", "thinking") ?? ask?.Budget,
            };
        }

        if (_fields.Flag(root, "enable_thinking", "") is { } isOn)
        {
            ask = (ask ?? new ReasoningAsk()) with { Off = !isOn };
        }

        _request.Reasoning = ask;
        _request.Verbosity = _fields.Word(root, "verbosity", "");
    }

    private void ReadIdentity(JsonValue root)
    {
        var user = _fields.Text(root, "user", "");
        var safety = _fields.Text(root, "safety_identifier", "");
        _request.User = user.IsEmpty ? safety : user;
        _request.Metadata = _fields.Has(root, "metadata", "", JsonValueKind.Object, out var metadata) ? _fields.Raw(metadata) : default;
        _request.ServiceTier = _fields.Word(root, "service_tier", "");
        _request.Store = _fields.Flag(root, "store", "");
        _request.PromptCacheKey = _fields.Text(root, "prompt_cache_key", "");
        _request.Cache = _fields.Cache(root, "");
    }
}
