using BifrostLite.Schemas.Hub;
using BifrostLite.Schemas.Wire;

namespace BifrostLite.Schemas.GenerateContent;

/// <summary>
/// Writes tools and toolConfig (ai.google.dev/api/caching#Tool). Schemas go into parametersJsonSchema, which takes JSON
/// Schema as it is; parameters takes only a subset of OpenAPI's and refuses the rest.
/// </summary>
internal sealed class GenerateContentToolWriter(ChatRequest request, TargetModel target, Losses losses)
{
    public void Write(ref JsonEmitter json)
    {
        var functions = request.Tools.FindAll(static t => t.Kind != ToolKind.Server);
        var builtIn = request.Tools.FindAll(t => t.Kind == ToolKind.Server && IsTaken(t, functions.Count > 0));
        if (functions.Count == 0 && builtIn.Count == 0)
        {
            LoseForced(request.ToolChoice);
            return;
        }

        json.StartArray("tools"u8);
        if (functions.Count > 0)
        {
            json.StartObject();
            json.StartArray("functionDeclarations"u8);
            foreach (var tool in functions)
            {
                WriteDeclaration(ref json, tool);
            }

            json.EndArray();
            json.EndObject();
        }

        foreach (var tool in builtIn)
        {
            json.StartObject();
            json.Name(BuiltIn(tool.Name));
            json.Raw("{}"u8);
            json.EndObject();
            ServerToolMembers.LoseOthers(tool, [], losses);
        }

        json.EndArray();
        WriteConfig(ref json, functions.Count > 0, builtIn.Count > 0);
    }

    /// <summary>Nobody can be made to call a tool that is not there.</summary>
    private void LoseForced(ToolChoice? choice)
    {
        losses.AddIf(choice is { Mode: ToolChoiceMode.Required or ToolChoiceMode.Named }, "tool_choice", LossReason.Conflict);
    }

    private static ReadOnlySpan<byte> BuiltIn(JsonText hubName) => hubName.Decode() switch
    {
        ServerToolNames.WebSearch => "googleSearch"u8,
        ServerToolNames.WebFetch => "urlContext"u8,
        ServerToolNames.CodeExecution => "codeExecution"u8,
        _ => default,
    };

    /// <summary>Before Gemini 3 functions and built-in tools exclude each other (ai.google.dev/gemini-api/docs/tool-combination).</summary>
    private bool IsTaken(Tool tool, bool hasFunctions)
    {
        var isKnown = !BuiltIn(tool.Name).IsEmpty;
        var isTaken = isKnown && (!hasFunctions || target.Reasoning == ReasoningStyle.Level);
        if (!isTaken)
        {
            losses.Add(tool.Path, isKnown ? LossReason.Conflict : LossReason.Unsupported);
        }

        return isTaken;
    }

    private void WriteDeclaration(ref JsonEmitter json, Tool tool)
    {
        if (tool.IsVendors)
        {
            losses.Add(tool.Path, LossReason.Moved);
        }

        json.StartObject();
        json.Member("name"u8, tool.Name);
        json.MemberIfKnown("description"u8, tool.Description);

        if (tool.Parameters.IsObject)
        {
            json.Member("parametersJsonSchema"u8, tool.Parameters);
        }

        json.EndObject();
        losses.AddIf(tool.Cache is not null, tool.Path, "cache_control", LossReason.Unsupported);
        losses.AddIf(tool.Strict == true, tool.Path, "strict", LossReason.Unsupported);
    }

    private void WriteConfig(ref JsonEmitter json, bool hasFunctions, bool hasBuiltIn)
    {
        var choice = hasFunctions ? request.ToolChoice : null;
        if (choice is null && !(hasFunctions && hasBuiltIn))
        {
            return;
        }

        json.StartObject("toolConfig"u8);
        if (choice is not null)
        {
            json.StartObject("functionCallingConfig"u8);
            json.Member("mode"u8, Mode(choice));
            var names = choice.Mode == ToolChoiceMode.Named ? [choice.Name] : choice.Mode == ToolChoiceMode.None ? [] : choice.Allowed;
            if (names.Count > 0)
            {
                json.StartArray("allowedFunctionNames"u8);
                foreach (var name in names)
                {
                    json.Escaped(name);
                }

                json.EndArray();
            }

            json.EndObject();
        }

        if (hasFunctions && hasBuiltIn)
        {
            json.Member("includeServerSideToolInvocations"u8, true);
        }

        json.EndObject();
    }

    /// <summary>allowedFunctionNames goes with ANY, or with VALIDATED where the model may also answer in words.</summary>
    private static ReadOnlySpan<byte> Mode(ToolChoice choice) => choice.Mode switch
    {
        ToolChoiceMode.None => "NONE"u8,
        ToolChoiceMode.Required or ToolChoiceMode.Named => "ANY"u8,
        _ => choice.Allowed.Count > 0 ? "VALIDATED"u8 : "AUTO"u8,
    };
}
