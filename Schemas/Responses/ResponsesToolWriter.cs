using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Responses;

/// <summary>Tools, tool_choice and parallel_tool_calls of a Responses request.</summary>
internal static class ResponsesToolWriter
{
    /// <summary>Members of other APIs' tools that have a place here; breakpoints are reported for the whole request.</summary>
    private static readonly string[] Carried =
    [
        "allowed_domains", "blocked_domains", "user_location", "search_context_size", "url", "authorization_token", "tool_configuration", "cache_control", "max_uses",
    ];

    private static readonly RawJson NoParameters = new("{\"type\":\"object\",\"properties\":{}}"u8.ToArray());

    public static void Write(ResponsesWriteScope scope, ref JsonEmitter json)
    {
        var tools = scope.Request.Tools.FindAll(t => IsKnown(t, scope));
        if (tools.Count == 0)
        {
            scope.LoseIf(scope.Request.ToolChoice is { Mode: ToolChoiceMode.Required or ToolChoiceMode.Named }, "tool_choice", LossReason.Conflict);
            return; // without tools the API refuses to hear of choices
        }

        json.StartArray("tools"u8);
        for (var i = 0; i < tools.Count; i++)
        {
            i = tools[i].Namespace.IsEmpty ? WriteOne(tools, i, scope, ref json) : WriteGroup(tools, i, scope, ref json);
        }

        json.EndArray();
        if (scope.Request.ToolChoice is { } choice)
        {
            json.Name("tool_choice"u8);
            WriteChoice(choice, scope.Request.Tools, ref json);
        }

        json.MemberIfKnown("parallel_tool_calls"u8, scope.Request.ParallelToolCalls);
    }

    private static bool IsKnown(Tool tool, ResponsesWriteScope scope)
    {
        var isKnown = tool.Kind != ToolKind.Server || scope.IsOwnShape
            || tool.Name.Is("web_search"u8) || tool.Name.Is("code_execution"u8) || tool.Name.Is("mcp"u8);
        scope.LoseIf(!isKnown, tool.Path, LossReason.Unsupported);
        scope.NoteCache(tool);
        return isKnown;
    }

    private static int WriteOne(List<Tool> tools, int at, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        WriteTool(tools[at], scope, ref json);
        return at;
    }

    /// <summary>The tools of one namespace that stand side by side, as a group.</summary>
    private static int WriteGroup(List<Tool> tools, int first, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        json.StartObject();
        json.Member("type"u8, "namespace"u8);
        json.Member("name"u8, tools[first].Namespace);
        json.Member("description"u8, tools[first].NamespaceDescription);
        json.StartArray("tools"u8);
        var at = first;
        for (; at < tools.Count && tools[at].Namespace.Equals(tools[first].Namespace); at++)
        {
            WriteTool(tools[at], scope, ref json);
        }

        json.EndArray();
        json.EndObject();
        return at - 1;
    }

    private static void WriteTool(Tool tool, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        if (tool.Kind == ToolKind.Server)
        {
            WriteServer(tool, scope, ref json);
            return;
        }

        scope.LoseIf(tool.IsVendors, tool.Path, LossReason.Moved);
        json.StartObject();
        json.Member("type"u8, tool.Kind == ToolKind.Custom ? "custom"u8 : "function"u8);
        json.Member("name"u8, tool.Name);
        json.MemberIfKnown("description"u8, tool.Description);

        if (tool.Kind == ToolKind.Function)
        {
            json.Member("parameters"u8, tool.Parameters.IsObject ? tool.Parameters : NoParameters);

            // Left out it means true here, and the schema would be rewritten; elsewhere it means false.
            json.Member("strict"u8, tool.Strict ?? false);
        }
        else if (!tool.Format.IsAbsent)
        {
            json.Member("format"u8, tool.Format);
        }

        json.EndObject();
    }

    private static void WriteServer(Tool tool, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        if (scope.IsOwnShape)
        {
            json.Raw(tool.Raw);
            return;
        }

        json.StartObject();
        if (tool.Name.Is("web_search"u8))
        {
            json.Member("type"u8, "web_search"u8);
            WriteSearch(tool, scope, ref json);
        }
        else if (tool.Name.Is("code_execution"u8))
        {
            json.Member("type"u8, "code_interpreter"u8);
            json.StartObject("container"u8);
            json.Member("type"u8, "auto"u8);
            json.EndObject();
        }
        else
        {
            json.Member("type"u8, "mcp"u8);
            WriteServerUrl(tool.Options, ref json);
        }

        json.EndObject();
        ServerToolMembers.LoseOthers(tool, Carried, scope.Losses);
    }

    private static void WriteSearch(Tool tool, ResponsesWriteScope scope, ref JsonEmitter json)
    {
        if (tool.Options is not { } options)
        {
            return;
        }

        if (options.AllowedDomains.Count > 0 || options.BlockedDomains.Count > 0)
        {
            json.StartObject("filters"u8);
            json.MemberIfKnown("allowed_domains"u8, options.AllowedDomains);
            json.MemberIfKnown("blocked_domains"u8, options.BlockedDomains);
            json.EndObject();
        }

        json.MemberIfKnown("user_location"u8, options.UserLocation);
        json.MemberIfKnown("search_context_size"u8, options.ContextSize);

        scope.LoseIf(options.MaxUses is not null, $"{tool.Path}.max_uses", LossReason.Unsupported);
    }

    private static void WriteServerUrl(ServerToolOptions? options, ref JsonEmitter json)
    {
        json.Member("server_label"u8, options?.ServerLabel ?? default);
        json.Member("server_url"u8, options?.ServerUrl ?? default);
        if (options is { Authorization.IsEmpty: false })
        {
            json.Member("authorization"u8, options.Authorization);
        }

        json.MemberIfKnown("allowed_tools"u8, options?.AllowedTools ?? []);

        // The caller of the other API was never asked either.
        json.Member("require_approval"u8, "never"u8);
    }

    private static void WriteChoice(ToolChoice choice, List<Tool> tools, ref JsonEmitter json)
    {
        if (choice.Allowed.Count > 0)
        {
            json.StartObject();
            json.Member("type"u8, "allowed_tools"u8);
            json.Member("mode"u8, choice.Mode == ToolChoiceMode.Required ? "required"u8 : "auto"u8);
            json.StartArray("tools"u8);
            foreach (var name in choice.Allowed)
            {
                WriteNamed(name, tools, ref json);
            }

            json.EndArray();
            json.EndObject();
            return;
        }

        switch (choice.Mode)
        {
            case ToolChoiceMode.Named:
                WriteNamed(choice.Name, tools, ref json);
                break;
            case ToolChoiceMode.None:
                json.Escaped("none"u8);
                break;
            case ToolChoiceMode.Required:
                json.Escaped("required"u8);
                break;
            default:
                json.Escaped("auto"u8);
                break;
        }
    }

    private static void WriteNamed(JsonText name, List<Tool> tools, ref JsonEmitter json)
    {
        var kind = tools.Find(t => t.Name.Equals(name))?.Kind ?? ToolKind.Function;
        json.StartObject();
        if (kind == ToolKind.Server)
        {
            json.Member("type"u8, name.Is("code_execution"u8) ? "code_interpreter"u8 : name.Span);
        }
        else
        {
            json.Member("type"u8, kind == ToolKind.Custom ? "custom"u8 : "function"u8);
            json.Member("name"u8, name);
        }

        json.EndObject();
    }
}
