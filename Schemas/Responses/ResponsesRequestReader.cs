using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>
/// A Responses request body (platform.openai.com/docs/api-reference/responses/create) to the hub request. Unknown items,
/// parts, tools and members are kept, never refused: the API grows faster than its gateways.
/// </summary>
internal sealed class ResponsesRequestReader
{
    /// <summary>Members read into slots of the hub; all others go to <see cref="ChatRequest.Extra"/>.</summary>
    private static readonly HashSet<string> Known =
    [
        "model", "input", "instructions", "stream", "tools", "tool_choice", "parallel_tool_calls", "max_output_tokens",
        "temperature", "top_p", "top_logprobs", "include", "reasoning", "text", "metadata", "user", "safety_identifier",
        "service_tier", "store", "prompt_cache_key", "stop", "top_k", "seed", "frequency_penalty", "presence_penalty",
        "cache_control", "fallbacks",
    ];

    private readonly RequestFields _fields;
    private readonly ResponsesReadRules _rules;
    private readonly ChatRequest _request;

    private ResponsesRequestReader(JsonBody body, ResponsesReadRules rules, string dialect)
    {
        _rules = rules;
        _request = new ChatRequest { Dialect = dialect };
        _fields = new RequestFields(body, _request.Losses);
    }

    /// <summary>Reads a body whose text and raw values the request will point into.</summary>
    /// <param name="source">The body.</param>
    /// <param name="rules">What is forgiven.</param>
    /// <param name="dialect">Name of the dialect the caller speaks.</param>
    /// <param name="request">The request; only good where null is returned.</param>
    /// <returns>Null, or what is wrong with the field named.</returns>
    public static GatewayError? Read(in RequestSource source, ResponsesReadRules rules, string dialect, out ChatRequest request)
    {
        if (!JsonBody.TryParse(source.Body, out var body, out var error))
        {
            request = new ChatRequest { Dialect = dialect };
            return GatewayError.Invalid($"The request body is {error}.");
        }

        using (body)
        {
            var reader = new ResponsesRequestReader(body, rules, dialect);
            request = reader._request;
            if (body.Root.ValueKind != JsonValueKind.Object)
            {
                return GatewayError.Invalid("The request body must be a JSON object.");
            }

            reader.Read(body.Root, source);
            request.Given = dialect == DialectNames.Responses ? ResponsesEcho.Find(body.Root, source.Body) : null;
            return reader._fields.Error;
        }
    }

    private void Read(JsonValue root, in RequestSource source)
    {
        var model = _fields.Text(root, "model", "");
        _request.Model = model.IsEmpty ? source.PathModel : model.Decode();
        if (_request.Model.Length == 0)
        {
            _fields.Fail("model", "is required");
        }

        _request.Stream = source.Stream ?? _fields.Flag(root, "stream", "") ?? false;
        _request.IncludeUsage = true;
        ReadInput(root);
        var tools = new ResponsesToolReader(_fields, _rules, _request);
        if (RequestFields.Has(root, "tools"u8, out var given))
        {
            tools.Read(given, "tools");
        }

        tools.ReadChoice(root);
        ForgetUnknownNamespaces();
        ReadSampling(root);
        ReadReasoning(root);
        ReadText(root);
        ReadIdentity(root);
        ReadExtra(root);
    }

    /// <summary>
    /// The API's hosted tool search names a call's tool twice, as name and namespace. Only namespaces that the caller's tools
    /// have mean something elsewhere.
    /// </summary>
    private void ForgetUnknownNamespaces()
    {
        foreach (var turn in _request.Turns)
        {
            for (var i = 0; i < turn.Parts.Count; i++)
            {
                if (turn.Parts[i] is ToolCallPart { Namespace.IsEmpty: false } call
                    && !_request.Tools.Exists(t => t.Namespace.Equals(call.Namespace) && t.Name.Equals(call.Name)))
                {
                    turn.Parts[i] = call with { Namespace = default };
                }
            }
        }
    }

    private void ReadInput(JsonValue root)
    {
        var instructions = _fields.Text(root, "instructions", "");
        if (!instructions.IsEmpty)
        {
            _request.System.Add(new TextPart(instructions) { Path = "instructions" });
        }

        if (!RequestFields.Has(root, "input"u8, out var input))
        {
            // A stored prompt or an earlier response may stand in for the input.
            if (!RequestFields.Has(root, "prompt"u8, out _) && !RequestFields.Has(root, "previous_response_id"u8, out _)
                && !RequestFields.Has(root, "conversation"u8, out _))
            {
                _fields.Fail("input", "is required");
            }

            return;
        }

        switch (input.ValueKind)
        {
            case JsonValueKind.String:
                var turn = new Turn(Role.User);
                turn.Parts.Add(new TextPart(_fields.TextOf(input)) { Path = "input" });
                _request.Turns.Add(turn);
                break;
            case JsonValueKind.Array:
                new ResponsesItemReader(_fields, _rules, _request).Read(input, "input");
                break;
            default:
                _fields.Fail("input", "must be a string or an array of items");
                break;
        }
    }

    private void ReadSampling(JsonValue root)
    {
        var include = ReadInclude(root);
        var top = _fields.Integer(root, "top_logprobs", "");
        _request.Sampling = new Sampling
        {
            MaxTokens = _fields.Integer(root, "max_output_tokens", ""),
            Temperature = _fields.Number(root, "temperature", ""),
            TopP = _fields.Number(root, "top_p", ""),
            TopLogprobs = top > 0 ? (int)Math.Min(top.Value, int.MaxValue) : null,
            Logprobs = include || top > 0 ? true : null,

            // Not in the API's reference, but taken by gateways and local servers that speak it.
            TopK = _fields.Integer(root, "top_k", ""),
            Seed = _fields.Integer(root, "seed", ""),
            FrequencyPenalty = _fields.Number(root, "frequency_penalty", ""),
            PresencePenalty = _fields.Number(root, "presence_penalty", ""),
            Stop = (IReadOnlyList<JsonText>?)ReadStop(root) ?? [],
        };
        _request.ParallelToolCalls = _fields.Flag(root, "parallel_tool_calls", "");
    }

    private List<JsonText>? ReadStop(JsonValue root)
    {
        if (!RequestFields.Has(root, "stop"u8, out var stop))
        {
            return null;
        }

        var stops = new List<JsonText>();
        if (stop.ValueKind == JsonValueKind.String)
        {
            stops.Add(_fields.TextOf(stop));
        }
        else if (stop.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in stop.EnumerateArray())
            {
                stops.Add(_fields.TextOf(one));
            }
        }
        else
        {
            _fields.Fail("stop", "must be a string or an array of strings");
        }

        return stops;
    }

    /// <summary>Whether log probabilities are included; other values are kept for those who know them.</summary>
    private bool ReadInclude(JsonValue root)
    {
        var logprobs = false;
        if (!RequestFields.Has(root, "include"u8, out var include))
        {
            return logprobs;
        }

        if (include.ValueKind != JsonValueKind.Array)
        {
            _fields.Fail("include", "must be an array of strings");
            return logprobs;
        }

        var isOther = false;
        foreach (var one in include.EnumerateArray())
        {
            if (one.ValueEquals("reasoning.encrypted_content"u8))
            {
                _request.IncludeEncryptedReasoning = true;
            }
            else if (one.ValueEquals("message.output_text.logprobs"u8))
            {
                logprobs = true;
            }
            else
            {
                isOther = true;
            }
        }

        if (isOther)
        {
            _request.Extra.Add(new ExtraMember("include", _fields.Raw(include)));
        }

        return logprobs;
    }

    private void ReadReasoning(JsonValue root)
    {
        if (_fields.Object(root, "reasoning", "").IsAbsent)
        {
            return;
        }

        var reasoning = root.GetProperty("reasoning");
        var effort = _fields.Word(reasoning, "effort", "reasoning");
        var summary = _fields.Word(reasoning, "summary", "reasoning") ?? _fields.Word(reasoning, "generate_summary", "reasoning");
        var budget = _fields.Integer(reasoning, "max_tokens", "reasoning");
        _request.Reasoning = effort is null && summary is null && budget is null ? null : new ReasoningAsk
        {
            Off = effort == "none",
            Effort = effort,
            Summary = summary,
            Show = summary is null ? null : true,
            Budget = budget,
        };
        _fields.LoseOthers(reasoning, "reasoning", ["effort", "summary", "generate_summary", "max_tokens"]);
    }

    private void ReadText(JsonValue root)
    {
        if (_fields.Object(root, "text", "").IsAbsent)
        {
            return;
        }

        var text = root.GetProperty("text");
        _request.Verbosity = _fields.Word(text, "verbosity", "text");
        _fields.LoseOthers(text, "text", ["verbosity", "format"]);
        if (_fields.Object(text, "format", "text").IsAbsent)
        {
            return;
        }

        var format = text.GetProperty("format");
        switch (_fields.Required(format, "type", "text.format").Decode())
        {
            case "text":
                break;
            case "json_object":
                _request.Format = new ResponseFormat(FormatKind.JsonObject);
                break;
            case "json_schema":
                _request.Format = new ResponseFormat(FormatKind.JsonSchema)
                {
                    Name = _fields.Text(format, "name", "text.format"),
                    Description = _fields.Text(format, "description", "text.format"),
                    Schema = _fields.Object(format, "schema", "text.format"),
                    Strict = _fields.Flag(format, "strict", "text.format"),
                };
                break;
            default:
                _request.Losses.Add("text.format", LossReason.Unknown);
                break;
        }
    }

    private void ReadIdentity(JsonValue root)
    {
        var user = _fields.Text(root, "user", "");
        var safety = _fields.Text(root, "safety_identifier", "");
        _request.User = user.IsEmpty ? safety : user;
        if (!user.IsEmpty && !safety.IsEmpty)
        {
            _request.Extra.Add(new ExtraMember("safety_identifier", _fields.RawMember(root, "safety_identifier"u8)));
        }

        _request.Metadata = _fields.Object(root, "metadata", "");
        _request.ServiceTier = _fields.Word(root, "service_tier", "");
        _request.Store = _fields.Flag(root, "store", "");
        _request.PromptCacheKey = _fields.Text(root, "prompt_cache_key", "");
        _request.Cache = _fields.Cache(root, "");
    }

    private void ReadExtra(JsonValue root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Null && !Known.Contains(member.Name))
            {
                _request.Extra.Add(new ExtraMember(member.Name, _fields.Raw(member.Value)));
            }
        }
    }
}
