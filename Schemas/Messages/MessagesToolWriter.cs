using System.Text.Json;
using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.Messages;

/// <summary>tools, tool_choice and mcp_servers of a request (platform.claude.com/docs/en/agents-and-tools/tool-use/overview).</summary>
internal sealed class MessagesToolWriter(ChatRequest request, TargetModel target, MessagesBreakpoints breakpoints, Losses losses)
{
    /// <summary>Members of other APIs' tools that have a place here.</summary>
    private static readonly string[] Carried =
        ["max_uses", "allowed_domains", "blocked_domains", "filters", "user_location", "server_label", "server_url", "authorization", "allowed_tools"];

    private readonly List<Tool> _servers = [];
    private bool _hasTools;

    public void WriteTools(ref JsonEmitter json)
    {
        foreach (var tool in request.Tools)
        {
            if (IsExcluded(tool))
            {
                losses.Add(tool.Path, LossReason.Moved);
                continue;
            }

            if (tool.Kind == ToolKind.Server && !CanWrite(tool))
            {
                losses.Add(tool.Path, LossReason.Unsupported);
                continue;
            }

            if (!_hasTools)
            {
                json.StartArray("tools"u8);
                _hasTools = true;
            }

            WriteTool(ref json, tool);
        }

        if (_hasTools)
        {
            json.EndArray();
        }
    }

    public void WriteChoice(ref JsonEmitter json, bool forbidsForced)
    {
        var choice = request.ToolChoice;
        if (!_hasTools)
        {
            losses.AddIf(choice is { Mode: ToolChoiceMode.Required or ToolChoiceMode.Named }, "tool_choice", LossReason.Conflict);
            return;
        }

        var mode = choice?.Mode ?? ToolChoiceMode.Auto;
        if (mode is ToolChoiceMode.Required or ToolChoiceMode.Named && (forbidsForced || !target.TakesForcedTools))
        {
            losses.Add("tool_choice", forbidsForced ? LossReason.Conflict : LossReason.Unsupported);
            mode = ToolChoiceMode.Auto;
        }

        var isSerial = request.ParallelToolCalls == false && mode != ToolChoiceMode.None;
        if (choice is null && !isSerial)
        {
            return;
        }

        json.StartObject("tool_choice"u8);
        json.Member("type"u8, Word(mode));
        if (mode == ToolChoiceMode.Named)
        {
            json.Member("name"u8, choice!.Name);
        }

        if (isSerial)
        {
            json.Member("disable_parallel_tool_use"u8, true);
        }

        json.EndObject();
    }

    public void WriteServers(ref JsonEmitter json)
    {
        if (_servers.Count == 0)
        {
            return;
        }

        json.StartArray("mcp_servers"u8);
        foreach (var server in _servers)
        {
            json.StartObject();
            json.Member("type"u8, "url"u8);
            json.Member("url"u8, server.Options!.ServerUrl);
            json.Member("name"u8, server.Options.ServerLabel);
            json.MemberIfKnown("authorization_token"u8, server.Options.Authorization);
            json.EndObject();
        }

        json.EndArray();
    }

    private static ReadOnlySpan<byte> Word(ToolChoiceMode mode) => mode switch
    {
        ToolChoiceMode.None => "none"u8,
        ToolChoiceMode.Required => "any"u8,
        ToolChoiceMode.Named => "tool"u8,
        _ => "auto"u8,
    };

    /// <summary>There is no allowed_tools: the others are left out.</summary>
    private bool IsExcluded(Tool tool) =>
        request.ToolChoice is { Allowed.Count: > 0 } choice && !choice.Allowed.Contains(tool.Name);

    private bool CanWrite(Tool tool)
    {
        var name = tool.Name.ToString();
        return (request.Dialect == DialectNames.Messages && name != ServerToolNames.Mcp && !tool.Raw.IsAbsent)
            || name is ServerToolNames.WebSearch or ServerToolNames.WebFetch or ServerToolNames.CodeExecution
            || (name == ServerToolNames.Mcp && tool.Options is { ServerUrl.IsEmpty: false, ServerLabel.IsEmpty: false });
    }

    private void WriteTool(ref JsonEmitter json, Tool tool)
    {
        if (tool.IsVendors && request.Dialect == DialectNames.Messages)
        {
            json.Raw(tool.Raw);
        }
        else if (tool.Kind != ToolKind.Server)
        {
            WriteFunction(ref json, tool);
        }
        else if (tool.Name.Is("mcp"u8))
        {
            _servers.Add(tool);
            WriteToolset(ref json, tool.Options!);
            if (request.Dialect != DialectNames.Messages)
            {
                ServerToolMembers.LoseOthers(tool, Carried, losses);
            }
        }
        else if (request.Dialect == DialectNames.Messages)
        {
            json.Raw(tool.Raw);
        }
        else
        {
            WriteServerTool(ref json, tool);
        }
    }

    private void WriteFunction(ref JsonEmitter json, Tool tool)
    {
        json.StartObject();
        json.Member("name"u8, tool.Name);
        json.MemberIfKnown("description"u8, tool.Description);
        json.Name("input_schema"u8);
        WriteSchema(ref json, tool.Parameters);
        if (tool.Strict == true)
        {
            WriteStrict(ref json, tool);
        }

        breakpoints.Write(ref json, tool.Cache);
        json.EndObject();
    }

    /// <summary>Strictness is only asked for where the schema needs no change for it: the arguments must fit the caller's own.</summary>
    private void WriteStrict(ref JsonEmitter json, Tool tool)
    {
        if (target.TakesSchemaFormat && ClosedSchema.IsTaken(tool.Parameters))
        {
            json.Member("strict"u8, true);
        }
        else
        {
            losses.Add($"{tool.Path}.strict", LossReason.Unsupported);
        }
    }

    /// <summary>input_schema must be of type object; a tool without arguments has no properties.</summary>
    private static void WriteSchema(ref JsonEmitter json, RawJson schema)
    {
        if (!schema.IsObject || schema.Utf8.Length <= 2 || !JsonBody.TryParse(schema.Utf8, out var body, out _))
        {
            json.Raw("""{"type":"object","properties":{}}"""u8);
            return;
        }

        using (body)
        {
            if (body.Root.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String)
            {
                json.Raw(schema);
                return;
            }

            json.StartObject();
            json.Member("type"u8, "object"u8);
            foreach (var member in body.Root.EnumerateObject())
            {
                if (!member.NameEquals("type"u8))
                {
                    json.Name(JsonText.From(member.Name).Span);
                    json.Raw(body.Raw(member.Value));
                }
            }

            json.EndObject();
        }
    }

    /// <summary>The versions that need no beta header.</summary>
    private void WriteServerTool(ref JsonEmitter json, Tool tool)
    {
        var type = tool.Name.ToString() switch
        {
            ServerToolNames.WebSearch => "web_search_20250305",
            ServerToolNames.WebFetch => "web_fetch_20250910",
            _ => "code_execution_20250825",
        };
        json.StartObject();
        json.Member("type"u8, type);
        json.Member("name"u8, tool.Name);
        if (tool.Options is { } options && !tool.Name.Is("code_execution"u8))
        {
            WriteLimits(ref json, options, tool.Path);
        }

        json.EndObject();
        ServerToolMembers.LoseOthers(tool, Carried, losses);
    }

    private void WriteLimits(ref JsonEmitter json, ServerToolOptions options, string path)
    {
        json.MemberIfKnown("max_uses"u8, options.MaxUses);

        json.MemberIfKnown("allowed_domains"u8, options.AllowedDomains);
        if (options.AllowedDomains.Count == 0)
        {
            json.MemberIfKnown("blocked_domains"u8, options.BlockedDomains);
        }
        else if (options.BlockedDomains.Count > 0)
        {
            losses.Add($"{path}.blocked_domains", LossReason.Conflict);
        }

        if (options.UserLocation.IsObject)
        {
            json.Member("user_location"u8, options.UserLocation);
        }
    }

    private static void WriteToolset(ref JsonEmitter json, ServerToolOptions options)
    {
        json.StartObject();
        json.Member("type"u8, "mcp_toolset"u8);
        json.Member("mcp_server_name"u8, options.ServerLabel);
        if (options.AllowedTools.Count > 0)
        {
            json.Name("default_config"u8);
            WriteEnabled(ref json, false);
            json.StartObject("configs"u8);
            foreach (var name in options.AllowedTools)
            {
                json.Name(name.Span);
                WriteEnabled(ref json, true);
            }

            json.EndObject();
        }

        json.EndObject();
    }

    private static void WriteEnabled(ref JsonEmitter json, bool isEnabled)
    {
        json.StartObject();
        json.Member("enabled"u8, isEnabled);
        json.EndObject();
    }
}
