using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Reads the body of POST /v1/messages (platform.claude.com/docs/en/api/messages) into the hub; max_tokens may be missing, so
/// that bodies of count_tokens are read too.
/// </summary>
internal sealed class MessagesRequestReader
{
    private readonly RequestFields _fields;
    private readonly ChatRequest _request = new() { Dialect = DialectNames.Messages };
    private readonly MessagesContentReader _content;

    private MessagesRequestReader(JsonBody body)
    {
        _fields = new RequestFields(body, _request.Losses);
        _content = new MessagesContentReader(_fields, _request.Losses);
    }

    public static GatewayError? Read(in RequestSource source, out ChatRequest request)
    {
        if (!JsonBody.TryParse(source.Body, out var body, out var error))
        {
            request = new ChatRequest { Dialect = DialectNames.Messages };
            return GatewayError.Invalid($"the request body is {error}");
        }

        using (body)
        {
            var reader = new MessagesRequestReader(body);
            request = reader._request;
            reader.ReadRoot(body.Root, source);
            return reader._fields.Error;
        }
    }

    private void ReadRoot(JsonValue root, in RequestSource source)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            _fields.Fail("body", "must be a JSON object");
            return;
        }

        _request.Model = source.PathModel.Length > 0 ? source.PathModel : _fields.Word(root, "model", "") ?? "";
        _request.Stream = source.Stream ?? _fields.Flag(root, "stream", "") ?? false;
        if (RequestFields.Has(root, "system", out var system))
        {
            _content.Read(system, "system", _request.System);
        }

        ReadTurns(root);
        new MessagesToolReader(_fields, _request).Read(root);
        ReadSampling(root);
        ReadOutput(root);
        ReadUser(root);
        _request.ServiceTier = _fields.Word(root, "service_tier", "");
        _request.Cache = _fields.Cache(root, "");
        ReadExtra(root);
    }

    private void ReadTurns(JsonValue root)
    {
        if (!root.TryGetProperty("messages"u8, out _))
        {
            _fields.Fail("messages", "field required");
        }

        var index = 0;
        foreach (var message in _fields.Items(root, "messages", ""))
        {
            var path = RequestPaths.Item("messages", index++);
            if (_fields.IsObject(message, path))
            {
                ReadTurn(message, path);
            }
        }

        if (index == 0)
        {
            _fields.Fail("messages", "at least one message is required");
        }
    }

    private void ReadTurn(JsonValue message, string path)
    {
        Role? role = _fields.Present(message, "role", path).Word() switch
        {
            "user" => Role.User,
            "assistant" => Role.Assistant,
            "system" => Role.System,
            _ => null,
        };
        if (role is null)
        {
            _fields.Fail($"{path}.role", "must be user, assistant or system");
            return;
        }

        var turn = new Turn(role.Value);
        if (RequestFields.Has(message, "content", out var content))
        {
            _content.Read(content, RequestPaths.Member(path, "content"), turn.Parts);
        }
        else
        {
            _fields.Fail($"{path}.content", "field required");
        }

        _request.Turns.Add(turn);
    }

    private void ReadSampling(JsonValue root)
    {
        _request.Sampling = new Sampling
        {
            MaxTokens = _fields.Integer(root, "max_tokens", ""),
            Temperature = _fields.Number(root, "temperature", ""),
            TopP = _fields.Number(root, "top_p", ""),
            TopK = _fields.Integer(root, "top_k", ""),
            Stop = _fields.Texts(root, "stop_sequences", ""),
        };
        if (_request.Sampling.MaxTokens < 0)
        {
            _fields.Fail("max_tokens", "must not be negative");
        }
    }

    private void ReadOutput(JsonValue root)
    {
        string? effort = null;
        if (RequestFields.Has(root, "output_config", out var config) && _fields.IsObject(config, "output_config"))
        {
            effort = _fields.Word(config, "effort", "output_config");
            ReadFormat(config, "format", "output_config");
            if (RequestFields.Has(config, "task_budget", out var budget))
            {
                _request.Extra.Add(new ExtraMember("output_config.task_budget", _fields.Body.Raw(budget)));
            }
        }

        // The beta's name of it (structured-outputs-2025-11-13).
        ReadFormat(root, "output_format", "");
        _request.Reasoning = ReadThinking(root, effort);
    }

    private void ReadFormat(JsonValue source, string name, string path)
    {
        if (!RequestFields.Has(source, name, out var format))
        {
            return;
        }

        var at = RequestFields.Join(path, name);
        if (!_fields.IsObject(format, at))
        {
            return;
        }

        var schema = _fields.Object(format, "schema", at);
        if (_fields.Word(format, "type", at) != "json_schema")
        {
            _fields.Fail($"{at}.type", "must be json_schema");
        }
        else if (schema.IsAbsent)
        {
            _fields.Fail($"{at}.schema", "field required");
        }

        _request.Format = new ResponseFormat(FormatKind.JsonSchema) { Name = _fields.Text(format, "name", at), Schema = schema, Strict = true };
    }

    private ReasoningAsk? ReadThinking(JsonValue root, string? effort)
    {
        if (!RequestFields.Has(root, "thinking", out var thinking) || !_fields.IsObject(thinking, "thinking"))
        {
            return effort is null ? null : new ReasoningAsk { Effort = effort };
        }

        bool? show = _fields.Word(thinking, "display", "thinking") switch
        {
            null => null,
            var display => display != "omitted",
        };
        switch (_fields.Present(thinking, "type", "thinking").Decode())
        {
            case "enabled":
                return new ReasoningAsk { Budget = _fields.Integer(thinking, "budget_tokens", "thinking"), Effort = effort, Show = show };
            case "adaptive":
                return new ReasoningAsk { Adaptive = true, Effort = effort, Show = show };
            case "disabled" or "between_tools":
                return new ReasoningAsk { Off = true, Effort = effort };
            default:
                _fields.Fail("thinking.type", "must be enabled, adaptive, disabled or between_tools");
                return null;
        }
    }

    private void ReadUser(JsonValue root)
    {
        if (!RequestFields.Has(root, "metadata", out var metadata) || !_fields.IsObject(metadata, "metadata"))
        {
            return;
        }

        _request.User = _fields.Text(metadata, "user_id", "metadata");
        foreach (var member in metadata.EnumerateObject())
        {
            if (!member.NameEquals("user_id"u8))
            {
                _request.Extra.Add(new ExtraMember($"metadata.{member.Name}", _fields.Body.Raw(member.Value)));
            }
        }
    }

    private void ReadExtra(JsonValue root)
    {
        foreach (var member in root.EnumerateObject())
        {
            if (!IsRead(member.Name) && member.Value.ValueKind != JsonValueKind.Null)
            {
                _request.Extra.Add(new ExtraMember(member.Name, _fields.Body.Raw(member.Value)));
            }
        }
    }

    /// <summary>anthropic_version and anthropic_beta are headers that Bedrock and Vertex put into the body; fallbacks are the gateway's.</summary>
    private static bool IsRead(string name) => name is "model" or "messages" or "system" or "max_tokens" or "temperature" or "top_p" or "top_k"
        or "stop_sequences" or "stream" or "tools" or "tool_choice" or "thinking" or "output_config" or "output_format" or "mcp_servers"
        or "metadata" or "service_tier" or "cache_control" or "fallbacks" or "anthropic_version" or "anthropic_beta" or "betas";
}
