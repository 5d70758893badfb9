using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.ChatCompletions;

/// <summary>tools, tool_choice and parallel_tool_calls of a chat request.</summary>
internal static class ChatCompletionsToolWriter
{
    public static void Write(ChatRequest request, TargetModel target, ref JsonEmitter json, Losses losses)
    {
        var count = 0;
        foreach (var tool in request.Tools)
        {
            if (tool.Kind == ToolKind.Server)
            {
                WriteServer(tool, request, ref json, losses);
            }
        }

        foreach (var tool in request.Tools)
        {
            if (tool.Kind == ToolKind.Server)
            {
                continue;
            }

            if (count++ == 0)
            {
                json.StartArray("tools"u8);
            }

            WriteTool(tool, target, ref json, losses);
        }

        if (count == 0)
        {
            losses.AddIf(request.ToolChoice is { Mode: ToolChoiceMode.Required or ToolChoiceMode.Named }, "tool_choice", LossReason.Conflict);
            return;
        }

        json.EndArray();
        WriteChoice(Forced(request.ToolChoice, target, losses), request.Tools, ref json, losses);
        json.MemberIfKnown("parallel_tool_calls"u8, request.ParallelToolCalls);
    }

    /// <summary>Chat has no list of such tools; only this wire's own way to ask for a search is carried.</summary>
    private static void WriteServer(Tool tool, ChatRequest request, ref JsonEmitter json, Losses losses)
    {
        if (tool.Path == "web_search_options" && request.Dialect is DialectNames.Chat or DialectNames.Cursor)
        {
            json.Member("web_search_options"u8, tool.Raw);
        }
        else
        {
            losses.Add(tool.Path, LossReason.Unsupported);
        }
    }

    private static void WriteTool(Tool tool, TargetModel target, ref JsonEmitter json, Losses losses)
    {
        var isFunction = tool.Kind == ToolKind.Function;
        if (tool.IsVendors)
        {
            losses.Add(tool.Path, LossReason.Moved);
        }

        json.StartObject();
        json.Member("type"u8, isFunction ? "function"u8 : "custom"u8);
        json.StartObject(isFunction ? "function"u8 : "custom"u8);
        json.Member("name"u8, tool.Name);
        json.MemberIfKnown("description"u8, tool.Description);

        if (isFunction)
        {
            json.Member("parameters"u8, tool.Parameters.IsObject ? tool.Parameters : new RawJson("""{"type":"object","properties":{}}"""u8.ToArray()));
            json.MemberIfKnown("strict"u8, tool.Strict);
        }
        else if (tool.Format.IsObject)
        {
            WriteFormat(tool.Format, ref json);
        }

        json.EndObject();
        if (tool.Cache is { } cache)
        {
            ChatCompletionsPartWriter.WriteCache(cache, target, tool.Path, ref json, losses);
        }

        json.EndObject();
    }

    /// <summary>Responses writes a grammar flat, {type, syntax, definition}; chat puts it in a member of its own.</summary>
    private static void WriteFormat(RawJson format, ref JsonEmitter json)
    {
        json.Name("format"u8);
        var type = JsonSlice.Text(JsonSlice.Member(format.Span, "type"u8));
        if (!type.SequenceEqual("grammar"u8) || !JsonSlice.Member(format.Span, "grammar"u8).IsEmpty)
        {
            json.Raw(format);
            return;
        }

        json.StartObject();
        json.Member("type"u8, "grammar"u8);
        json.StartObject("grammar"u8);
        json.Member("syntax"u8, JsonSlice.Text(JsonSlice.Member(format.Span, "syntax"u8)));
        json.Member("definition"u8, JsonSlice.Text(JsonSlice.Member(format.Span, "definition"u8)));
        json.EndObject();
        json.EndObject();
    }

    /// <summary>A call may only be wished for where the model cannot be forced.</summary>
    private static ToolChoice? Forced(ToolChoice? choice, TargetModel target, Losses losses)
    {
        if (target.TakesForcedTools || choice is not { Mode: ToolChoiceMode.Required or ToolChoiceMode.Named })
        {
            return choice;
        }

        losses.Add("tool_choice", LossReason.Clamped);
        return choice with { Mode = ToolChoiceMode.Auto, Name = default };
    }

    private static void WriteChoice(ToolChoice? choice, List<Tool> tools, ref JsonEmitter json, Losses losses)
    {
        if (choice is null)
        {
            return;
        }

        // Only OpenAI knows lists of allowed tools; a list of one that must be used is the same as naming it.
        var isNamed = choice.Mode == ToolChoiceMode.Named || choice is { Mode: ToolChoiceMode.Required, Allowed.Count: 1 };
        var name = choice.Mode == ToolChoiceMode.Named ? choice.Name : isNamed ? choice.Allowed[0] : default;
        losses.AddIf(choice.Allowed.Count > 0 && !isNamed, "tool_choice.allowed_tools", LossReason.Unsupported);
        json.Name("tool_choice"u8);
        if (!isNamed)
        {
            json.Escaped(choice.Mode switch
            {
                ToolChoiceMode.None => "none"u8,
                ToolChoiceMode.Required => "required"u8,
                _ => "auto"u8,
            });
            return;
        }

        var isCustom = tools.Exists(t => t.Kind == ToolKind.Custom && t.Name.Equals(name));
        json.StartObject();
        json.Member("type"u8, isCustom ? "custom"u8 : "function"u8);
        json.StartObject(isCustom ? "custom"u8 : "function"u8);
        json.Member("name"u8, name);
        json.EndObject();
        json.EndObject();
    }
}
