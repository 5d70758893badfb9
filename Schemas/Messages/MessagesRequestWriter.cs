using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>
/// Writes a hub request as the body of POST /v1/messages (platform.claude.com/docs/en/api/messages). Members stand in one
/// order and only appear where something is said, so that equal prefixes of conversations are equal bytes.
/// </summary>
internal sealed class MessagesRequestWriter
{
    /// <summary>
    /// The version that refuses temperature, top_p and top_k, documents in an assistant's turn and citations on a user's text
    /// (platform.claude.com/docs/en/api/versioning); the latter two are never sent.
    /// </summary>
    public const string VersionWithoutSampling = "2026-10-21";

    private readonly ChatRequest _request;
    private readonly TargetModel _target;
    private readonly IBufferWriter<byte> _output;
    private readonly Losses _losses;
    private readonly MessagesThinking _thinking;
    private readonly MessagesTurns _turns;
    private readonly MessagesBreakpoints _breakpoints;

    public MessagesRequestWriter(ChatRequest request, TargetModel target, IBufferWriter<byte> output, Losses losses)
    {
        _request = request;
        _target = target;
        _output = output;
        _losses = losses;
        _thinking = MessagesThinking.For(request, target, losses);
        _turns = MessagesTurns.For(request, target, _thinking.IsOn, losses);
        _breakpoints = new MessagesBreakpoints(request, _turns, target, losses);
    }

    public void Write()
    {
        var json = new JsonEmitter(_output);
        var tools = new MessagesToolWriter(_request, _target, _breakpoints, _losses);
        var content = new MessagesContentWriter(_breakpoints, _losses);
        json.StartObject();
        if (_target.Version.StartsWith("vertex-", StringComparison.Ordinal))
        {
            // There the model stands in the path (cloud.google.com/vertex-ai/generative-ai/docs/partner-models/claude/use-claude).
            json.Member("anthropic_version"u8, _target.Version);
        }
        else
        {
            json.Member("model"u8, _target.Model);
        }

        json.Member("max_tokens"u8, _thinking.MaxTokens);
        if (_request.Stream)
        {
            json.Member("stream"u8, true);
        }

        tools.WriteTools(ref json);
        tools.WriteChoice(ref json, _thinking.ForbidsForcedTools);
        tools.WriteServers(ref json);
        WriteSystem(ref json, content);
        WriteMessages(ref json, content);
        _breakpoints.Write(ref json, _request.Cache);
        WriteThinking(ref json);
        WriteOutputConfig(ref json);
        WriteSampling(ref json);
        WriteUser(ref json);
        WriteServiceTier(ref json);
        WriteExtra(ref json);
        json.EndObject();
        RequestMembersOf.Lose(_request, MessagesDialect.Cannot, _losses);
    }

    private void WriteSystem(ref JsonEmitter json, MessagesContentWriter content)
    {
        if (_turns.System.Count == 0)
        {
            return;
        }

        json.StartArray("system"u8);
        foreach (var text in _turns.System)
        {
            content.WriteText(ref json, text);
        }

        json.EndArray();
    }

    private void WriteMessages(ref JsonEmitter json, MessagesContentWriter content)
    {
        json.StartArray("messages"u8);
        foreach (var turn in _turns.Turns)
        {
            json.StartObject();
            json.Member("role"u8, turn.Role switch { Role.Assistant => "assistant"u8, Role.System => "system"u8, _ => "user"u8 });
            json.StartArray("content"u8);
            foreach (var part in turn.Parts)
            {
                content.Write(ref json, part);
            }

            json.EndArray();
            json.EndObject();
        }

        json.EndArray();
    }

    private void WriteThinking(ref JsonEmitter json)
    {
        if (_thinking.Type is not { } type)
        {
            return;
        }

        json.StartObject("thinking"u8);
        json.Member("type"u8, type);
        json.MemberIfKnown("budget_tokens"u8, _thinking.Budget);
        json.MemberIfKnown("display"u8, _thinking.Display);
        json.EndObject();
    }

    private void WriteOutputConfig(ref JsonEmitter json)
    {
        var hasFormat = CanFormat();
        var budget = _request.Extra.Find(static e => e.Name == "output_config.task_budget").Value;
        if (!hasFormat && _thinking.Effort is null && budget.IsAbsent)
        {
            return;
        }

        json.StartObject("output_config"u8);
        json.MemberIfKnown("effort"u8, _thinking.Effort);
        json.MemberIfKnown("task_budget"u8, budget);

        if (hasFormat)
        {
            json.StartObject("format"u8);
            json.Member("type"u8, "json_schema"u8);
            json.Name("schema"u8);
            var schema = new ArrayBufferWriter<byte>();
            ClosedSchema.Write(_request.Format!.Schema, "response_format.schema", schema, _losses);
            json.Raw(schema.WrittenSpan);
            json.EndObject();
        }

        json.EndObject();
    }

    /// <summary>There is no mode for any JSON, and a format cannot go with citations (structured-outputs, "feature compatibility").</summary>
    private bool CanFormat()
    {
        if (_request.Format is not { } format || format.Kind == FormatKind.Text)
        {
            return false;
        }

        if (format.Kind == FormatKind.JsonObject || !format.Schema.IsObject || !_target.TakesSchemaFormat)
        {
            _losses.Add("response_format", LossReason.Unsupported);
            return false;
        }

        _losses.AddIf(!format.Description.IsEmpty, "response_format.description", LossReason.Unsupported);

        if (_turns.Turns.Exists(static t => t.Parts.Exists(static p => p is DocumentPart { Citations: true } or TextPart { Result.Citations: true })))
        {
            _losses.Add("response_format", LossReason.Conflict);
            return false;
        }

        return true;
    }

    private void WriteSampling(ref JsonEmitter json)
    {
        var sampling = _thinking.Allowed(_request.Sampling, _target, _losses);
        json.MemberIfKnown("temperature"u8, sampling.Temperature);
        json.MemberIfKnown("top_p"u8, sampling.TopP);
        json.MemberIfKnown("top_k"u8, sampling.TopK);

        WriteStop(ref json, sampling.Stop);
    }

    /// <summary>"each stop sequence must contain non-whitespace".</summary>
    private void WriteStop(ref JsonEmitter json, IReadOnlyList<JsonText> stops)
    {
        var hasAny = false;
        foreach (var stop in stops)
        {
            if (RequestRepair.IsBlank(stop))
            {
                _losses.Add("stop", LossReason.Unsupported);
                continue;
            }

            if (!hasAny)
            {
                json.StartArray("stop_sequences"u8);
                hasAny = true;
            }

            json.Escaped(stop);
        }

        if (hasAny)
        {
            json.EndArray();
        }
    }

    private void WriteUser(ref JsonEmitter json)
    {
        if (_request.User.IsEmpty)
        {
            return;
        }

        json.StartObject("metadata"u8);
        json.Member("user_id"u8, _request.User);
        json.EndObject();
    }

    private void WriteServiceTier(ref JsonEmitter json)
    {
        switch (_request.ServiceTier)
        {
            case null:
                break;
            case "auto" or "priority":
                json.Member("service_tier"u8, "auto"u8);
                break;
            case "default" or "standard_only":
                json.Member("service_tier"u8, "standard_only"u8);
                break;
            default:
                _losses.Add("service_tier", LossReason.Unsupported);
                break;
        }
    }

    private void WriteExtra(ref JsonEmitter json)
    {
        foreach (var extra in _request.Extra)
        {
            if (extra.Name is "context_management" or "container" or "speed" or "inference_geo")
            {
                json.Name(JsonText.From(extra.Name).Span);
                json.Raw(extra.Value);
            }
            else if (extra.Name != "output_config.task_budget")
            {
                _losses.Add(extra.Name, LossReason.Unknown);
            }
        }
    }
}
