using System.Buffers;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Converse;

/// <summary>
/// Writes a request as the body of Converse and ConverseStream
/// (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html); the model goes into the path.
/// </summary>
internal sealed class ConverseRequestWriter(ChatRequest given, TargetModel target, IBufferWriter<byte> output, Losses losses)
{

    private readonly ConverseThinking _thinking = ConverseThinking.For(given, target, losses);
    private readonly ChatRequest _request = RequestTrim.Keep(given, p => !RequestTrim.IsForeign(p, target, ConverseDialect.DialectName), losses);

    public void Write()
    {
        // Search results are for Claude only (API_runtime_SearchResultBlock).
        var rules = RepairRules.Turnwise with
        {
            FillsEmptyResults = true,
            CallIdLength = 64,
            TakesPrefill = target.TakesPrefill,
            TakesSearchResults = target.Family == ConverseReasoning.NativeFamily,
        };
        var turns = RequestRepair.Turns(_request, rules, losses);
        var json = new JsonEmitter(output);
        json.StartObject();
        json.Name("messages"u8);
        new ConverseContentWriter(_request, target, output, losses).WriteMessages(ref json, turns);
        WriteSystem(ref json);
        WriteInference(ref json);
        WriteToolConfig(ref json, turns);
        WriteFormat(ref json);
        ConverseModelFieldsWriter.Write(ref json, _request, _thinking, target, losses);
        WriteTierAndMetadata(ref json);
        json.EndObject();
        RequestMembersOf.Lose(_request, ConverseDialect.Cannot, losses);
    }

    private void WriteSystem(ref JsonEmitter json)
    {
        var texts = RequestTrim.Instructions(_request, losses);
        if (texts.Count == 0)
        {
            return;
        }

        json.StartArray("system"u8);
        foreach (var text in texts)
        {
            json.StartObject();
            json.Member("text"u8, text.Text);
            json.EndObject();
            ConverseContentWriter.WriteCachePoint(ref json, text.Cache, target, text.Path, losses);
        }

        json.EndArray();
    }

    private void WriteInference(ref JsonEmitter json)
    {
        List<JsonText> stops = [.. _request.Sampling.Stop];
        stops.RemoveAll(RequestRepair.IsBlank);
        losses.AddIf(stops.Count < _request.Sampling.Stop.Count, "stop", LossReason.Repaired);

        if (_thinking is { MaxTokens: null, Temperature: null, TopP: null } && stops.Count == 0)
        {
            return;
        }

        json.StartObject("inferenceConfig"u8);
        json.MemberIfKnown("maxTokens"u8, _thinking.MaxTokens);
        json.MemberIfKnown("temperature"u8, _thinking.Temperature);
        json.MemberIfKnown("topP"u8, _thinking.TopP);

        json.MemberIfKnown("stopSequences"u8, stops);
        json.EndObject();
    }

    /// <summary>
    /// Bedrock refuses a conversation that holds tool blocks without toolConfig ("The toolConfig field must be defined when
    /// using toolUse and toolResult content blocks"), so tools that were left out are declared by their names.
    /// </summary>
    private void WriteToolConfig(ref JsonEmitter json, List<Turn> turns)
    {
        var called = _request.Tools.Exists(IsWritable) ? [] : CalledTools(turns);
        if (called.Count == 0 && !_request.Tools.Exists(IsWritable))
        {
            _request.Tools.ForEach(t => losses.Add(t.Path, LossReason.Unsupported));
            losses.AddIf(_request.ToolChoice is { Mode: ToolChoiceMode.Required or ToolChoiceMode.Named }, "tool_choice", LossReason.Conflict);
            return;
        }

        json.StartObject("toolConfig"u8);
        json.StartArray("tools"u8);
        WriteTools(ref json);
        foreach (var name in called)
        {
            ConverseToolSpec.Write(ref json, new Tool(ToolKind.Function, name), isStrict: false);
            losses.Add("tools", LossReason.Repaired);
        }

        json.EndArray();
        WriteToolChoice(ref json);
        json.EndObject();
    }

    private void WriteTools(ref JsonEmitter json)
    {
        Tool? last = null;
        foreach (var tool in _request.Tools)
        {
            if (IsWritable(tool))
            {
                WriteTool(ref json, tool);
                last = tool;
                continue;
            }

            losses.Add(tool.Path, LossReason.Unsupported);
            if (last is { Cache: null })
            {
                // The breakpoint on a tool that is left out was meant for all that stands before it.
                ConverseContentWriter.WriteCachePoint(ref json, tool.Cache, target, tool.Path, losses);
                last = tool;
            }
        }
    }

    private bool IsWritable(Tool tool) => tool.Kind != ToolKind.Server || SystemTool(tool) is not null;

    /// <summary>Only Nova has system tools.</summary>
    private string? SystemTool(Tool tool) => target.Family == ConverseThinking.Nova ? ConverseServerTools.SystemTool(tool.Name) : null;

    private static List<JsonText> CalledTools(List<Turn> turns)
    {
        var names = new List<JsonText>();
        foreach (var turn in turns)
        {
            foreach (var part in turn.Parts)
            {
                if (part is ToolCallPart call && !names.Contains(call.Name))
                {
                    names.Add(call.Name);
                }
            }
        }

        return names;
    }

    private void WriteTool(ref JsonEmitter json, Tool tool)
    {
        if (tool.Kind != ToolKind.Server)
        {
            ConverseToolSpec.Write(ref json, tool, IsStrict(tool));
            if (tool.IsVendors)
            {
                losses.Add(tool.Path, LossReason.Moved);
            }
        }
        else
        {
            json.StartObject();
            json.StartObject("systemTool"u8);
            json.Member("name"u8, SystemTool(tool)!);
            json.EndObject();
            json.EndObject();
            ServerToolMembers.LoseOthers(tool, ["cache_control"], losses);
        }

        ConverseContentWriter.WriteCachePoint(ref json, tool.Cache, target, tool.Path, losses);
    }

    /// <summary>Strictness is a part of structured output: for the models that have it, and schemas that need no change for it.</summary>
    private bool IsStrict(Tool tool)
    {
        var isStrict = tool.Strict == true && target.TakesSchemaFormat && ClosedSchema.IsTaken(tool.Parameters);
        losses.AddIf(tool.Strict == true && !isStrict, tool.Path, "strict", LossReason.Unsupported);
        return isStrict;
    }

    private void WriteToolChoice(ref JsonEmitter json)
    {
        if (_request.ToolChoice is not { } choice)
        {
            return;
        }

        losses.AddIf(choice.Allowed.Count > 0, "tool_choice", LossReason.Unsupported);

        var isForced = choice.Mode is ToolChoiceMode.Required or ToolChoiceMode.Named;
        if (isForced && (_thinking.ForbidsForcedTool || !target.TakesForcedTools))
        {
            // "Thinking may not be enabled when tool_choice forces tool use."
            losses.Add("tool_choice", LossReason.Conflict);
            return;
        }

        switch (choice.Mode)
        {
            case ToolChoiceMode.Auto:
                json.Name("toolChoice"u8);
                json.Raw("{\"auto\":{}}"u8);
                break;
            case ToolChoiceMode.Required:
                json.Name("toolChoice"u8);
                json.Raw("{\"any\":{}}"u8);
                break;
            case ToolChoiceMode.Named:
                WriteNamedTool(choice.Name, ref json);
                break;
            default:
                losses.Add("tool_choice", LossReason.Unsupported);
                break;
        }
    }

    private static void WriteNamedTool(JsonText name, ref JsonEmitter json)
    {
        json.StartObject("toolChoice"u8);
        json.StartObject("tool"u8);
        json.Member("name"u8, name);
        json.EndObject();
        json.EndObject();
    }

    /// <summary>The schema travels as JSON in a string (API_runtime_JsonSchemaDefinition).</summary>
    private void WriteFormat(ref JsonEmitter json)
    {
        if (_request.Format is not { Kind: not FormatKind.Text } format)
        {
            return;
        }

        if (format.Kind != FormatKind.JsonSchema || !target.TakesSchemaFormat || format.Schema.IsAbsent)
        {
            losses.Add("response_format", LossReason.Unsupported);
            return;
        }

        var schema = new ArrayBufferWriter<byte>(format.Schema.Span.Length + 32);
        ClosedSchema.Write(format.Schema, "response_format.schema", schema, losses);
        json.StartObject("outputConfig"u8);
        json.StartObject("textFormat"u8);
        json.Member("type"u8, "json_schema"u8);
        json.StartObject("structure"u8);
        json.StartObject("jsonSchema"u8);
        json.Member("schema"u8, JsonText.FromJson(schema.WrittenSpan));
        json.Member("name"u8, format.Name.IsEmpty ? "answer"u8 : format.Name.Span);
        json.MemberIfKnown("description"u8, format.Description);
        json.EndObject();
        json.EndObject();
        json.EndObject();
        json.EndObject();
    }

    private void WriteTierAndMetadata(ref JsonEmitter json)
    {
        switch (_request.ServiceTier)
        {
            case "default" or "flex" or "priority" or "reserved":
                json.StartObject("serviceTier"u8);
                json.Member("type"u8, _request.ServiceTier);
                json.EndObject();
                break;
            case not (null or "auto" or "standard" or "standard_only"):
                losses.Add("service_tier", LossReason.Unsupported);
                break;
        }

        if (_request.Metadata.IsObject && !_request.Metadata.Span.Trim("{} \t\r\n"u8).IsEmpty)
        {
            if (ConverseModelFieldsWriter.IsRequestMetadata(_request.Metadata))
            {
                json.Member("requestMetadata"u8, _request.Metadata);
            }
            else
            {
                losses.Add("metadata", LossReason.Unsupported);
            }
        }
    }
}
